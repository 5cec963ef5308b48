import { expect, it } from 'vitest';
import { verify } from '../../../src/verify/verify.ts';
import { git } from '../../fixtures/git.ts';
import { refOf } from '../../fixtures/refs-reference.ts';
import { A, B } from '../../fixtures/scenarios.ts';
import { tempDir } from '../../fixtures/temp.ts';
import { shardPath, V1_REF, V1Builder } from '../../fixtures/v1-builder.ts';
import { forget, migratePair, using } from './sources.ts';

const C = 'c0ffee000000';

/**
 *   first ─ second      (A at second; B at second too; C at first, which is A's past)
 */
it.each(['v1', 'v2'] as const)('refs that share commits each have their history: git-refs to %s', async (to) => {
  const dir = tempDir();
  const v1 = new V1Builder();
  v1.checkpoint(A);
  v1.commit({ message: 'Finalize\n', files: { [`${shardPath(A)}/0/prompt.txt`]: 'later' } });
  v1.write(dir);
  await migratePair(dir, 'v1', 'refs', 'native');
  forget(dir, 'v1');
  git(dir, 'update-ref', '-d', 'refs/ckpt/v1-rest');
  git(dir, 'update-ref', refOf(B), refOf(A));
  git(dir, 'update-ref', refOf(C), `${refOf(A)}^`);
  await migratePair(dir, 'refs', to, 'native');
  if (to === 'v1') {
    for (const id of [A, B, C]) {
      expect(git(dir, 'ls-tree', '-r', '--name-only', V1_REF, `${shardPath(id)}/`)).toBe(
        git(dir, 'ls-tree', '-r', '--name-only', refOf(id)).replace(/^/gm, `${shardPath(id)}/`),
      );
      const log = ['log', '--format=%s %at'];
      expect(git(dir, ...log, V1_REF, '--', shardPath(id))).toBe(git(dir, ...log, refOf(id)));
    }
  }
  const { findings } = await using(dir, 'native', (repo) => verify(repo, { from: 'refs', to, maxCheckpoints: 3 }));
  expect(findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
  expect((await migratePair(dir, 'refs', to, 'native')).refs).toEqual([]);
});
