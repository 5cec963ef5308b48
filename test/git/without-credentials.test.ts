import { expect, test } from 'vitest';
import { withoutCredentials } from '../../src/git/network.ts';

test.each([
  ['https://ann:word@a.example/x', 'https://a.example/x'],
  ['https://token@a.example/x', 'https://a.example/x'],
  ['https://ann:p@ss@a.example/x', 'https://a.example/x'],
  ["https://ann:it's@a.example/x", 'https://a.example/x'],
  ['https://ann:a/s@a.example/x', 'https://a.example/x'],
  ["fatal: unable to access 'https://ann:a/s@a.example/x/': no", "fatal: unable to access 'https://a.example/x/': no"],
  ['from ssh://git@a.example/x to https://b@c.example/', 'from ssh://a.example/x to https://c.example/'],
  ['https://a.example:8080/@scope/x', 'https://a.example:8080/@scope/x'],
  ['https://a.example/@scope/x', 'https://a.example/@scope/x'],
  ['https://[::1]:8080/@scope/x', 'https://[::1]:8080/@scope/x'],
  ['https://ann:a/s@[::1]:8080/x', 'https://[::1]:8080/x'],
  ['https://ann:word@[::1]/x', 'https://[::1]/x'],
  ['https://[ann:a/s@a.example/x', 'https://a.example/x'],
  ['https://a.example: mail me@b.example', 'https://a.example: mail me@b.example'],
  ['git@a.example:x.git', 'git@a.example:x.git'],
])('%s is printed as %s', (text, expected) => {
  expect(withoutCredentials(text)).toBe(expected);
});
