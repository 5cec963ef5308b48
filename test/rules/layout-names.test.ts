import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const SRC = resolve(import.meta.dirname, '../../src');
/** The rooms that know which layout is which. */
const ROOMS = ['layout', 'generations'];
/** The files elsewhere that name V1 or V2 in code, apart from texts and codes that users read. This only falls. */
const FILES_LEFT = 129;

/** `v1`, `isInV1`, `V2Side`; not `V1_MISSING`: the codes of findings and errors are what users read. */
const NAME = /\b(?:[vV][12]|\w*[a-z]V[12])(?:[A-Z][a-z]\w*)?\b/;

const FILES = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => /\.tsx?$/.test(path) && !ROOMS.includes(path.split('/')[0] ?? ''));

/** What of a file is code: no comments, and of texts only what is filled in. */
function code(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
    .replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g, "''")
    .replace(/`(?:[^`\\]|\\.)*`/g, (template) =>
      [...template.matchAll(/\$\{([^}]*)\}/g)].map(([, filled]) => filled).join(';'),
    );
}

test('no path names V1 or V2 outside of layout and generations', () => {
  expect(FILES.filter((path) => /(?:^|[/-])v[12](?:[-./]|$)/.test(path))).toEqual([]);
});

test('fewer and fewer files name V1 or V2 in code outside of layout and generations', () => {
  const found = FILES.filter((path) => NAME.test(code(readFileSync(join(SRC, path), 'utf8'))));
  expect(found, 'set FILES_LEFT where it fell; where it rose, ask the layout').toHaveLength(FILES_LEFT);
});
