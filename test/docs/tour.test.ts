import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempDir } from '../fixtures/temp.ts';
import { patternOf, Reader, stepsOf } from './guided-page.ts';

const PAGE = readFileSync(resolve(import.meta.dirname, '../../docs/tour.md'), 'utf8');

describe('docs/tour.md', () => {
  const reader = new Reader(tempDir('file'));

  it.each(stepsOf(PAGE))('$script', ({ script, exitCode, shown }) => {
    const { code, output, stderr } = reader.run(script);
    expect({ code, stderr: code === exitCode ? '' : stderr }).toEqual({ code: exitCode, stderr: '' });
    if (shown !== undefined && !patternOf(shown).test(output)) expect(output).toBe(shown); // npm run docs:tour writes it again
  });

  it('goes through every station', () => {
    const commands = stepsOf(PAGE).map(({ script }) => script);
    for (const command of [
      'ckpt status',
      'ckpt migrate --dry-run',
      'ckpt migrate',
      'ckpt verify',
      'ckpt repair',
      'ckpt hooks install',
      'ckpt dual-write --from',
      'ckpt verify --format text --format junit',
      'ckpt rotate',
      'ckpt prune --keep 2 --apply',
      'ckpt prune --restore',
      'ckpt hooks uninstall',
    ]) {
      expect(commands.some((script) => script.includes(`${command} `) || script.includes(`${command}\n`))).toBe(true);
    }
  });
});

describe('output on a page', () => {
  it('is taken literally but for …', () => {
    expect(patternOf('a.c (1)\n').test('a.c (1)\n')).toBe(true);
    expect(patternOf('a.c\n').test('abc\n')).toBe(false);
    expect(patternOf('Took … with\n').test('Took 5 ms with\n')).toBe(true);
    expect(patternOf('Took … with\n').test('Took\nwith\n')).toBe(false);
    expect(patternOf('a\n…\nb\n').test('a\nb\n')).toBe(true);
    expect(patternOf('a\n…\nb\n').test('a\n1\n2\nb\n')).toBe(true);
    expect(patternOf('a\n').test('a\nb\n')).toBe(false);
  });

  it('belongs to the block of commands that it follows', () => {
    const page = '```sh\na\n```\n\n```text\nb\n```\n\n```sh\nc  # exit code 3\n```\n\nwords\n\n```text\nd\n```\n';
    expect(stepsOf(page)).toEqual([
      { script: 'a\n', exitCode: 0, shown: 'b\n' },
      { script: 'c  # exit code 3\n', exitCode: 3, shown: undefined },
    ]);
  });
});
