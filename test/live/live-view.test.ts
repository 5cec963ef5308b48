import { beforeEach, describe, expect, it } from 'vitest';
import { ckpt } from '../commands/ckpt.ts';
import { ckptInTerminal } from '../commands/terminal.ts';
import { GatedGit } from '../fixtures/gated-git.ts';
import { git, refs } from '../fixtures/git.ts';
import { wordsOf } from '../fixtures/screen-words.ts';
import { tempDir } from '../fixtures/temp.ts';
import { V1_REF } from '../fixtures/v1-builder.ts';

const SECOND_V1 = 'refs/entire/checkpoints/v1';
let dir: string;
let gate: GatedGit;

/** The phases of a first migration, once it walks the history. */
const WALKING = [
  '  ▸ walk history',
  '  · project commits',
  '  · survey checkpoints',
  '  · build generations',
  '  · write objects',
  '  · move refs',
  'Ctrl-C stops safely',
];

beforeEach(() => {
  dir = `${tempDir()}/sample.git`;
  ckpt(['sample', dir]);
  gate = new GatedGit(tempDir(), 'rev-list');
});

describe('the live view in a terminal', () => {
  it.each([
    [120, 30],
    [80, 24],
    [40, 12],
  ])('shows each phase with its state at %d × %d, and then the result in a frame', async (columns, rows) => {
    const terminal = ckptInTerminal(['migrate', '--repo', dir], { columns, rows, env: gate.env });
    const [title, first, ...rest] = (await terminal.waitFor(/\d:(?!00)\d\d\n/)).filter((line) => line !== '');
    expect(title).toMatch(/^ckpt migrate +\d:\d\d$/);
    expect(title).toHaveLength(columns - 1);
    expect(first).toMatch(columns < 44 ? /^ {2}✓ read refs$/ : /^ {2}✓ read refs +[\d.]+ m?s$/);
    expect(rest).toEqual(WALKING);
    gate.open();
    expect(await terminal.exit).toEqual({ exitCode: 0, signal: 0 });
    const text = terminal.text();
    expect(text).toMatch(/^╭─ ✓ ckpt migrate ─+╮\n│ Migrated /);
    expect(text).toMatch(/│ Next: ckpt verify [\s\S]*╯$/);
    expect(text).not.toContain('Ctrl-C stops safely'); // the view is gone
    expect(terminal.isCursorShown()).toBe(true);
    for (const line of text.split('\n')) expect(line).toHaveLength(text.indexOf('\n'));
  });

  it.each([
    [80, []],
    [40, []],
    [40, ['--no-progress']],
  ])('breaks warnings between words at %d columns, %j', async (columns, flags) => {
    git(dir, 'update-ref', SECOND_V1, V1_REF);
    git(dir, 'update-ref', V1_REF, `${V1_REF}~1`);
    const args = ['migrate', ...flags, '--repo', dir];
    const terminal = ckptInTerminal([...args, '--dry-run'], { columns });
    await terminal.exit;
    expect(terminal.text()).toMatch(/^warning: refs\/entire\/checkpoints\/v1 /);
    expect(terminal.brokenLines()).toEqual([]);
    const words = wordsOf(ckpt([...args, '--dry-run']).stderr.trim());
    expect(wordsOf(terminal.text()).slice(0, words.length)).toEqual(words);
  });

  it('follows the window to another size, without leaving anything behind', async () => {
    const terminal = ckptInTerminal(['migrate', '--repo', dir], { env: gate.env });
    await terminal.waitFor('Ctrl-C stops safely');
    for (const columns of [40, 100, 61, 30]) {
      await terminal.nextFrame();
      terminal.resize(columns, 24);
      await terminal.waitFor(
        (screen) => /^ckpt migrate +\d:\d\d$/.test(screen[0] ?? '') && screen[0]?.length === columns - 1,
      );
      expect(terminal.text().match(/walk history/g)).toHaveLength(1);
    }
    gate.open();
    expect((await terminal.exit).exitCode).toBe(0);
    expect(terminal.text()).toMatch(/^╭─ ✓ ckpt migrate /);
  });

  it.each([
    ['Ctrl-C', 130],
    ['SIGTERM', 143],
  ])('stops safely by %s', async (how, exitCode) => {
    const terminal = ckptInTerminal(['migrate', '--repo', dir], { columns: 200, env: gate.env });
    await terminal.waitFor('Ctrl-C stops safely');
    if (how === 'Ctrl-C') terminal.type('\x03');
    else terminal.kill('SIGTERM');
    expect(await terminal.exit).toEqual({ exitCode, signal: 0 });
    expect(terminal.text()).toBe(
      `ckpt migrate: walk history: stopped by ${how}: no ref was moved; there is no refs/entire/checkpoints/v2/main\nrepository: ${dir}\nhint: The same command goes on from here.`,
    );
    expect(terminal.isCursorShown()).toBe(true);
    expect(refs(dir, 'refs/entire')).toEqual({});
  });
});
