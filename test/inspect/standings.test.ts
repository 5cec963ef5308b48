import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LayoutName } from '../../src/layout/layout.ts';
import { migrateBetween } from '../../src/migrate/between/migrate-between.ts';
import { ckpt } from '../commands/ckpt.ts';
import { writeForeignV2 } from '../fixtures/foreign-v2.ts';
import { git, initRepository } from '../fixtures/git.ts';
import { A, historyScenarios } from '../fixtures/scenarios.ts';
import { tempDir } from '../fixtures/temp.ts';
import { V1_REF, V1Builder } from '../fixtures/v1-builder.ts';
import { ENGINES, migrateIn, withRepository } from '../migrate/support.ts';
import { listIn, statusIn } from './support.ts';

const B = 'b00000000001';
const ULID = '01M05HSEZPVP31RB5K4R9BFJCH';
const SECOND_V1 = 'refs/entire/checkpoints/v1';
const refOf = (id: string) => `refs/entire/checkpoints/${id.slice(-2)}/${id}`;

const between = (dir: string, from: LayoutName, to: 'v1' | 'refs') =>
  withRepository(dir, 'native', (repo) => migrateBetween(repo, { from, to }));

type StatusOptions = Parameters<typeof statusIn>[1];

/** A repository with V1 alone. */
function withV1(...ids: string[]): string {
  const dir = tempDir();
  const v1 = new V1Builder();
  for (const id of ids) v1.checkpoint(id);
  v1.write(dir);
  return dir;
}

/** The table, one word a cell: layout, checkpoints, sessions, only here, behind. */
async function tableOf(dir: string, options: StatusOptions = {}): Promise<string[]> {
  const { standings } = await statusIn(dir, options);
  return standings.map((one) =>
    [
      one.isSecondV1 ? 'second' : one.layout,
      one.checkpointCount,
      one.sessionCount,
      one.onlyHereCount,
      one.behindCount ?? '-',
    ].join(' '),
  );
}

async function problemsOf(dir: string, options: StatusOptions = {}): Promise<string[]> {
  const { problems } = await statusIn(dir, options);
  return problems.map(({ code, commands: [command] }) => `${code}: ${command?.join(' ')}`);
}

/** The same repository as a host has it after V1 was retired: its git-refs, under other IDs where `ids` says so. */
function withRefsAlone(from: string, ids: Readonly<Record<string, string>>): string {
  const dir = initRepository({ dir: tempDir(), bare: true });
  for (const [id, name] of Object.entries(ids)) git(dir, 'fetch', '-q', from, `${refOf(id)}:${refOf(name)}`);
  return dir;
}

describe.each(ENGINES)('the layouts in status (%s)', (engine) => {
  it('git-refs alone: no layout is missing, and nothing is off', async () => {
    const v1 = withV1(A, B);
    await between(v1, 'v1', 'refs');
    const dir = withRefsAlone(v1, { [A]: A, [B]: ULID });
    expect(await tableOf(dir, { engine })).toEqual(['refs 2 2 2 -']);
    expect(await problemsOf(dir, { engine })).toEqual([]);
    const primary = { env: { ENTIRE_CHECKPOINTS_PRIMARY: 'git-refs' } };
    expect((await statusIn(dir, { engine, ...primary })).primary).toMatchObject({
      layout: 'refs',
      source: 'ENTIRE_CHECKPOINTS_PRIMARY',
    });
    expect(await problemsOf(dir, { engine, ...primary })).toEqual([]);
    git(dir, 'update-ref', refOf('c00000000001'), git(dir, 'hash-object', '-w', '-t', 'tree', '/dev/null'));
    expect(await problemsOf(dir, { engine })).toEqual(['CHECKPOINT_UNREADABLE: ckpt verify']);
  });

  it('V1 and git-refs: what follows, what goes on, what lags', async () => {
    const dir = withV1(A, B);
    await between(dir, 'v1', 'refs');
    expect(await tableOf(dir, { engine })).toEqual(['v1 2 2 0 -', 'refs 2 2 0 0']);
    expect(await problemsOf(dir, { engine })).toEqual([]);
    // Entire's client goes on with a ref: it has what V1 has, before its tip.
    const [tree, other] = [git(dir, 'rev-parse', `${refOf(A)}^{tree}`), git(dir, 'rev-parse', `${refOf(B)}^{tree}`)];
    git(dir, 'update-ref', refOf(A), git(dir, 'commit-tree', other, '-p', refOf(A), '-m', 'Finalize'));
    expect(await tableOf(dir, { engine })).toEqual(['v1 2 2 0 -', 'refs 2 2 0 0']);
    // Seen from git-refs, V1 lags; it is off only where V1 is to follow.
    const env = { ENTIRE_CHECKPOINTS_PRIMARY: 'git-refs' };
    expect(await tableOf(dir, { engine, env })).toEqual(['v1 2 2 0 1', 'refs 2 2 0 -']);
    expect(await problemsOf(dir, { engine, env })).toEqual([]);
    git(dir, 'config', 'ckpt.mirror', 'v1');
    const noHook = 'HOOKS_MISSING: ckpt hooks install';
    expect(await problemsOf(dir, { engine, env })).toEqual([
      'CHECKPOINT_MISSING: ckpt migrate --from refs --to v1',
      noHook,
    ]);
    git(dir, 'config', 'ckpt.mirror', 'refs');
    // A ref that never had V1's state.
    git(dir, 'update-ref', refOf(A), git(dir, 'commit-tree', other, '-m', 'Checkpoint'));
    git(dir, 'update-ref', refOf(ULID), git(dir, 'commit-tree', tree, '-m', 'Checkpoint'));
    expect(await tableOf(dir, { engine })).toEqual(['v1 2 2 0 -', 'refs 3 3 1 1']);
    expect(await problemsOf(dir, { engine })).toEqual([
      'CHECKPOINT_MISSING: ckpt migrate --from v1 --to refs',
      'CHECKPOINT_ONLY_IN_REFS: ckpt migrate --from refs --to v1',
      noHook,
    ]);
    for (const [from, to] of [
      ['v1', 'refs'],
      ['refs', 'v1'],
    ] as const)
      await between(dir, from, to);
    expect(await problemsOf(dir, { engine })).toEqual([noHook]);
  });

  it('git-refs and V2: by what sessions hold', async () => {
    const dir = withV1(A, B);
    await between(dir, 'v1', 'refs');
    await migrateIn(dir);
    git(dir, 'update-ref', '-d', V1_REF);
    const env = { ENTIRE_CHECKPOINTS_PRIMARY: 'git-refs' };
    expect(await tableOf(dir, { engine, env })).toEqual(['v2 2 2 0 0', 'refs 2 2 0 -']);
    const other = git(dir, 'rev-parse', `${refOf(B)}^{tree}`);
    git(dir, 'update-ref', refOf(A), git(dir, 'commit-tree', other, '-p', refOf(A), '-m', 'Finalize'));
    expect(await tableOf(dir, { engine, env })).toEqual(['v2 2 2 0 1', 'refs 2 2 0 -']);
    git(dir, 'update-ref', '-d', refOf(B));
    expect(await tableOf(dir, { engine, env })).toEqual(['v2 2 2 1 1', 'refs 1 1 0 -']);
    expect(await problemsOf(dir, { engine, env })).toEqual(['CHECKPOINT_ONLY_IN_V2: ckpt migrate --from v2 --to refs']);
  });

  it('a checkpoint that was deleted on purpose is not missing', async () => {
    const dir = withV1(A, B);
    await between(dir, 'v1', 'refs');
    git(dir, 'update-ref', '-d', refOf(A));
    expect(await tableOf(dir, { engine })).toEqual(['v1 2 2 1 -', 'refs 1 1 0 1']);
    writeFileSync(join(dir, 'entire-deleted-checkpoints.json'), JSON.stringify([A]));
    expect(await tableOf(dir, { engine })).toEqual(['v1 2 2 1 -', 'refs 1 1 0 0']);
    expect(await problemsOf(dir, { engine, env: { ENTIRE_CHECKPOINTS_PRIMARY: 'git-refs' } })).toEqual([]);
  });
});

