import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
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

test('the git program finds no pack of an object at first', async () => {
  made = new GitRepo();
  repack();
  const id = toObjectId(made.git(['rev-parse', 'b0']));
  // As a repack has it that deletes what git has listed: the pack is there again only when git is asked once more.
  const [packs, aside, bin] = [made.gitPath('objects/pack'), join(made.root, 'aside'), join(made.root, 'bin')];
  const real = execFileSync('which', ['git'], { encoding: 'utf8' }).trim();
  mkdirSync(bin);
  writeFileSync(
    join(bin, 'git'),
    `#!/bin/sh\ncase "$*" in *batch-check=*) mv '${aside}'/* '${packs}' 2>&-;; esac\nexec '${real}' "$@"\n`,
  );
  chmodSync(join(bin, 'git'), 0o755);
  const env = { ...made.env, PATH: `${bin}${delimiter}${made.env.PATH}` };
  const hidden = async (read: (repo: Awaited<ReturnType<typeof openIsomorphic>>) => Promise<unknown>) => {
    mkdirSync(aside, { recursive: true });
    for (const name of readdirSync(packs)) renameSync(join(packs, name), join(aside, name));
    const repo = await openRepository({ dir: made.dir, env, engine: 'native' });
    await read(repo).finally(() => repo.close());
  };
  await hidden(async (repo) => {
    expect(await repo.readObjects([ABSENT, id])).toMatchObject([undefined, { id, type: 'commit' }]);
  });
  await hidden(async (repo) => {
    const visited: unknown[] = [];
    await repo.visitObjects([id, ABSENT], (object, i) => visited.push([i, object?.id]));
    expect(visited).toEqual([
      [0, id],
      [1, undefined],
    ]);
  });
});

test('an index without its pack is no reason to list packs again and again', async () => {
  made = new GitRepo();
  repack();
  const repo = await openIsomorphic();
  await repo.readObjects([toObjectId(made.git(['rev-parse', 'b0']))]);
  writeFileSync(join(repo.commonDir, 'objects', 'pack', `pack-${ABSENT}.idx`), '');
  const open = vi.spyOn(PackFile, 'open').mockRejectedValue(Object.assign(new Error('gone'), { code: 'ENOENT' }));
  expect(await repo.readObjects([ABSENT])).toEqual([undefined]);
  expect(open).toHaveBeenCalledTimes(2);
  await repo.close();
});
