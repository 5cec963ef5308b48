import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ckpt } from '../commands/ckpt.ts';
import { ckptInTerminal } from '../commands/terminal.ts';
import { GatedGit } from '../fixtures/gated-git.ts';
import { share } from '../fixtures/scale.ts';
import { tempDir } from '../fixtures/temp.ts';

it.each(
  share(
    [
      [80, 24],
      [40, 24],
    ] as const,
    2,
  ),
)('ckpt fleet shows a row for each repository in work at %d × %d, and then the result', async (columns, rows) => {
  const dir = tempDir();
  ckpt(['sample', join(dir, 'fleet/a.git')]);
  for (const name of ['b', 'c']) cpSync(join(dir, 'fleet/a.git'), join(dir, `fleet/${name}.git`), { recursive: true });
  const gate = new GatedGit(join(dir, 'gate'), 'rev-list');
  const args = ['fleet', 'migrate', '--dir', join(dir, 'fleet'), '--jobs', '2'];
  const terminal = ckptInTerminal(args, { columns, rows, env: gate.env });
  const [title, ...rest] = (await terminal.waitFor(/b\.git.* 0:0[1-9]\n/)).filter((line) => line !== '');
  expect(title).toMatch(/^ckpt fleet migrate +\d:\d\d$/);
  expect(rest).toEqual([
    '  ▸ visit repositories',
    expect.stringMatching(/^ {4}─+ {3}0%$/),
    '    0 of 3',
    expect.stringMatching(/^ {4}a\.git +migrate +\d:\d\d$/),
    expect.stringMatching(/^ {4}b\.git +migrate +\d:\d\d$/),
    'Ctrl-C stops safely',
  ]);
  gate.open();
  expect((await terminal.exit).exitCode).toBe(0);
  expect(terminal.text()).toMatch(/^3 repositories: ckpt migrate\n/);
  expect(terminal.text()).not.toContain('Ctrl-C');
});
