import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { expect, it } from 'vitest';

const SRC = resolve(import.meta.dirname, '../../src');

/** Entire's names of refs, in a text or a pattern. Words for people (`full/current`, `entire/checkpoints/v1`) are not meant. */
const REF_NAME = /refs\/(?:heads\/|remotes\/origin\/)?entire\b/;
const ROOMS = ['layout', 'generations'];
/** One listing by git alone, in a shell that has no constants. */
const EXCEPTIONS = ['ui/completion/command-words.ts'];

it("the layouts' names of refs stand in layout and generations alone", () => {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name));
  const found = files
    .map((name) => relative(SRC, join(SRC, name)).split(sep).join('/'))
    .filter((name) => !ROOMS.includes(name.split('/')[0] ?? ''))
    .filter((name) => code(readFileSync(join(SRC, name), 'utf8')).some((line) => REF_NAME.test(line)));
  expect(found).toEqual(EXCEPTIONS);
});

/** The lines of a file that are not of a comment. */
function code(text: string): string[] {
  return text.split('\n').filter((line) => !/^\s*(?:\/?\*|\/\/)/.test(line));
}
