import { expect, it } from 'vitest';
import { migrateBetween } from '../../../src/migrate/between/migrate-between.ts';
import { repair } from '../../../src/repair/repair.ts';
import { layoutMigrationText } from '../../../src/ui/layout-migration-text.ts';
import { verify } from '../../../src/verify/verify.ts';
import { git } from '../../fixtures/git.ts';
import { A, B } from '../../fixtures/scenarios.ts';
import { tempDir } from '../../fixtures/temp.ts';
import { shardPath, V1_REF, V1Builder } from '../../fixtures/v1-builder.ts';
import { statusIn } from '../../inspect/support.ts';
import { runOf } from '../../ui/run.ts';
import { migratePair, using } from './sources.ts';

const PROMPT = `${shardPath(A)}/0/prompt.txt`;

/**
 *   checkpoints ─ one ─ two     (the source has `two`, V1 another version of the same prompt)
 */
it.each(['refs', 'v2'] as const)('where V1 and the source have diverged, it says what V1 keeps: %s', async (from) => {
  const dir = tempDir();
  const v1 = new V1Builder();
  v1.checkpoint(A);
  v1.checkpoint(B);
  v1.branch('other');
  v1.checkout('v1').commit({ message: 'One\n', files: { [PROMPT]: 'one' } });
  v1.checkout('other').commit({ message: 'Other\n', files: { [PROMPT]: 'other' } });
  const other = v1.tip as string;
  v1.checkout('v1').write(dir);
  await migratePair(dir, 'v1', from, 'native');
  git(dir, 'update-ref', V1_REF, other);
  const run = (dryRun: boolean) => using(dir, 'native', (repo) => migrateBetween(repo, { from, to: 'v1', dryRun }));
  for (const dryRun of [true, false]) {
    const result = await run(dryRun);
    expect(result).toMatchObject({ status: 'differs', refs: [], leftCheckpoints: [A] });
    const text = layoutMigrationText(result, runOf());
    expect(text).not.toMatch(/nothing to do/i);
    expect(text).toContain(`ckpt repair --from ${from} --to v1`);
  }
  const env = { ENTIRE_CHECKPOINTS_PRIMARY: 'git-refs' };
  const pair = { from, to: 'v1' } as const;
  const errors = async () => {
    const { findings } = await using(dir, 'native', (repo) => verify(repo, pair));
    return findings.filter(({ severity }) => severity === 'error').map(({ code, checkpoint }) => [code, checkpoint]);
  };
  const behind = async () => {
    const { standings } = await statusIn(dir, { env });
    return standings.find(({ layout }) => layout === 'v1')?.behindCount;
  };
  expect(await errors()).toEqual([['FILE_CHANGED', A]]);
  if (from === 'refs') expect(await behind()).toBe(1);
  await using(dir, 'native', (repo) => repair(repo, pair));
  expect(await errors()).toEqual([]);
  if (from === 'refs') expect(await behind()).toBe(0);
  expect(await run(false)).toMatchObject({ status: 'up-to-date', leftCheckpoints: [] });
});
