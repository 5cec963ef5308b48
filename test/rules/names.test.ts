import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const SRC = resolve(import.meta.dirname, '../../src');

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => /\.tsx?$/.test(path));

/** Where a name of another room stands for the same thing: commands and the library for what they call, an engine for its seam. */
const SAME_THING = /^(?:commands|api|verify\/findings|git\/native|git\/isomorphic)\//;

/** Files of one name in several rooms, each for the same thing there. */
const IN_EACH_ROOM = new Set([
  'errors.ts', // the errors of a room
  'ref-names.ts', // of git, and of the layouts
]);

/** The names that several values have, each with those values. */
function shared(pairs: Iterable<readonly [name: string, value: string]>): Record<string, string[]> {
  const values = new Map<string, Set<string>>();
  for (const [name, value] of pairs) values.set(name, (values.get(name) ?? new Set()).add(value));
  return Object.fromEntries([...values].flatMap(([name, set]) => (set.size > 1 ? [[name, [...set]]] : [])));
}

const DECLARED = /^export (?:async )?(?:abstract )?(?:function\*?|class|interface|type|const) (\w+)/gm;

test('an exported name is declared in one file', () => {
  const declared = files
    .filter((path) => !SAME_THING.test(path))
    .flatMap((path) =>
      [...readFileSync(join(SRC, path), 'utf8').matchAll(DECLARED)].map(([, name = '']) => [name, path] as const),
    );
  expect(declared.length).toBeGreaterThan(1000);
  expect(shared(declared)).toEqual({});
});

test('files of one name are about the same thing', () => {
  const named = files.filter((path) => !SAME_THING.test(path) && !IN_EACH_ROOM.has(basename(path)));
  expect(shared(named.map((path) => [basename(path), path]))).toEqual({});
});
