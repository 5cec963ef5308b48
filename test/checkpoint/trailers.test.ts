import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { CHECKPOINT_TRAILER, trailerValues } from '../../src/checkpoint/trailers.ts';

const ID = 'a3b2c4d5e6f7';
const OTHER = 'b1c2d3e4f506';
const T = `${CHECKPOINT_TRAILER}: ${ID}`;

/** What git takes for the values of this trailer. */
function valuesByGit(message: string): string[] {
  const args = ['interpret-trailers', '--parse', '--no-divider'];
  const parsed = execFileSync('git', args, { input: message, env: { PATH: process.env.PATH, HOME: '/nonexistent' } });
  return parsed
    .toString('utf8')
    .split('\n')
    .flatMap((line) => /^entire-checkpoint: ?(.*)$/i.exec(line)?.[1] ?? []);
}

const MESSAGES: Readonly<Record<string, [message: string, values: string[]]>> = {
  'one trailer': [`Subject\n\nBody\n\n${T}\n`, [ID]],
  'no final newline': [`Subject\n\n${T}`, [ID]],
  'several, with others': [`Subject\n\n${T}\nReviewed-by: x\nEntire-Checkpoint: ${OTHER}\n`, [ID, OTHER]],
  'another case': [`Subject\n\nentire-checkpoint:${ID}\nENTIRE-CHECKPOINT :  ${OTHER}  \n`, [ID, OTHER]],
  'in the subject': [`${T}\n`, []],
  'in the body': [`Subject\n\n${T}\n\nMore text here.\n`, []],
  'among text': [`Subject\n\nSome text\n${T}\n`, []],
  'among text that git has signed': [`Subject\n\nSome text\n${T}\nSigned-off-by: x <x@example.com>\n`, [ID]],
  'too much text for a signature': [`Subject\n\n1\n2\n3\n4\n5\n6\n7\n${T}\nSigned-off-by: x <x@example.com>\n`, []],
  'cherry-picked': [`Subject\n\n${T}\n(cherry picked from commit ${'a'.repeat(40)})\n`, [ID]],
  'a value that goes on': [`Subject\n\nEntire-Checkpoint: ${ID}\n and more\n`, [`${ID} and more`]],
  'blank lines and comments behind it': [`Subject\n\n${T}\n\n# a comment\n\n`, [ID]],
  'a comment within': [`Subject\n\n${T}\n# a comment\nX: y\n`, [ID]],
  'no trailers': ['Subject\n\nBody: with a colon in a sentence\nand more\n', []],
  'an empty message': ['', []],
  'no value': ['Subject\n\nEntire-Checkpoint:\n', ['']],
};

describe('trailers of a commit message', () => {
  test.each(Object.entries(MESSAGES))('%s', (_, [message, values]) => {
    expect(trailerValues(message, CHECKPOINT_TRAILER)).toEqual(values);
    expect(valuesByGit(message)).toEqual(values);
  });
});
