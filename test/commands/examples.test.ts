import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/commands/table.ts';
import { deleteCheckpoint } from '../fixtures/delete-checkpoint.ts';
import { git } from '../fixtures/git.ts';
import { share } from '../fixtures/scale.ts';
import { tempDir } from '../fixtures/temp.ts';
import { CKPT, ckpt } from './ckpt.ts';

/** Screens, whose own tests run them in a terminal. */
const SCREENS = ['browse'];

/** What examples name, and what a repository has in its place: IDs first, the longest first. */
const STAND_INS: ReadonlyArray<readonly [string, string]> = [
  ['a3b2c4d5e6f7', '5478025e132b'],
  ['b1c2d3e4f506', '92d71b100385'],
  ['c0ff', 'd558'],
  ['a3b2c4', '547802'],
  ['a3b2', '5478'],
  ['| less', '| cat'],
];

/** Every example of every command, as its help has it. */
const EXAMPLES: Array<{ readonly name: string; readonly command: string }> = [];
for (const [name, load] of Object.entries(COMMANDS)) {
  const { default: command } = await load();
  for (const example of command.examples ?? []) {
    const text = typeof example === 'string' ? example : example.command;
    EXAMPLES.push({ name, command: text.replaceAll('<%= config.bin %>', 'ckpt') });
  }
}

const root = tempDir('file');
/** A work tree with both layouts, archives of which number 3 was pruned, a remote's branch, and the files that examples name. */
const project = join(root, 'project');
beforeAll(() => {
  const sample = join(root, 'from.git');
  expect(ckpt(['sample', sample]).code).toBe(0);
  git(root, 'init', '--quiet', project);
  git(project, 'fetch', '--quiet', sample, 'refs/heads/entire/checkpoints/v1:refs/heads/entire/checkpoints/v1');
  git(project, 'commit', '--quiet', '--allow-empty', '-m', 'Start');
  git(project, 'remote', 'add', 'origin', sample);
  git(project, 'update-ref', 'refs/remotes/origin/main', 'HEAD');
  mkdirSync(join(project, 'src'));
  writeFileSync(join(project, 'src/main.c'), 'int x;\n'.repeat(120));
  git(project, 'add', 'src');
  git(project, 'commit', '--quiet', '-m', 'Work\n\nEntire-Checkpoint: 5478025e132b');
  mkdirSync(join(project, '.entire'));
  writeFileSync(
    join(project, '.entire/settings.json'),
    '{"strategy_options": {"checkpoints_v2": true, "full_transcript_generation_retention_days": 14}}',
  );
  writeFileSync(
    join(project, 'checkpoint.json'),
    '{"checkpoint_id": "0a1b2c3d4e5f", "session_id": "s", "transcript": {"text": "{}\\n"}, "prompts": ["Do."]}',
  );
  writeFileSync(join(project, 'fleet.txt'), '.\n');
  const run = (...args: string[]) => expect(ckpt([...args, '-C', project]), args.join(' ')).toMatchObject({ code: 0 });
  run('migrate', '--max-checkpoints', '3');
  run('prune', '--apply');
  for (const number of ['1', '2']) run('prune', '--restore', number);
  // After that, so that the archives hold what they held before.
  for (const id of ['92d71b100385', 'd5588dec1795']) deleteCheckpoint(project, id);
  run('dual-write', '--from', join(project, 'checkpoint.json'));
  run('migrate', '--to', 'refs');
  for (const n of [1, 2]) {
    const args = ['--dir', project, '--report', join(project, `shard-${n}`)];
    expect(ckpt(['fleet', 'status', ...args])).toMatchObject({ code: 0 });
  }
  writeFileSync(join(root, 'ckpt'), `#!/bin/sh\nexec '${process.execPath}' '${CKPT}' "$@"\n`);
  chmodSync(join(root, 'ckpt'), 0o755);
});

const TRIED = EXAMPLES.filter(({ name }) => !SCREENS.includes(name));

describe('the examples in help', () => {
  it('are those of the command that they explain', () => {
    for (const { name, command } of EXAMPLES) expect(`${command} `.startsWith(`ckpt ${name} `), command).toBe(true);
  });

  it.each(share(TRIED, 9))('$command works', ({ command }) => {
    const copy = join(tempDir(), 'project');
    cpSync(project, copy, { recursive: true, verbatimSymlinks: true });
    let script = command;
    for (const [placeholder, value] of STAND_INS) script = script.replaceAll(placeholder, value);
    const env = { ...process.env, PATH: `${root}:${process.env.PATH}` };
    const { status, stderr } = spawnSync('sh', ['-c', script], { cwd: copy, env, encoding: 'utf8' });
    expect({ status, stderr }).toMatchObject({ status: 0 });
    expect(stderr).not.toMatch(/^hint: |unexpected/m);
  });
});
