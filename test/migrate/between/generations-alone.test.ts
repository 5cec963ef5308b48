import { expect, it } from 'vitest';
import type { CheckpointId } from '../../../src/checkpoint/checkpoint-id.ts';
import type { ProgressEvent } from '../../../src/checkpoint/progress.ts';
import { diffCheckpoint } from '../../../src/verify/diff/diff-checkpoint.ts';
import { verify } from '../../../src/verify/verify.ts';
import { git } from '../../fixtures/git.ts';
import { refOf } from '../../fixtures/refs-reference.ts';
import { ENGINES } from '../../fixtures/scale.ts';
import { A, B } from '../../fixtures/scenarios.ts';
import { tempDir } from '../../fixtures/temp.ts';
import { shardPath, V1_REF, V1Builder } from '../../fixtures/v1-builder.ts';
import { listIn, partIn, showIn, statusIn } from '../../inspect/support.ts';
import { bring, emptyRepository, filesOf, migratePair, using } from './sources.ts';

const C = 'c0ffee000000';

/** A V2 that has B and C in generations alone, since V1 had nothing of them but a transcript and a task; V1 is gone. */
async function v2Alone(): Promise<{ origin: string; dir: string }> {
  const origin = tempDir();
  const v1 = new V1Builder();
  v1.commit({ message: 'Task\n', files: { [`${shardPath(C)}/tasks/toolu_1/checkpoint.json`]: '{}' } });
  for (const id of [A, 'a30000000000', 'a30000000001', 'a30000000002']) v1.checkpoint(id);
  v1.commit({ message: 'Transcript\n', files: { [`${shardPath(B)}/0/full.jsonl`]: '{"type":"user"}\n' } });
  v1.write(origin);
  await migratePair(origin, 'v1', 'v2', 'native');
  const dir = emptyRepository(tempDir(), 'clone');
  bring(origin, dir, 'v2', true);
  return { origin, dir };
}

it.each(ENGINES)('what V2 has in generations alone comes to V1 and to git-refs, and back (%s)', async (engine) => {
  const { origin, dir } = await v2Alone();
  const found = async (from: 'v2' | 'refs', to: 'v1' | 'v2' | 'refs') => {
    const { findings } = await using(dir, engine, (repo) => verify(repo, { from, to, maxCheckpoints: 3 }));
    return findings.filter(({ severity }) => severity !== 'note').map(({ code, checkpoint }) => [code, checkpoint]);
  };
  const count = async (to: 'v1' | 'refs') => (await migratePair(dir, 'v2', to, engine)).refs.length;
  expect(await count('refs')).toBe(7); // six checkpoints, and what lies outside of them
  expect(filesOf(dir, refOf(B))).toEqual(filesOf(origin, `${V1_REF}:${shardPath(B)}`));
  expect(await count('v1')).toBe(1);
  expect(filesOf(dir, V1_REF).size).toBe(filesOf(origin, V1_REF).size);
  expect(git(dir, 'log', '--format=%s', V1_REF)).not.toContain('Archive');
  for (const to of ['v1', 'refs'] as const) {
    expect(await found('v2', to)).toEqual([]);
    expect(await count(to)).toBe(0);
  }
  expect(await found('refs', 'v2')).toEqual([]);
  git(dir, 'update-ref', '-d', refOf(C));
  expect(await found('v2', 'refs')).toEqual([['CHECKPOINT_MISSING', C]]);
});