describe('the layouts in status', () => {
  it('says that the primary layout is not here, and names the second V1', async () => {
    const dir = withV1(A);
    const other = new V1Builder();
    other.checkpoint(B);
    other.write(dir, { ref: SECOND_V1, init: false });
    const env = { ENTIRE_CHECKPOINTS_PRIMARY: 'git-refs' };
    expect(await problemsOf(dir, { env })).toContain('PRIMARY_MISSING: ckpt migrate --from v1 --to refs');
    expect(await tableOf(dir)).toEqual(['v1 1 1 1 -', 'second 1 1 1 -']);
    expect(await problemsOf(dir)).toContain('CHECKPOINT_ONLY_IN_V1: ckpt migrate --to refs');
    const messages = (await statusIn(dir)).problems.map(({ message }) => message);
    expect(messages).toContain(`${SECOND_V1} has a checkpoint that no other layout has.`);
    await between(dir, 'v1', 'refs');
    expect(await tableOf(dir)).toEqual(['v1 1 1 0 -', 'refs 2 2 0 0', 'second 1 1 0 -']);
  });

  it("another writer's V2 and what only it has", async () => {
    const dir = tempDir();
    const { v1 } = await historyScenarios.merge(dir);
    writeForeignV2(dir, v1, {});
    const [tip, first] = [git(dir, 'rev-parse', V1_REF), git(dir, 'rev-list', '--max-parents=0', V1_REF)];
    git(dir, 'update-ref', V1_REF, git(dir, 'rev-list', '--reverse', tip).split('\n')[1] ?? first);
    const { problems } = await statusIn(dir);
    expect(problems).toContainEqual({
      code: 'CHECKPOINT_ONLY_IN_V2',
      message: expect.stringMatching(/^V2 has (a|\d+) checkpoints? that V1, which is written first, lacks\.$/),
      commands: [['ckpt', 'migrate', '--from', 'v2', '--to', 'v1']],
    });
  });

  it('the command that it gives where nothing is here brings what the remote has', async () => {
    const v1 = withV1(A);
    await between(v1, 'v1', 'refs');
    const dir = initRepository({ dir: tempDir() });
    git(dir, 'remote', 'add', 'origin', withRefsAlone(v1, { [A]: ULID }));
    expect(await problemsOf(dir)).toEqual(['NO_CHECKPOINTS: ckpt fetch']);
    expect(ckpt(['fetch'], { cwd: dir, env: { HOME: dir } }).code).toBe(0);
    expect(await tableOf(dir)).toEqual(['refs 1 1 1 -']);
    expect(await problemsOf(dir)).toEqual([]);
  });

  it('lists what git-refs alone have first where the settings call them primary', async () => {
    const dir = withV1(A);
    await between(dir, 'v1', 'refs');
    expect((await listIn(dir)).checkpoints).toMatchObject([{ checkpoint: A, layouts: ['refs', 'v1'] }]);
  });
});
