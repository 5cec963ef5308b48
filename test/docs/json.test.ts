import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { beforeAll, describe, expect, it } from 'vitest';
import { JSON_PAGE, jsonPage } from '../../scripts/docs-json.ts';
import { SCHEMA_FOLDER, schemaFiles, schemaName } from '../../scripts/docs-schema.ts';
import { COMMANDS } from '../../src/commands/table.ts';
import { deleteCheckpoint } from '../fixtures/delete-checkpoint.ts';
import { share } from '../fixtures/scale.ts';
import { tempDir } from '../fixtures/temp.ts';
import { Reader } from './guided-page.ts';

const DOCUMENT = { checkpoint_id: 'a3b2c4d5e6f7', session_id: 's', transcript: { text: '{}\n' } };

/**
 * Runs of every command that has a result, in this order. `diff` is of a checkpoint that V2 lacks, so that it has something
 * to show; the words after `#` are the command's.
 */
const RUNS: readonly string[] = [
  'migrate --dry-run',
  'rotate',
  'verify',
  'sample ../another.git',
  'migrate --max-checkpoints 5',
  'migrate --rebuild --max-checkpoints 4',
  'dual-write',
  'dual-write --from ../checkpoint.json',
  'status',
  'list',
  'show 92d7',
  'show a3b2',
  'export 92d7 --format html --output ../pages',
  'diff a3b2',
  'diff 92d7',
  'verify',
  'verify --deep --secrets',
  'verify 92d7486bb69d --baseline ../known.json --update-baseline',
  'verify --baseline ../known.json',
  'repair --dry-run',
  'repair',
  'rotate --force --dry-run',
  'rotate --force',
  'prune',
  'prune --apply --keep 1',
  'prune --restore 1',
  'hooks install',
  'hooks status',
  'status',
  'hooks uninstall',
  'completion bash',
  'completion powershell',
  'migrate',
  'migrate --to refs',
  'push --dry-run',
  'push',
  'prune --remote',
  'prune --apply --remote',
  'verify --remote',
  'fetch --setup',
  'fetch',
  'fetch --setup --remove',
  'diff 92d7 --from v1 --to refs',
  'repair --from refs --to v1 --dry-run',
  'show --layout refs 92d7',
  'list --lost',
  'restore d5588 --dry-run',
  'restore d5588dec1795',
  'fleet status --dir .',
  'fleet migrate --dir . --report ../migrated',
  'fleet verify --dir .',
  'fleet push --dir .',
  'fleet plan --dir .',
  'fleet merge ../migrated',
];

/** Each command that fails: where there is no repository, after wrong usage, and in other ways. */
const FAILURES: readonly string[] = [
  ...Object.keys(COMMANDS).map((name) => `${name} --nope`),
  ...Object.keys(COMMANDS).map((name) => `${name} ${['diff', 'export', 'show'].includes(name) ? 'a3b2 ' : ''}-C /`),
  'nonsense',
  'show ffff',
  'show 92d7 --session 9',
  'prune --restore 9',
  'verify --baseline nowhere.json',
  'dual-write --from nowhere.json',
  'browse',
];

/** Members of results that may be absent. */
const OPTIONAL = ['deep', 'remote'];

const ajv = new Ajv({ allErrors: true });
const validators = (file: string) => {
  const schema = JSON.parse(readFileSync(join(SCHEMA_FOLDER, file), 'utf8'));
  return { open: ajv.compile(schema), closed: ajv.compile(withoutOthers(schema) as object) };
};

/** The schema with no room for keys that it does not name. */
function withoutOthers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutOthers);
  if (typeof value !== 'object' || value === null) return value;
  const inner = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withoutOthers(one)]));
  return 'properties' in value ? { ...inner, additionalProperties: false } : inner;
}

describe('what --json prints', () => {
  const reader = new Reader(tempDir('file'));
  beforeAll(() => {
    const project = join(reader.cwd, 'project.git');
    writeFileSync(join(reader.cwd, 'checkpoint.json'), JSON.stringify(DOCUMENT));
    expect(
      reader.run('git init --quiet --bare remote.git && ckpt sample --quiet project.git && cd project.git').code,
    ).toBe(0);
    deleteCheckpoint(project, 'd5588dec1795');
    expect(reader.run('git remote add origin ../remote.git').code).toBe(0);
  });

  it.each(RUNS)('%s: fits its schema, and has no key that the schema does not name', (run) => {
    const { code, output } = reader.run(`ckpt ${run} --json`);
    const document = JSON.parse(output);
    expect(document).toMatchObject({ error: null, exitCode: code, ok: code === 0 });
    const { open, closed } = validators(schemaName(document.command));
    for (const fits of [open, closed]) {
      expect({ fits: fits(document), errors: fits.errors }).toEqual({ fits: true, errors: null });
    }
    expect(open({ ...document, newer: 1 })).toBe(true);
    const own = Object.keys(document).slice(Object.keys(document).indexOf('error') + 1);
    expect(unlike(document, run)).toEqual([]);
    for (const key of own.filter((name) => !OPTIONAL.includes(name)))
      expect(open({ ...document, [key]: undefined })).toBe(false);
    expect(own).not.toEqual([]);
  });

  it.each(share(FAILURES, 5))('%s: an error fits the schema of errors, and of its command', (run) => {
    const { code, output } = reader.run(`ckpt ${run} --json`);
    const document = JSON.parse(output);
    expect(document).toMatchObject({ error: { code: expect.any(String) }, exitCode: code, ok: false });
    const files = [
      'error.schema.json',
      ...(run === 'nonsense' || run.startsWith('browse') ? [] : [document.command].map(schemaName)),
    ];
    for (const { open, closed } of files.map(validators)) {
      expect({ fits: open(document) && closed(document), errors: closed.errors }).toEqual({ fits: true, errors: null });
    }
    expect(unlike(document, run)).toEqual([]);
  });

  it('has a run for every command that has a result', () => {
    const names = Object.keys(COMMANDS).filter((name) => name !== 'browse');
    expect(names.filter((name) => !RUNS.some((run) => run === name || run.startsWith(`${name} `)))).toEqual([]);
  });

  it('has no number under a plural, but in counts, and no list under a singular', () => {
    const wrong = [...schemaFiles()].flatMap(([name, text]) =>
      name.startsWith('dual-write-document') ? [] : wrongKeys(JSON.parse(text), false).map((key) => `${name}: ${key}`),
    );
    expect(wrong).toEqual([]);
  });
});

