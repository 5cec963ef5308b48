import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { migrateBetween } from '../../../src/migrate/between/migrate-between.ts';
import { git } from '../../fixtures/git.ts';
import { refOf } from '../../fixtures/refs-reference.ts';
import { A, B } from '../../fixtures/scenarios.ts';
import { tempDir } from '../../fixtures/temp.ts';
import { shardPath, V1_REF, V1Builder } from '../../fixtures/v1-builder.ts';
import { migratePair, using } from './sources.ts';

const PAIRS = [
  ['v1', 'refs'],
  ['refs', 'v1'],
  ['v2', 'v1'],
  ['v2', 'refs'],
] as const;
const PROMPT = `${shardPath(A)}/0/prompt.txt`;

/** A V1 with another version of A than git-refs and V2, which have one more checkpoint besides. */
async function diverged(): Promise<string> {
  const dir = join(tempDir(), 'repo');
  const v1 = new V1Builder();
  v1.checkpoint(A);
  v1.branch('other');
  v1.checkout('v1').checkpoint(B);
  v1.commit({ message: 'One\n', files: { [PROMPT]: 'one' } });
  v1.checkout('other').commit({ message: 'Other\n', files: { [PROMPT]: 'other' } });
  const other = v1.tip as string;
  v1.checkout('v1').write(dir);
  for (const to of ['refs', 'v2'] as const) await migratePair(dir, 'v1', to, 'native');
  git(dir, 'update-ref', V1_REF, other);
  return dir;
}

it.each(PAIRS)('says of %s to %s what it says without what the last run has left', async (from, to) => {
  const dir = await diverged();
  const run = (dryRun = false) => using(dir, 'native', (repo) => migrateBetween(repo, { from, to, dryRun }));
  const note = join(dir, 'ckpt', `seen-${from}-${to}.json`);
  rmSync(note, { force: true });
  await run(true);
  expect(existsSync(note)).toBe(false);
  const first = await run();
  const again = await run();
  expect(await run(true)).toEqual({ ...again, dryRun: true });
  rmSync(note);
  expect(await run()).toEqual(again);
  expect(again.refs).toEqual([]);
  // A ref that has moved since is looked at.
  for (const { ref, old } of first.refs) git(dir, 'update-ref', ...(old === null ? ['-d', ref] : [ref, old]));
  expect((await run()).refs.length).toBe(first.refs.length);
});

it('looks at checkpoints that are no longer deleted here', async () => {
  const dir = await diverged();
  git(dir, 'update-ref', '-d', refOf(A));
  const run = () => using(dir, 'native', (repo) => migrateBetween(repo, { from: 'v1', to: 'refs' }));
  const list = join(dir, 'entire-deleted-checkpoints.json');
  writeFileSync(list, JSON.stringify([A]));
  expect((await run()).counts.deleted).toBe(1);
  expect((await run()).counts.deleted).toBe(1);
  rmSync(list);
  expect(await run()).toMatchObject({ refs: [{ ref: refOf(A) }], counts: { deleted: 0, created: 1 } });
});
