import { join } from 'node:path';
import { expect, it } from 'vitest';
import { verify } from '../../../src/verify/verify.ts';
import { A, B } from '../../fixtures/scenarios.ts';
import { tempDir } from '../../fixtures/temp.ts';
import { shardPath, V1Builder } from '../../fixtures/v1-builder.ts';
import { PAIRS } from './laws.ts';
import { bring, emptyRepository, migratePair, using } from './sources.ts';

const EMPTY = { mode: '40000', id: '4b825dc642cb6eb9a060e54bf8d69288fbee4904' } as const;

/**
 * Entries that are the empty tree, which git itself never writes and checks out as nothing: in a session, below a folder, beside sessions, as a
 * session, and all that a checkpoint has.
 */
function withEmptyFolders(): V1Builder {
  const v1 = new V1Builder();
  const at = shardPath(A);
  v1.checkpoint(A, { sessions: [{}, {}] });
  const places = [
    `${at}/0/nothing`,
    `${at}/0/deep/er`,
    `${at}/0/tasks/t`,
    `${at}/notes`,
    `${at}/7`,
    `${shardPath(B)}/0`,
  ];
  v1.commit({ message: 'Empty\n', files: Object.fromEntries([...places, 'zz'].map((path) => [path, EMPTY])) });
  return v1;
}

it.each(PAIRS)('%s to %s: a folder without a file in it is nothing, for all', async (from, to) => {
  const origin = join(tempDir(), 'origin');
  withEmptyFolders().write(origin);
  let dir = origin;
  if (from !== 'v1') {
    await migratePair(origin, 'v1', from, 'native');
    dir = emptyRepository(tempDir(), 'source');
    bring(origin, dir, from, true);
  }
  await migratePair(dir, from, to, 'native');
  for (const pair of [
    { from, to },
    { from: to, to: from },
  ]) {
    const { findings } = await using(dir, 'native', (repo) => verify(repo, { ...pair, maxCheckpoints: 3 }));
    const found = findings.filter(({ code }) => !/^V1_|^V2_FOREIGN$/.test(code));
    expect(found.map(({ code, message }) => `${code} ${message}`)).toEqual([]);
  }
  expect((await migratePair(dir, from, to, 'native')).refs).toEqual([]);
});
