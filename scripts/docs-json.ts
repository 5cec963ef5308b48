// `npm run docs:json`: writes docs/json.md, which explains every key that `--json` prints, from the same schemas as docs/schema. A
// test compares the page with what this gives.
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { schemaFiles } from './docs-schema.ts';

/** Where the page lies. */
export const JSON_PAGE = resolve(import.meta.dirname, '../docs/json.md');

/** What is used of a JSON Schema. */
interface Schema {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

const INTRO = `<!-- Written by \`npm run docs:json\` from the schemas. -->

# What --json prints

\`\`\`sh
ckpt verify --json | jq '.ok, .counts'
ckpt status --json | jq -r '.problems[].commands[]'
\`\`\`

With \`--json\` a command prints one document on stdout, also where it fails. A program looks at \`ok\`, or at the exit code. Then it reads the keys of the
command ([below](#ckpt-completion)), or \`error\`, whose codes are in [errors.md](errors.md). All documents have these keys:

ENVELOPE

One word means one thing in all documents:

- \`checkpoint\` is a checkpoint's ID, \`session\` the name of a session's folder, \`commit\` and \`old\`/\`new\` are object ids.
- \`layout\` is the name of a layout, \`layouts\` a list of names: \`v1\`, \`v2\`, \`refs\`.
- A plural is a list. Numbers are in \`counts\`, or their key ends with \`Count\`.
- \`source\` is what a command reads, \`target\` what it writes or compares with.
- What is not known, or is not there, is \`null\`. Only keys marked _or absent_ may be absent.

The [schemas](schema/) are JSON Schemas (draft 7), one for each command, and [one for errors](schema/error.schema.json). The tests run every command
and hold what it prints against its schema. \`ckpt browse\`, a screen, prints nothing but errors. What the other commands add:
`;

/** The page as the schemas have it. */
export function jsonPage(): string {
  const files = schemaFiles();
  const { properties, ...failed } = parsed(files.get('error.schema.json'));
  // The schema is that of a failure: elsewhere there is no error.
  const error = { anyOf: [properties?.error ?? {}, { type: 'null' }] };
  const envelope = { ...failed, properties: { ...properties, error } };
  const common = new Set(Object.keys(envelope.properties ?? {}));
  /** The command, and its schema, that has a table already. */
  const tables = new Map<string, string>();
  const sections = [...files].flatMap(([name, text]) => {
    const results = (parsed(text).anyOf ?? []).slice(0, -1); // the last one is the error
    const command = results[0]?.properties?.command?.const;
    if (typeof command !== 'string') return [];
    // A table for each form of a result, as `prune` has several.
    const forms = results.map((result) => {
      const own = tableOf(rowsOf(result).filter(([key = '']) => !common.has(/\w+/.exec(key)?.[0] ?? '')));
      return result.title === undefined ? own : `### With \`${result.title}\`\n\n${own}`;
    });
    const table = forms.join('\n\n');
    const first = tables.get(table);
    if (first === undefined) tables.set(table, command);
    const what = first === undefined ? table : `The keys of [ckpt ${first}](#ckpt-${first.replaceAll(' ', '-')}).`;
    return `## ckpt ${command}\n\n[${name}](schema/${name})\n\n${what}\n`;
  });
  return `${INTRO.replace('ENVELOPE', () => tableOf(rowsOf(envelope)))}\n${sections.join('\n')}`;
}

/** A row for each key at any depth: its path, its type, what it means. */
function rowsOf(schema: Schema, before = ''): string[][] {
  const required = schema.required ?? [];
  return Object.entries(schema.properties ?? {}).flatMap(([key, value]) => {
    const path = `${before}${key}`;
    const inner = withoutNull(value);
    const items = inner.type === 'array' ? withoutNull(inner.items ?? {}) : undefined;
    const name = items === undefined ? path : `${path}[]`;
    const absent = required.includes(key) ? '' : ', or absent';
    const about = value.description ?? inner.description ?? '';
    return [[`\`${name}\``, `${typeOf(value)}${absent}`, about], ...rowsOf(items ?? inner, `${name}.`)];
  });
}

function withoutNull(schema: Schema): Schema {
  const others = (schema.anyOf ?? []).filter(({ type }) => type !== 'null');
  return others.length === 1 ? (others[0] ?? schema) : schema;
}

function typeOf(schema: Schema): string {
  if (schema.enum !== undefined) return schema.enum.map((word) => `\`${word}\``).join(', ');
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeOf).join(', ');
  if (schema.type === 'array') return `list of ${typeOf(withoutNull(schema.items ?? {}))}`;
  return schema.type ?? 'any';
}

function tableOf(rows: readonly (readonly string[])[]): string {
  const lines = [['key', 'type', 'what'], ['---', '---', '---'], ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function parsed(text: string | undefined): Schema {
  return JSON.parse(text ?? '{}');
}

if (process.argv[1] === import.meta.filename) writeFileSync(JSON_PAGE, jsonPage());
