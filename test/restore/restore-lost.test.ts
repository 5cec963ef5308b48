import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { mirror } from '../../src/dual-write/mirror.ts';
import { openRepository } from '../../src/git/open.ts';
import { listLayoutRefs } from '../../src/layout/layouts.ts';
import { readLosses } from '../../src/project/lost.ts';
import { restoreLost } from '../../src/restore/restore-lost.ts';
import { rotate } from '../../src/rotate/rotate.ts';
import { verify } from '../../src/verify/verify.ts';
import { ckpt } from '../commands/ckpt.ts';
import { writeSettings } from '../dual-write/run.ts';
import { cleanEnvironment, git, refs } from '../fixtures/git.ts';
import { refOf } from '../fixtures/refs-reference.ts';
import { tempDir } from '../fixtures/temp.ts';
import { shardPath, V1_REF, V1Builder } from '../fixtures/v1-builder.ts';
import { ENGINES, migrateIn, withRepository } from '../migrate/support.ts';
import { projectIn } from '../project/refs/support.ts';

const A = 'a3b2c4d5e6f7';
const SIBLING = 'a3ffffffffff';
const B = 'b1c2d3e4f506';
const C = 'c0ffee000001';

/** V1 without A's sibling and C, and without the second session of B; V2 has followed. */
async function repository() {
  const dir = join(tempDir('test'), 'repo');
  const builder = new V1Builder();
  builder.init();
  for (const id of [A, SIBLING, B, C]) builder.checkpoint(id);
  const last = builder.finalize(SIBLING, 0, 'all of it\n');
  builder.commit({ message: 'Fault\n', files: { [shardPath(SIBLING)]: null } });
  builder.remove(C);
  builder.checkpoint(B, { sessions: [{ sessionId: 'second' }] });
  const sessions = builder.tip as string;
  builder.commit({ message: 'Less\n', files: { [`${shardPath(B)}/1`]: null }, author: 'Eve <eve@example.com>' });
  builder.checkpoint(B, { sessions: [{ sessionId: 'third' }] });
  const tip = builder.write(dir);
  await migrateIn(dir);
  return { dir, last, sessions, tip };
}

const REFS = { ENTIRE_CHECKPOINTS_PRIMARY: 'git-refs' };
const codesOf = async (dir: string) => {
  const { findings } = await withRepository(dir, 'native', (repo) => verify(repo));
  return findings.flatMap(({ code }) => (code.startsWith('V1_') ? [] : [code]));
};
const isError = (code: string) => expect.objectContaining({ code });

