import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { commandText } from '../../src/shell/quote.ts';

const WORDS = [
  'a',
  '',
  ' ',
  "it's",
  '"',
  '$HOME',
  '`id`',
  '\\',
  '*',
  '~',
  '!',
  '#',
  '&',
  ';',
  '=ls',
  'a=b',
  '-n',
  '\n',
  'é',
  '{a,b}',
  '[a]',
];

test('a shell takes a command as the words that it was made of', () => {
  const printed = execFileSync('sh', ['-c', commandText(['printf', '%s\\0', ...WORDS])], { encoding: 'utf8' });
  expect(printed.split('\0').slice(0, -1)).toEqual(WORDS);
});

test('words that no shell changes are not quoted', () => {
  const words = ['ckpt', 'fetch', '--engine=isomorphic', 'refs/heads/main', 'git@host:a/b.git', '100%'];
  expect(commandText(words)).toBe(words.join(' '));
});
