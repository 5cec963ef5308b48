import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const SOURCES = [
  'bin/ckpt.js',
  ...readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => join('src', path)),
];

/** What looks like the name of a variable, and is the code of an error, or a constant. */
const NO_VARIABLE = /^(?:GIT_FAILED|GIT_PROGRAM_FAILED|GIT_HOOKS|ENTIRE_SPLIT_NAMES)$/;

/** The variables of the environment that a text of code reads or sets: by a point, by taking apart, by name, as a key. */
function variablesIn(code: string): string[] {
  const taken = [...code.matchAll(/\{([^{}]*)\}\s*=\s*(?:process\.)?env\b/g)].map(([, body]) => String(body));
  return [
    ...[...code.matchAll(/\benv(?:ironment)?\??\.([A-Z]\w*)/g)].map(([, name]) => String(name)),
    ...taken.flatMap((body) => body.match(/\b[A-Z][A-Z0-9_]+\b/g) ?? []),
    ...[
      ...code.matchAll(
        /['"`]?\b((?:CKPT|ENTIRE|GIT|GITHUB|LC|NODE|SSH|XDG)_[A-Z0-9_]+|[A-Z]+_PROXY)\b['"`]?\s*[:=,;\])]/g,
      ),
    ].map(([, name]) => String(name)),
  ].filter((name) => !NO_VARIABLE.test(name));
}

it('docs/environment.md has every variable that the code reads or sets, and no other', () => {
  const read = SOURCES.flatMap((path) => variablesIn(readFileSync(join(ROOT, path), 'utf8')));
  const page = readFileSync(join(ROOT, 'docs/environment.md'), 'utf8');
  const cells = [...page.matchAll(/^\| (`[^|]*) \|/gm)].map(([, cell]) => String(cell));
  const listed = [...cells.join().matchAll(/`([A-Z]\w+)`/g)].map(([, name]) => String(name));
  expect(new Set([...listed, 'NODE_OPTIONS'])).toEqual(new Set(read));
});

it('finds a variable in each form', () => {
  const code = "env.A_B; const { CC, DD: d = 'x' } = process.env; env['GIT_X']; f({ GIT_Y: '0' }); env?.E";
  expect(new Set(variablesIn(code))).toEqual(new Set(['A_B', 'CC', 'DD', 'GIT_X', 'GIT_Y', 'E']));
});