describe.each(ENGINES)('ckpt restore, %s', (engine) => {
  test('brings checkpoints and sessions back to V1, the same in every clone; V2 follows and verify is clean', async () => {
    const { dir, last, sessions, tip } = await repository();
    const restore = (dryRun: boolean) =>
      withRepository(dir, engine, (repo) => restoreLost(repo, [SIBLING, 'c0', B], { dryRun }));
    const planned = await restore(true);
    expect(git(dir, 'rev-parse', V1_REF)).toBe(tip);
    const result = await restore(false);
    expect(result).toEqual({ ...planned, status: 'restored', dryRun: false });
    expect(
      result.checkpoints.map(({ checkpoint, isWhole, sessionCount }) => [checkpoint, isWhole, sessionCount]),
    ).toEqual([
      [SIBLING, true, 1],
      [C, true, 1],
      [B, false, 1],
    ]);
    // Both engines make this commit, whoever runs it and when.
    expect(result.refs).toEqual([{ ref: V1_REF, old: tip, new: '8b27b802c861486b42f7d7bab0f3d6c2f2bfb971' }]);
    expect(git(dir, 'rev-parse', `${V1_REF}:${shardPath(SIBLING)}`)).toBe(
      git(dir, 'rev-parse', `${last}:${shardPath(SIBLING)}`),
    );
    const second = git(dir, 'rev-parse', `${sessions}:${shardPath(B)}/1`);
    expect(git(dir, 'rev-parse', `${V1_REF}:${shardPath(B)}/2`)).toBe(second);
    expect(git(dir, 'show', `${V1_REF}:${shardPath(B)}/metadata.json`)).toContain(`/${shardPath(B)}/2/metadata.json`);
    expect(git(dir, 'diff', '--name-only', tip, V1_REF, '--', shardPath(A))).toBe('');
    expect(git(dir, 'fsck', '--strict')).toBe('');
    await migrateIn(dir);
    expect(await codesOf(dir)).toEqual([]);
  });

  test('brings checkpoints and sessions back to V2 where it is written alone, full generations included', async () => {
    const bare = (await repository()).dir;
    const dir = join(tempDir('test'), 'work');
    mkdirSync(dir);
    renameSync(bare, join(dir, '.git'));
    git(dir, 'config', 'core.bare', 'false');
    writeSettings(dir, { strategy_options: { checkpoints_version: 2 } });
    // V2 alone has gone on from there; V1 stays as a branch whose history has what is lost.
    await withRepository(dir, engine, (repo) =>
      rotate(repo, { maxCheckpoints: 3, sizeRecord: { maxCheckpoints: 3, revision: 1 }, force: true }),
    );
    const before = refs(dir, 'refs/');
    const restore = (dryRun: boolean) =>
      withRepository(dir, engine, (repo) => restoreLost(repo, [SIBLING, 'c0', B], { dryRun }));
    const planned = await restore(true);
    expect(refs(dir, 'refs/')).toEqual(before);
    const result = await restore(false);
    expect(result).toEqual({ ...planned, status: 'restored', dryRun: false });
    expect(result).toMatchObject({
      layout: 'v2',
      checkpoints: [
        { checkpoint: SIBLING, isWhole: true, sessionCount: 1 },
        { checkpoint: C, isWhole: true, sessionCount: 1 },
        { checkpoint: B, isWhole: false, sessionCount: 1 },
      ],
    });
    expect(git(dir, 'fsck', '--strict', '--no-dangling')).toBe('');
    git(dir, 'update-ref', '-d', V1_REF);
    const { findings } = await withRepository(dir, engine, (repo) => verify(repo, { maxCheckpoints: 3 }));
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    const listed = JSON.parse(ckpt(['list', '--json', '--repo', dir]).stdout) as {
      checkpoints: Array<{ checkpoint: string; sessionCount: number }>;
    };
    expect(listed.checkpoints.map(({ checkpoint, sessionCount }) => [checkpoint, sessionCount]).sort()).toEqual(
      [
        [A, 1],
        [SIBLING, 1],
        [B, 3],
        [C, 1],
      ].sort(),
    );
    const shown = ckpt(['show', SIBLING, '--transcript', '--repo', dir]);
    expect(shown.stdout).toBe('all of it\n');
  });

  test('brings a checkpoint back to git-refs with its history, as a migration of V1 would have made it', async () => {
    const { dir, last } = await repository();
    const there = await repository();
    git(there.dir, 'update-ref', V1_REF, last);
    expect(ckpt(['migrate', '--from', 'v1', '--to', 'refs', '--repo', there.dir]).code).toBe(0);
    const ref = `refs/entire/checkpoints/ff/${SIBLING}`;
    const expected = git(there.dir, 'rev-parse', ref);
    const result = await withRepository(dir, engine, (repo) => restoreLost(repo, [SIBLING], { env: REFS }));
    expect(result).toMatchObject({ layout: 'refs', refs: [{ ref, old: null, new: expected }] });
    expect(git(dir, 'rev-parse', ref)).toBe(expected);
    expect(await codesOf(dir)).not.toContain('TRAILER_UNRESOLVED');
  });

  test('brings sessions back to git-refs, in one commit on the ref of their checkpoint', async () => {
    const { dir, sessions } = await repository();
    await projectIn(dir);
    const ref = refOf(B);
    const before = git(dir, 'rev-parse', ref);
    const result = await withRepository(dir, engine, (repo) => restoreLost(repo, [B], { env: REFS }));
    expect(result).toMatchObject({ layout: 'refs', checkpoints: [{ checkpoint: B, isWhole: false, sessionCount: 1 }] });
    expect(result.refs).toEqual([{ ref, old: before, new: git(dir, 'rev-parse', ref) }]);
    expect(git(dir, 'rev-parse', `${ref}^`)).toBe(before);
    expect(git(dir, 'rev-parse', `${ref}:2`)).toBe(git(dir, 'rev-parse', `${sessions}:${shardPath(B)}/1`));
    expect(git(dir, 'show', `${ref}:metadata.json`)).toContain('"/2/metadata.json"');
    expect(git(dir, 'log', '--format=%an %ad', '-1', ref)).toBe(git(dir, 'log', '--format=%an %ad', '-1', before));
    const ids = await withRepository(
      dir,
      engine,
      async (repo) => (await readLosses(repo, await listLayoutRefs(repo))).lost,
    );
    expect(ids.map(({ id }) => id)).toEqual([SIBLING, C]); // a layout has B's session again
  });

  test('finds what a backup of git-refs or of V2 alone has, and brings it back', async () => {
    const { dir } = await repository();
    await projectIn(dir);
    const backup = 'refs/ckpt/backup/20260101T000000000Z';
    const tip = git(dir, 'rev-parse', refOf(A));
    git(dir, 'update-ref', `${backup}/${refOf(A).slice('refs/entire/checkpoints/'.length)}`, tip);
    for (const name of ['main', 'full/current'])
      git(dir, 'update-ref', `${backup}/${name}`, `refs/entire/checkpoints/v2/${name}`);
    for (const ref of Object.keys(refs(dir, 'refs/entire/'))) {
      if (ref.endsWith(B) || ref.endsWith(A) || ref.includes('/v2/')) git(dir, 'update-ref', '-d', ref);
    }
    git(dir, 'update-ref', '-d', V1_REF);
    git(dir, 'update-ref', refOf('b1c2d3e4ffff'), tip); // something is left, so that git-refs are here
    const lost = await withRepository(
      dir,
      engine,
      async (repo) => (await readLosses(repo, await listLayoutRefs(repo))).lost,
    );
    expect(lost.map(({ id, isWhole, deletedBy }) => [id, isWhole, deletedBy])).toEqual([
      [A, true, undefined],
      [B, true, undefined],
    ]);
    const result = await withRepository(dir, engine, (repo) => restoreLost(repo, [A, B]));
    expect(result.refs).toMatchObject([
      { ref: refOf(A), old: null, new: tip },
      { ref: refOf(B), old: null },
    ]);
    expect(git(dir, 'ls-tree', '-r', '--name-only', refOf(B)).split('\n')).toContain('0/full.jsonl');
    const again = await withRepository(
      dir,
      engine,
      async (repo) => (await readLosses(repo, await listLayoutRefs(repo))).lost,
    );
    expect(again).toEqual([]);
    git(dir, 'update-ref', '-d', refOf(A));
    const onV1 = { env: { ENTIRE_CHECKPOINTS_PRIMARY: 'git-branch' } };
    await withRepository(dir, engine, (repo) => restoreLost(repo, [A], onV1));
    expect(git(dir, 'rev-parse', `${V1_REF}:${shardPath(A)}/0`)).toBe(git(dir, 'rev-parse', `${tip}:0`));
  });

  test.each([
    ['V1', {}, ['v2', 'refs']],
    ['git-refs', REFS, ['v1', 'v2']],
  ])('what comes back to %s is mirrored into every other layout', async (_, env, mirrors) => {
    const { dir } = await repository();
    await projectIn(dir);
    for (const layout of mirrors) git(dir, 'config', '--add', 'ckpt.mirror', layout);
    await withRepository(dir, engine, (repo) => restoreLost(repo, [SIBLING, C, B], { env }));
    const mirrored = await withRepository(dir, engine, (repo) => mirror(repo, { env, timeoutMs: 60_000 }));
    expect(mirrored).toMatchObject({ warnings: [], targets: mirrors.map((layout) => ({ layout, outcome: 'ok' })) });
    const { findings, lost } = await withRepository(dir, engine, async (repo) => ({
      findings: (await verify(repo, { env })).findings,
      lost: (await readLosses(repo, await listLayoutRefs(repo))).lost,
    }));
    expect(findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
    expect(lost).toEqual([]);
  });

  test('refuses what is there, what was deleted on purpose and what never was, and writes nothing', async () => {
    const { dir } = await repository();
    const before = refs(dir, 'refs/');
    const repo = await openRepository({ dir, engine, env: cleanEnvironment() });
    const restore = (...ids: string[]) => restoreLost(repo, ids);
    await expect(restore(SIBLING, A)).rejects.toEqual(isError('CHECKPOINT_EXISTS'));
    await expect(restore('ffffffffffff')).rejects.toEqual(isError('CHECKPOINT_NOT_FOUND'));
    await expect(restore('no id')).rejects.toEqual(isError('BAD_CHECKPOINT_ID'));
    await expect(restoreLost(repo, [B], { env: REFS })).rejects.toEqual(isError('CANNOT_RESTORE'));
    writeFileSync(join(dir, 'entire-deleted-checkpoints.json'), JSON.stringify([SIBLING]));
    await expect(restore(SIBLING)).rejects.toEqual(isError('CHECKPOINT_DELETED'));
    await repo.close();
    expect(refs(dir, 'refs/')).toEqual(before);
  });
});

test('several lost ones begin alike: restore says what each is, as show does', async () => {
  const dir = join(tempDir('test'), 'repo');
  const v1 = new V1Builder();
  v1.init();
  for (const one of [A, SIBLING]) v1.checkpoint(one, { sessions: [{ prompts: [`Why ${one}?`] }] });
  v1.checkpoint(B);
  v1.commit({ message: 'Fault\n', files: { [shardPath(A)]: null, [shardPath(SIBLING)]: null } });
  v1.write(dir);
  const candidates = (command: string) => {
    const [headline, ...lines] = ckpt([command, 'a3', '--repo', dir]).stderr.split('\n');
    return [headline, lines.slice(0, 2)];
  };
  const labelled = [A, SIBLING].map((one) => `  ${one}  Why ${one}? · README.md`);
  expect(candidates('show')).toEqual(['ckpt show: 2 checkpoints begin with a3:', labelled]);
  expect(candidates('restore')).toEqual(['ckpt restore: 2 lost checkpoints begin with a3:', labelled]);
});

test('list --lost, show and export read what is lost; restore says what comes next', async () => {
  const { dir, last } = await repository();
  const run = (...args: string[]) => ckpt([...args, '--repo', dir]);
  const listed = JSON.parse(run('list', '--lost', '--json').stdout) as { checkpoints: Array<{ checkpoint: string }> };
  expect(listed.checkpoints.map(({ checkpoint }) => checkpoint).sort()).toEqual([SIBLING, B, C].sort());
  expect(run('list', '--lost').stdout).toContain('deleted by');
  const shown = run('show', 'a3ff');
  expect(shown.stdout).toContain(
    `Lost: no layout has this checkpoint any more. Read from the history of ${V1_REF}, as of ${last.slice(0, 10)}.`,
  );
  expect(run('show', SIBLING, '--transcript').stdout).toBe('all of it\n');
  expect(run('show', SIBLING, '--layout', 'v2').code).toBe(1);
  expect(run('restore', SIBLING, C, B).stdout).toContain('Restored to V1: 3 checkpoints.');
  expect(run('list', '--lost').stdout).toBe('Nothing that V1 had is lost.\n');
  expect(run('restore', SIBLING)).toMatchObject({ code: 3 });
});
