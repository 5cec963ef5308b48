import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { CHECKPOINT_TRAILER, checkpointsNamedIn, trailerRules, trailerValues } from '../../src/checkpoint/trailers.ts';

const ID = 'a3b2c4d5e6f7';
const OTHER = 'b1c2d3e4f506';
const T = `${CHECKPOINT_TRAILER}: ${ID}`;

/** What git takes for the values of this trailer, with a configuration. */
function valuesByGit(message: string, config: readonly string[] = []): string[] {
  const args = [...config.flatMap((one) => ['-c', one]), 'interpret-trailers', '--parse', '--no-divider'];
  const parsed = execFileSync('git', args, { input: message, env: { PATH: process.env.PATH, HOME: '/nonexistent' } });
  return parsed
    .toString('utf8')
    .split('\n')
    .flatMap((line) => /^entire-checkpoint[^\w-] ?(.*)$/i.exec(line)?.[1] ?? []);
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
  'line ends of Windows': [`Subject\r\n\r\n${T}\r\nX: y\r\n`, [ID]],
  'a value on the next line': [`Subject\n\nEntire-Checkpoint:\n  ${ID}\n`, [ID]],
  'scissors below it': [
    `Subject\n\n${T}\n# ------------------------ >8 ------------------------\n# x\ndiff --git a b\n`,
    [ID],
  ],
  'no value': ['Subject\n\nEntire-Checkpoint:\n', ['']],
};

describe('trailers of a commit message', () => {
  test.each(Object.entries(MESSAGES))('%s', (_, [message, values]) => {
    expect(trailerValues(message, CHECKPOINT_TRAILER)).toEqual(values);
    expect(valuesByGit(message)).toEqual(values);
  });
});

/** What `trailer.separators` and `core.commentChar` make of a message. */
const CONFIGURED: Readonly<
  Record<string, [separators: string | undefined, comment: string | undefined, message: string, values: string[]]>
> = {
  'an equals sign': ['=', undefined, `Subject\n\nEntire-Checkpoint=${ID}\n`, [ID]],
  'an equals sign, blanks around it': ['=', undefined, `Subject\n\nEntire-Checkpoint =  ${ID}\nX= y\n`, [ID]],
  'an equals sign, and a colon in the message': ['=', undefined, `Subject\n\n${T}\n`, []],
  'several, with others': [':=#', undefined, `Subject\n\nFixes #1\n${T}\nENTIRE-CHECKPOINT=${OTHER}\n`, [ID, OTHER]],
  'a value with a separator': ['=:', undefined, `Subject\n\nEntire-Checkpoint: ${ID}=x\n`, [`${ID}=x`]],
  'signs of patterns': [']^\\-:', undefined, `Subject\n\nX] y\nZ^a\nEntire-Checkpoint: ${ID}\n`, []],
  'the first of them in the key': ['-:', undefined, `Subject\n\n${T}\n`, []],
  'a number sign, which is a comment too': ['#', undefined, `Subject\n\nEntire-Checkpoint# ${ID}\n# x\n`, [ID]],
  none: ['', undefined, `Subject\n\n${T}\n`, []],
  'another comment': [undefined, ';', `Subject\n\n${T}\n; a comment\n`, [ID]],
  'another comment, and a number sign': [undefined, ';', `Subject\n\n${T}\n# no comment\n`, []],
  'another comment, and scissors': [
    undefined,
    ';',
    `Subject\n\n${T}\n; ------------------------ >8 ------------------------\nx\n`,
    [ID],
  ],
  'any comment': [undefined, 'auto', `Subject\n\n${T}\n# a comment\n`, [ID]],
};

describe('trailers by the configuration', () => {
  test.each(Object.entries(CONFIGURED))('%s', (_, [separators, comment, message, values]) => {
    expect(trailerValues(message, CHECKPOINT_TRAILER, trailerRules(separators, comment))).toEqual(values);
    const config = [
      ...(separators === undefined ? [] : [`trailer.separators=${separators}`]),
      ...(comment === undefined ? [] : [`core.commentChar=${comment}`]),
    ];
    expect(valuesByGit(message, config)).toEqual(values);
  });
});

describe('checkpoints named anywhere', () => {
  test.each([
    [
      'a squash merge with a co-author',
      `F (#1)\n\n* a\n\n${T}\n\n* b\n\nEntire-Checkpoint: ${OTHER}\n\n---------\n\nCo-authored-by: X <x@y.z>\n`,
      [ID, OTHER],
    ],
    ['git merge --squash', `Squashed commit of the following:\n\ncommit 1\n\n    one\n    \n    ${T}\n`, [ID]],
    [
      'a value on the next line, indented more',
      `F\n\nEntire-Checkpoint:\n ${ID}\n\n    Entire-Checkpoint:\n      ${OTHER}\n\nCo-authored-by: X <x@y.z>\n`,
      [ID, OTHER],
    ],
    ['no value, and another line', `F\n\n    Entire-Checkpoint:\n    ${ID}\n\nCo-authored-by: X <x@y.z>\n`, []],
    [
      'other signs',
      `fix\n\nEntire-Checkpoint=${ID}\nEntire-Checkpoint # ${OTHER}\nEntire-Checkpoint-${ID}\n\nMore.\n`,
      [ID, OTHER],
    ],
    ['a merge request below it', `fix\n\n${T}\n\nSee merge request a/b!12\n`, [ID]],
    ['the same one twice, among text', `fix\n\n${T}\nplain\n\n${T}\n`, [ID]],
    [
      'a ULID, with a CR',
      'fix\r\n\r\nEntire-Checkpoint: 01JZX4T9QK3M8V7W6P5R4S3T2A\r\n\r\nmore\r\n',
      ['01JZX4T9QK3M8V7W6P5R4S3T2A'],
    ],
    [
      'a sentence, a comment, what lies below the scissors',
      `fix\n\nSee ${T} for more\n# ${T}\n# --- >8 ---\n${T}\n`,
      [],
    ],
  ])('%s', (_, message, ids) => {
    expect(checkpointsNamedIn(message)).toEqual(ids);
  });
});