it('what V2 has in generations alone is counted by status, and in lists, and shown', async () => {
  const { dir } = await v2Alone();
  const list = async () =>
    (await listIn(dir)).checkpoints.map(({ checkpoint, layouts }) => [checkpoint, layouts.join()]);
  const standing = async (name: 'v1' | 'v2') => (await statusIn(dir)).standings.find(({ layout }) => layout === name);
  const all = [A, 'a30000000000', 'a30000000001', 'a30000000002', B, C].sort();
  expect((await list()).sort()).toEqual(all.map((id) => [id, 'v2']));
  expect(await standing('v2')).toMatchObject({ checkpointCount: 6, onlyHereCount: 6 });
  expect((await showIn(dir, B.slice(0, 8))).sessions).toHaveLength(1);
  expect((await partIn(dir, B, 'transcript')).toString()).toBe('{"type":"user"}\n');
  await migratePair(dir, 'v2', 'v1', 'native');
  expect((await list()).sort()).toEqual(all.map((id) => [id, 'v1,v2']));
  expect(await standing('v2')).toMatchObject({ checkpointCount: 6, onlyHereCount: 0 });
  expect(await standing('v1')).toMatchObject({ checkpointCount: 6, onlyHereCount: 0 });
  git(dir, 'update-ref', '-d', V1_REF);
  // Where a generation can't be read, what others have is listed all the same, and that one is named.
  const archive = 'refs/entire/checkpoints/v2/full/0000000000001';
  git(dir, 'update-ref', archive, git(dir, 'rev-parse', `${archive}^{tree}`));
  const events: ProgressEvent[] = [];
  const listed = await listIn(dir, { onEvent: (event) => events.push(event) });
  expect(listed.checkpoints.map(({ checkpoint }) => checkpoint).sort()).toEqual(all.filter((id) => id !== C));
  const message = `${archive} can't be read: what it alone has is left out`;
  expect(events.filter(({ kind }) => kind === 'warning')).toEqual([{ kind: 'warning', message }]);
});

it('a checkpoint that generations alone have is compared by diff, and no trailer lacks it', async () => {
  const { origin, dir } = await v2Alone();
  const tree = git(origin, 'mktree');
  git(
    origin,
    'update-ref',
    'refs/heads/main',
    git(origin, 'commit-tree', tree, '-m', `Work\n\nEntire-Checkpoint: ${B}`),
  );
  const named = await using(origin, 'native', (repo) => verify(repo, { commits: 'main', maxCheckpoints: 3 }));
  expect(named.findings.map(({ code }) => code)).not.toContain('TRAILER_UNRESOLVED');
  expect(named.scope?.checkpoints).toEqual([B]);
  const diffIn = (where: string, id: string, pair = {}) =>
    using(where, 'native', (repo) => diffCheckpoint(repo, id as CheckpointId, pair));
  expect(await diffIn(origin, B)).toMatchObject({ same: true, layouts: ['v1', 'v2'] });
  await migratePair(dir, 'v2', 'refs', 'native');
  for (const id of [B, C])
    expect(await diffIn(dir, id, { from: 'v2', to: 'refs' })).toMatchObject({ same: true, layouts: ['v2', 'refs'] });
  git(dir, 'update-ref', '-d', refOf(C));
  const lacking = await diffIn(dir, C, { from: 'v2', to: 'refs' });
  expect(lacking.files.map(({ path, change }) => [path, change])).toEqual([['tasks/toolu_1/checkpoint.json', 'lost']]);
  const only = await using(dir, 'native', (repo) => verify(repo, { from: 'refs', to: 'v2' }));
  expect(only.findings.map(({ code, checkpoint }) => [code, checkpoint])).toEqual([['CHECKPOINT_ONLY_IN_V2', C]]);
});

it('a generation that cannot be read is named where V2 is compared with git-refs', async () => {
  const { dir } = await v2Alone();
  await migratePair(dir, 'v2', 'refs', 'native');
  const archive = 'refs/entire/checkpoints/v2/full/0000000000001';
  git(dir, 'update-ref', archive, git(dir, 'rev-parse', `${archive}^{tree}`));
  const { findings } = await using(dir, 'native', (repo) => verify(repo, { from: 'v2', to: 'refs' }));
  expect(findings.filter(({ code }) => code === 'GENERATION_UNREADABLE').map(({ ref }) => ref)).toEqual([archive]);
});
