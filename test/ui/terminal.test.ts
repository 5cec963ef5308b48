import { expect, it } from 'vitest';
import { colorLevel, hasSymbols, isInteractive, terminalSize } from '../../src/ui/terminal.ts';

const TTY = { isTTY: true, columns: 80, rows: 24 };

it.each([
  [TTY, {}, true],
  [TTY, { TERM: 'xterm' }, true],
  [TTY, { TERM: 'dumb' }, false],
  [TTY, { CI: 'true' }, false],
  [TTY, { CI: '1' }, false],
  [TTY, { CI: '' }, true],
  [TTY, { CI: 'false' }, true],
  [{}, {}, false],
])('isInteractive(%j, %j) is %j', (stream, env, expected) => {
  expect(isInteractive(stream, env)).toBe(expected);
});

it.each([
  [TTY, {}, 1],
  [TTY, { TERM: 'xterm-256color' }, 2],
  [TTY, { COLORTERM: 'truecolor' }, 3],
  [TTY, { TERM: 'dumb' }, 0],
  [TTY, { NO_COLOR: '1' }, 0],
  [TTY, { NO_COLOR: '' }, 1],
  [TTY, { NO_COLOR: '1', FORCE_COLOR: '1' }, 1],
  [TTY, { FORCE_COLOR: '0' }, 0],
  [TTY, { FORCE_COLOR: 'false' }, 0],
  [{}, {}, 0],
  [{}, { FORCE_COLOR: '' }, 1],
  [{}, { FORCE_COLOR: '3' }, 3],
])('colorLevel(%j, %j) is %j', (stream, env, expected) => {
  expect(colorLevel(stream, env)).toBe(expected);
});

it.each([
  [{ LANG: 'en_US.UTF-8' }, 'linux', true],
  [{}, 'linux', true],
  [{ LC_ALL: 'C' }, 'linux', true],
  [{ LANG: 'de_DE.ISO-8859-1' }, 'linux', false],
  [{ LANG: 'en_US.UTF-8', TERM: 'linux' }, 'linux', false],
  [{}, 'win32', false],
  [{ WT_SESSION: 'x' }, 'win32', true],
] as const)('hasSymbols(%j) on %s is %j', (env, platform, expected) => {
  expect(hasSymbols(env, platform)).toBe(expected);
});

it('takes the usual size where a terminal tells none', () => {
  expect(terminalSize({ columns: 0, rows: 0 })).toEqual({ columns: 80, rows: 24 });
  expect(terminalSize(TTY)).toEqual({ columns: 80, rows: 24 });
});