/** The rows of the page's tables for a run: those of all documents, and those of its command. By key, what the type says. */
function rowsFor(command: string, run: string): ReadonlyMap<string, string> {
  const page = readFileSync(JSON_PAGE, 'utf8');
  const [intro = '', ...sections] = page.split(/^## ckpt /m);
  const section = (name: string): string => {
    const text = sections.find((one) => one.startsWith(`${name}\n`)) ?? '';
    const other = /^The keys of \[ckpt ([^\]]+)\]/m.exec(text)?.[1];
    return other === undefined ? text : section(other);
  };
  const forms = section(command).split(/^### With `ckpt /m);
  // Of several forms the one whose flag the run has.
  const form = forms.find(
    (one) => one !== forms[0] && run.includes(/--\w+/.exec(one.split('\n')[0] ?? '')?.[0] ?? '#'),
  );
  const own = form ?? (forms.length > 1 ? forms[1] : forms[0]) ?? '';
  const rows = `${intro}${own}`.matchAll(/^\| `([^`]+)` \| (.*?) \| /gm);
  return new Map([...rows].map(([, key = '', type = '']) => [key, type]));
}

/** What a document has that the page does not say, or says otherwise; and what the page says that is not there. */
function unlike(document: { readonly command: string; readonly error: unknown }, run: string): string[] {
  const rows = rowsFor(document.error === null ? document.command : '', run);
  const wrong = new Set<string>();
  const look = (value: object, before: string) => {
    for (const [key, inner] of Object.entries(value)) {
      const name = before + key + (rows.has(`${before}${key}[]`) ? '[]' : '');
      const type = rows.get(name);
      if (type === undefined || !admits(type, inner)) wrong.add(`${name}: ${type}, not ${JSON.stringify(inner)}`);
      const within = Array.isArray(inner) ? inner : [inner];
      for (const one of within) if (typeof one === 'object' && one !== null) look(one, `${name}.`);
    }
    const due = [...rows].filter(([key, type]) => key.startsWith(before) && !type.includes('or absent'));
    for (const [key] of due) {
      const rest = key.slice(before.length).replace(/\[\]$/, '');
      if (/^\w+$/.test(rest) && !(rest in value)) wrong.add(`${key} is absent`);
    }
  };
  look(document, '');
  return [...wrong];
}

/** Whether a type of the page is that of a value: some words, in backticks those that the value may be. */
function admits(type: string, value: unknown): boolean {
  if (Array.isArray(value)) return type.startsWith('list of ') && value.every((one) => admits(type.slice(8), one));
  const words = type.split(', ');
  if (value === null) return words.includes('null');
  if (words.includes(`\`${value}\``)) return true;
  if (typeof value === 'number')
    return words.includes('number') || (Number.isInteger(value) && words.includes('integer'));
  return words.includes(typeof value);
}

/** Plurals that are no lists, or numbers that are units and no counts. */
const UNITS = ['bytes', 'seconds', 'ageSeconds', 'exitCode', 'number', 'line', 'maxCheckpoints', 'total', 'matching'];

/** Keys whose number or list is not what their name says. */
function wrongKeys(schema: unknown, inCounts: boolean): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  if (Array.isArray(schema)) return schema.flatMap((one) => wrongKeys(one, inCounts));
  const {
    properties = {},
    items,
    anyOf,
  } = schema as { properties?: Record<string, object>; items?: object; anyOf?: object[] };
  const own = Object.entries(properties).flatMap(([key, value]) => {
    const types =
      JSON.stringify(value)
        .match(/"type":"(\w+)"/g)
        ?.slice(0, 1)
        .join() ?? '';
    const isNumber = /integer|number/.test(types) && !('properties' in value);
    const isPlural = /s$/.test(key) && !['status', 'durationMs', 'stays', 'hasMore'].includes(key);
    const isWrong = isNumber && isPlural && !inCounts && !UNITS.includes(key) && !key.endsWith('Tokens');
    return [...(isWrong ? [key] : []), ...wrongKeys(value, key === 'counts')];
  });
  return [...own, ...wrongKeys(items, inCounts), ...wrongKeys(anyOf, inCounts)];
}

describe('docs/schema and docs/json.md', () => {
  it('are what the code has: npm run docs:schema, npm run docs:json', () => {
    const files = schemaFiles();
    expect(readdirSync(SCHEMA_FOLDER).sort()).toEqual([...files.keys()].sort());
    for (const [name, text] of files) expect(readFileSync(join(SCHEMA_FOLDER, name), 'utf8')).toBe(text);
    expect(readFileSync(JSON_PAGE, 'utf8')).toBe(jsonPage());
  });
});
