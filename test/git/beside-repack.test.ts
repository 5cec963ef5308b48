import { randomBytes } from 'node:crypto';
import { afterEach, expect, test, vi } from 'vitest';
import { PackFile } from '../../src/git/isomorphic/pack-file.ts';
import { toObjectId } from '../../src/git/object-id.ts';
import { openRepository } from '../../src/git/open.ts';
import { GitRepo } from './git-repo.ts';

const ABSENT = toObjectId('1'.repeat(40));

let made: GitRepo;
afterEach(() => {
  vi.restoreAllMocks();
  made.remove();
});

/** Another commit, and all objects in one new pack: the ones that were here are deleted. */
function repack(): void {
  const { length } = made.refs();
  made.setRef(`refs/heads/b${length}`, made.commit(`commit ${length}`));
  made.git(['repack', '-a', '-d', '-q']);
}

async function openIsomorphic() {
  return openRepository({ dir: made.dir, env: made.env, engine: 'isomorphic' });
}

/** Repacks before the first packs of a listing are opened, so often. */
function repackBeforeOpening(times: number): void {
  const open = PackFile.open;
  let left = times;
  vi.spyOn(PackFile, 'open').mockImplementation(async (path) => {
    if (left-- > 0) repack();
    return open(path);
  });
}

test.each([1, 3])('packs that are repacked %i times between their listing and their opening', async (times) => {
  made = new GitRepo();
  repack();
  const id = toObjectId(made.git(['rev-parse', 'b0']));
  const repo = await openIsomorphic();
  repackBeforeOpening(times);
  expect(await repo.readObjects([id])).toMatchObject([{ id, type: 'commit' }]);
  await repo.close();
});

test('reads at the same time, beside a repack', async () => {
  made = new GitRepo();
  repack();
  const ids = ['b0', 'b0^{tree}', 'b0:file'].map((name) => toObjectId(made.git(['rev-parse', name])));
  const repo = await openIsomorphic();
  repackBeforeOpening(2);
  const read = await Promise.all([...ids, ABSENT].map((id) => repo.readObjects([id])));
  expect(read.map(([object]) => object?.id)).toEqual([...ids, undefined]);
  repack();
  expect(await repo.readObjects([ABSENT, ...ids])).toMatchObject([undefined, ...ids.map((id) => ({ id }))]);
  await repo.close();
});

test('a stream goes on when its pack has gone', async () => {
  made = new GitRepo();
  const content = randomBytes(400_000);
  const id = made.blob(content);
  made.setRef('refs/blobs/large', id);
  repack();
  const repo = await openIsomorphic();
  const pieces: Buffer[] = [];
  for await (const piece of (await repo.streamBlob(id)) ?? []) {
    pieces.push(piece);
    if (pieces.length > 1) continue;
    repack();
    expect(await repo.readObjects([ABSENT])).toEqual([undefined]);
  }
  expect(Buffer.concat(pieces).equals(content)).toBe(true);
  await repo.close();
});
