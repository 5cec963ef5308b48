import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const FOLDER = resolve(import.meta.dirname, '../../docs');
const DIAGRAMS = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.md'))
  .flatMap((page) => {
    const text = readFileSync(join(FOLDER, page), 'utf8');
    return [...text.matchAll(/^```mermaid\n([\s\S]*?)^```$/gm)].map(([, code = ''], n) => ({ page, n: n + 1, code }));
  });

const QUOTED = '"[^"<>]+"';
const NODE = String.raw`[A-Za-z][\w-]*(\[${QUOTED}\])?`;
const ARROW = String.raw`(-->|-\.->)(\|${QUOTED}\|)?`;
/** In a message, a `;` would end it, and a `#` begin an entity. */
const WORDS = '[^#;<>]+';

/** The part of mermaid's language that these pages keep to, a form for each line. mermaid itself needs a browser to parse. */
const KINDS: Readonly<Record<string, readonly RegExp[]>> = {
  'flowchart (LR|RL|TD)': [
    new RegExp(String.raw`^ +subgraph \w+\[${QUOTED}\]$`),
    /^ +end$/,
    new RegExp(`^ +${NODE}( ${ARROW} ${NODE})*$`),
  ],
  sequenceDiagram: [
    /^ {2}participant \w+ as [\w .-]+$/,
    new RegExp(`^ +\\w+-?->>\\w+: ${WORDS}$`),
    new RegExp(`^ +Note over \\w+(,\\w+)?: ${WORDS}$`),
    /^ +(alt|else|opt|loop)( [\w ,.'-]+)?$/,
    /^ +end$/,
  ],
};

describe('mermaid', () => {
  it('is on the pages that need it', () => {
    expect(DIAGRAMS.filter(({ page }) => page === 'how-it-works.md')).toHaveLength(5);
  });

  it.each(DIAGRAMS)('$page, diagram $n', ({ code }) => {
    const [first = '', ...lines] = code.trimEnd().split('\n');
    const forms = Object.entries(KINDS).find(([kind]) => new RegExp(`^${kind}$`).test(first))?.[1] ?? [];
    expect(lines.filter((line) => !forms.some((form) => form.test(line)))).toEqual([]);
    const count = (word: RegExp) => lines.filter((line) => word.test(line)).length;
    expect(count(/^ +end$/)).toBe(count(/^ +(subgraph|alt|opt|loop)\b/));
    const known = [...code.matchAll(/participant (\w+)/g)].map(([, name]) => name);
    const used = [...code.matchAll(/^ +(\w+)-?->>(\w+)/gm)].flatMap(([, from, to]) => [from, to]);
    expect(used.filter((name) => !known.includes(name))).toEqual([]);
  });
});
