import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { CHECKPOINT_TRAILER, checkpointsNamedIn, trailerRules, trailerValues } from '../../src/checkpoint/trailers.ts';

const ID = 'a3b2c4d5e6f7';
const OTHER = 'b1c2d3e4f506';
const T = `${CHECKPOINT_TRAILER}: ${ID}`;

/** What git takes for the values of this trailer, with a configuration. */
function valuesByGit(message: string, config: readonly string[] = []): string[] {
  const args = [...config.flatMap((one) => ['-c', one]), 'interpret-trailers', '--parse', '--no-divider'];
  const env = { PATH: process.env.PATH, HOME: '/nonexistent' };
  const parsed = execFileSync('git', args, { input: message, env, stdio: ['pipe', 'pipe', 'ignore'] });
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

/** What settings make of a message. */
const CONFIGURED: Readonly<
  Record<string, [config: Readonly<Record<string, string>>, message: string, values: string[]]>
> = {
  'an equals sign': [{ 'trailer.separators': '=' }, `Subject\n\nEntire-Checkpoint=${ID}\n`, [ID]],
  'an equals sign, blanks around it': [
    { 'trailer.separators': '=' },
    `Subject\n\nEntire-Checkpoint =  ${ID}\nX= y\n`,
    [ID],
  ],
  'an equals sign, and a colon in the message': [{ 'trailer.separators': '=' }, `Subject\n\n${T}\n`, []],
  'several, with others': [
    { 'trailer.separators': ':=#' },
    `Subject\n\nFixes #1\n${T}\nENTIRE-CHECKPOINT=${OTHER}\n`,
    [ID, OTHER],
  ],
  'a value with a separator': [{ 'trailer.separators': '=:' }, `Subject\n\nEntire-Checkpoint: ${ID}=x\n`, [`${ID}=x`]],
  'signs of patterns': [{ 'trailer.separators': ']^\\-:' }, `Subject\n\nX] y\nZ^a\nEntire-Checkpoint: ${ID}\n`, []],
  'the first of them in the key': [{ 'trailer.separators': '-:' }, `Subject\n\n${T}\n`, []],
  'a number sign, which is a comment too': [
    { 'trailer.separators': '#' },
    `Subject\n\nEntire-Checkpoint# ${ID}\n# x\n`,
    [ID],
  ],
  none: [{ 'trailer.separators': '' }, `Subject\n\n${T}\n`, []],
  'another comment': [{ 'core.commentChar': ';' }, `Subject\n\n${T}\n; a comment\n`, [ID]],
  'another comment, and a number sign': [{ 'core.commentChar': ';' }, `Subject\n\n${T}\n# no comment\n`, []],
  'another comment, and scissors': [
    { 'core.commentChar': ';' },
    `Subject\n\n${T}\n; ------------------------ >8 ------------------------\nx\n`,
    [ID],
  ],
  'any comment': [{ 'core.commentChar': 'auto' }, `Subject\n\n${T}\n# a comment\n`, [ID]],
  'another key': [{ 'trailer.ckpt.key': 'Entire-Checkpoint' }, `Subject\n\nckpt: ${ID}\nX: y\n`, [ID]],
  'another key, by the beginning of its name': [
    { 'trailer.Ckpt.key': 'Entire-Checkpoint', 'trailer.ckpt.where': 'end' },
    `Subject\n\nCK: ${ID}\nckpts: ${OTHER}\nEntire: ${OTHER}\n`,
    [ID, OTHER],
  ],
  'another key, which ends with a separator': [
    { 'trailer.ckpt.key': 'entire-checkpoint= ', 'trailer.separators': ':=' },
    `Subject\n\nckpt: ${ID}\n`,
    [ID],
  ],
  'another key for the trailer itself': [{ 'trailer.entire-checkpoint.key': 'Made-by' }, `Subject\n\n${T}\n`, []],
  'the first of two that the key may mean': [
    { 'trailer.e.key': 'Entire-Checkpoint', 'trailer.ee.key': 'X' },
    `Subject\n\nE: ${ID}\nEE: ${OTHER}\n`,
    [ID],
  ],
  'the last of two values': [
    { 'trailer.ckpt.key': 'X', 'trailer.CKPT.key': 'Entire-Checkpoint' },
    `Subject\n\nckpt: ${ID}\n`,
    [ID],
  ],
  'a name with a dot': [{ 'trailer.a.b.key': 'Entire-Checkpoint' }, `Subject\n\na: ${ID}\n`, [ID]],
  'text beside one that git knows': [
    { 'trailer.Entire-Checkpoint.ifexists': 'add' },
    `Subject\n\nSome text\n${T}\n`,
    [ID],
  ],
  'text beside one that git knows by its key': [
    { 'trailer.sign.key': 'Signed-by: ' },
    `Subject\n\nSome text\n${T}\nsigned-by: x\n`,
    [ID],
  ],
  'too much text beside one that git knows': [
    { 'trailer.entire-checkpoint.where': 'end' },
    `Subject\n\n1\n2\n3\n4\n${T}\n`,
    [],
  ],
  'blanks behind one that git knows': [
    { 'trailer.entire-checkpoint.where': 'end' },
    `Subject\n\nSome text\nEntire-Checkpoint : ${ID}\n`,
    [],
  ],
  'a setting that is none': [{ 'trailer.entire-checkpoint.colour': 'red' }, `Subject\n\nSome text\n${T}\n`, []],
};

describe('trailers by the configuration', () => {
  test.each(Object.entries(CONFIGURED))('%s', (_, [config, message, values]) => {
    // As git gives them: the section and the last part in lower case.
    const settings = Object.entries(config).map(([key, value]) => ({ key: key.replace(/[^.]*$/, lower), value }));
    const rules = trailerRules(settings, config['core.commentChar']);
    expect(trailerValues(message, CHECKPOINT_TRAILER, rules)).toEqual(values);
    const args = Object.entries(config).map(([key, value]) => `${key}=${value}`);
    expect(valuesByGit(message, args)).toEqual(values);
  });
});

function lower(text: string): string {
  return text.toLowerCase();
}

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
