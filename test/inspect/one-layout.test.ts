import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { listLayoutRefs } from '../../src/layout/layouts.ts';
import { readLosses } from '../../src/project/lost.ts';
import { verify } from '../../src/verify/verify.ts';
import { git, refs } from '../fixtures/git.ts';
import { refOf } from '../fixtures/refs-reference.ts';
import { ENGINES } from '../fixtures/scale.ts';
import { A, B } from '../fixtures/scenarios.ts';
import { tempDir } from '../fixtures/temp.ts';
import { V1_REF, V1Builder } from '../fixtures/v1-builder.ts';
import { migrateIn, withRepository } from '../migrate/support.ts';
import { projectIn } from '../project/refs/support.ts';
import { treeWith } from '../verify/damage.ts';
import { listIn, partIn, showIn } from './support.ts';

const C = 'c0ffee000000';
const good = join(tempDir('file'), 'good');

/** V1, V2 and git-refs have A and B; git-refs have another prompt of A, and C. */
beforeAll(async () => {
  const builder = new V1Builder();
  for (const id of [A, B]) builder.checkpoint(id);
  builder.write(good);
  await migrateIn(good);
  await projectIn(good);
  const tree = treeWith(good, refOf(A), { '0/prompt.txt': 'of git-refs' });
  git(good, 'update-ref', refOf(A), git(good, 'commit-tree', tree, '-p', refOf(A), '-m', 'Other'));
  git(good, 'update-ref', refOf(C), refOf(B));
});

describe.each(ENGINES)('one layout alone (%s)', (engine) => {
  const copy = () => {
    const dir = join(tempDir(), 'repo');
    cpSync(good, dir, { recursive: true });
    return dir;
  };

  test('--layout refs reads git-refs, and no other layout', async () => {
    const ids = async (layout: 'v1' | 'refs') =>
      (await listIn(good, { layout }, engine)).checkpoints.map(({ checkpoint }) => checkpoint).sort();
    expect(await ids('refs')).toEqual([A, B, C].sort());
    expect(await ids('v1')).toEqual([A, B].sort());
    expect(await showIn(good, A as never, { layout: 'refs' }, engine)).toMatchObject({ layout: 'refs' });
    const prompt = async (layout: 'v1' | 'refs') => (await partIn(good, A, 'prompts', { layout }, engine)).toString();
    expect(await prompt('refs')).toBe('of git-refs');
    expect(await prompt('v1')).not.toBe('of git-refs');
    await expect(showIn(good, C as never, { layout: 'v1' }, engine)).rejects.toMatchObject({
      code: 'CHECKPOINT_NOT_FOUND',
    });
  });

  test('what a backup of V1’s branch alone has is lost, and is not where a layout has it still', async () => {
    const dir = copy();
    git(dir, 'update-ref', 'refs/ckpt/backup/20260101T000000000Z/v1', V1_REF);
    const lost = () =>
      withRepository(dir, engine, async (repo) => (await readLosses(repo, await listLayoutRefs(repo))).lost);
    expect(await lost()).toEqual([]);
    for (const ref of Object.keys(refs(dir, 'refs/heads/', 'refs/entire/'))) git(dir, 'update-ref', '-d', ref);
    const found = await lost();
    expect(found.map(({ id, isWhole, deletedBy }) => [id, isWhole, deletedBy])).toEqual(
      [A, B].sort().map((id) => [id, true, undefined]),
    );
    expect(found[0]?.last.name).toBe('refs/ckpt/backup/20260101T000000000Z/v1');
  });

  test('verify of V2 alone looks at what --since and --commits name', async () => {
    const dir = copy();
    const tree = git(dir, 'mktree', '--missing');
    const commit = git(dir, 'commit-tree', '-m', `Work\n\nEntire-Checkpoint: ${B}`, tree);
    git(dir, 'update-ref', 'refs/heads/main', commit);
    const last = git(dir, 'log', '-1', '--format=%cI', 'refs/entire/checkpoints/v2/main');
    for (const ref of [V1_REF, ...[A, B, C].map(refOf), 'refs/ckpt/v1-rest']) git(dir, 'update-ref', '-d', ref);
    for (const scope of [{ commits: 'main' }, { since: last }]) {
      const run = () => withRepository(dir, engine, (repo) => verify(repo, { ...scope, from: 'v2' }));
      const { scope: looked, findings } = await run();
      expect(looked?.checkpoints).toEqual([B]);
      expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    }
  });
});
