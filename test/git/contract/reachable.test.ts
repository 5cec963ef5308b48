import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { GitError } from '../../../src/git/errors.ts';
import type { ObjectId } from '../../../src/git/object-id.ts';
import type { Repository } from '../../../src/git/repository.ts';
import type { GitRepo } from '../git-repo.ts';
import { ABSENT, describeContract, rejection } from './suite.ts';

/** What tips reach, each object at most once. */
async function reached(repository: Repository, tips: ObjectId[]): Promise<{ here: ObjectId[]; absent: ObjectId[] }> {
  const here: ObjectId[] = [];
  const absent: ObjectId[] = [];
  await repository.visitReachable(tips, (id, isHere) => (isHere ? here : absent).push(id));
  expect(new Set([...here, ...absent]).size).toBe(here.length + absent.length);
  return { here: here.sort(), absent: absent.sort() };
}

/** What git says that tips reach. */
function listed(repo: GitRepo, tips: ObjectId[]): ObjectId[] {
  return repo
    .git(['rev-list', '--objects', '--no-object-names', ...tips])
    .split('\n')
    .sort() as ObjectId[];
}

function treeOf(repo: GitRepo, lines: string[]): ObjectId {
  return repo.git(['mktree', '--missing'], lines.map((line) => `${line}\n`).join('')) as ObjectId;
}

/** Bytes on disk as git tells them. */
function sizesOf(repo: GitRepo, ids: ObjectId[]): number[] {
  const sizes = repo.git(['cat-file', '--batch-check=%(objectsize:disk)'], ids.map((id) => `${id}\n`).join(''));
  return sizes.split('\n').map(Number);
}

describeContract('what refs reach', ({ newRepo, open }) => {
  test('commits, trees, blobs and tags, each once; submodules are not objects of this repository', async () => {
    const repo = newRepo();
    const inner = repo.tree({ a: 'same', b: 'other' });
    const root = treeOf(repo, [
      `100644 blob ${repo.blob('same')}\tfile`,
      `040000 tree ${inner}\tfolder`,
      `160000 commit ${ABSENT}\tmodule`,
    ]);
    const first = repo.commit('first', [], root);
    const side = repo.commit('side');
    const tip = repo.commit('tip', [first, side], inner);
    repo.git(['tag', '-a', '-m', 'a tag', 'tagged', tip]);
    repo.git(['tag', '-a', '-m', 'of a tag', 'twice', 'tagged']);
    const tag = repo.git(['rev-parse', 'refs/tags/twice']) as ObjectId;
    const blob = repo.blob('alone');
    const repository = await open(repo);
    for (const tips of [[tip], [tag], [side, first], [root], [blob], [tag, tip, blob, tip]]) {
      expect(await reached(repository, tips)).toEqual({ here: listed(repo, tips), absent: [] });
    }
    expect(await reached(repository, [])).toEqual({ here: [], absent: [] });
    repo.setRef('refs/tip', tag);
    repo.git(['repack', '-adq']);
    repo.git(['prune-packed']);
    expect(await reached(await open(repo), [tag])).toEqual({ here: listed(repo, [tag]), absent: [] });
  });

  test('what others lead to is left out, and nothing else', async () => {
    const repo = newRepo();
    const old = repo.commit('old', [], repo.tree({ a: 'same', b: 'old' }));
    const middle = repo.commit('middle', [old], repo.tree({ a: 'same', b: 'middle' }));
    const side = repo.commit('side', [], repo.tree({ c: 'side' }));
    const root = repo.tree({ a: 'same', b: 'new', c: 'side' });
    const tip = repo.commit('tip', [middle], root);
    const fresh = [tip, root, repo.blob('new')];
    const repository = await open(repo);
    const without = async (tips: ObjectId[], exclude: ObjectId[]) => {
      const ids: ObjectId[] = [];
      await repository.visitReachable(tips, (id) => ids.push(id), { exclude });
      return ids.sort();
    };
    expect(await without([tip], [middle, side])).toEqual(fresh.sort());
    expect(await without([tip], [tip])).toEqual([]);
    expect(await without([tip, side], [middle, tip])).toEqual([side, repo.git(['rev-parse', `${side}^{tree}`])].sort());
    expect(await without([tip], [])).toEqual(listed(repo, [tip]));
    expect(await without([], [middle])).toEqual([]);
    // One commit of each of two histories: what both have is not sent again.
    const other = repo.commit('other', [side], repo.tree({ c: 'side', d: 'other' }));
    expect(await without([other], [side])).toEqual(
      [other, repo.git(['rev-parse', `${other}^{tree}`]) as ObjectId, repo.blob('other')].sort(),
    );
  });

  test('absent tips, trees and blobs are named as such; an absent commit is an error', async () => {
    const repo = newRepo();
    const noTree = ABSENT.replace('dead', 'beef') as ObjectId;
    const root = treeOf(repo, [`100644 blob ${ABSENT}\tfile`, `040000 tree ${noTree}\tfolder`]);
    const commit = repo.commit('gaps', [], root);
    const repository = await open(repo);
    expect(await reached(repository, [commit])).toEqual({ here: [commit, root].sort(), absent: [noTree, ABSENT] });
    expect(await reached(repository, [ABSENT, root])).toMatchObject({ here: [root], absent: [noTree, ABSENT] });
    const text = `tree ${repo.tree()}\nparent ${ABSENT}\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\ngap\n`;
    const gap = repo.git(['hash-object', '-t', 'commit', '-w', '--stdin'], text) as ObjectId;
    expect(await rejection(repository.visitReachable([gap], () => undefined))).toBeInstanceOf(GitError);
  });

  test('a shallow clone ends where it was cut off; a partial clone is asked for nothing', async () => {
    const repo = newRepo();
    const old = repo.commit('old');
    const tip = repo.commit('tip', [old]);
    repo.setRef('refs/heads/main', tip);
    repo.git(['config', 'uploadpack.allowFilter', 'true']);
    const [shallow, partial] = [join(repo.root, 'shallow'), join(repo.root, 'partial')];
    repo.git(['clone', '--quiet', '--depth=1', `file://${repo.dir}`, shallow]);
    repo.git(['clone', '--quiet', '--filter=blob:none', '--bare', `file://${repo.dir}`, partial]);
    const [tree, blob] = [repo.git(['rev-parse', 'main^{tree}']), repo.git(['rev-parse', 'main:file'])];
    const inShallow = await open(repo, { dir: shallow });
    expect(await reached(inShallow, [tip])).toEqual({ here: [tip, tree, blob].sort(), absent: [] });
    const inPartial = await open(repo, { dir: partial });
    const { here, absent } = await reached(inPartial, [tip]);
    expect(here).toHaveLength(4);
    expect(absent).toHaveLength(2);
    expect(await inPartial.measure([blob as ObjectId])).toEqual([undefined]);
    expect(await reached(inPartial, [tip])).toEqual({ here, absent });
  });

  test('what objects are, and their bytes on disk: of loose objects, of packed ones, of deltas; none of an absent one', async () => {
    const repo = newRepo();
    const texts = Array.from({ length: 20 }, (_, n) => `${randomBytes(400).toString('hex')}\nline ${n}\n`);
    const versions = texts.map((_, n) => texts.slice(0, n + 1).join(''));
    const ids = versions.map((text) => repo.blob(text));
    const loose = await open(repo);
    const known = versions.map((text) => ({ type: 'blob', size: text.length }));
    const expected = () => sizesOf(repo, ids).map((diskSize, i) => ({ ...known[i], diskSize }));
    expect(await loose.measure(ids)).toEqual(expected());
    expect(await loose.measure([ABSENT])).toEqual([undefined]);
    repo.setRef(
      'refs/all',
      repo.commit(
        'all',
        [],
        treeOf(
          repo,
          ids.map((id, n) => `100644 blob ${id}\t${n}`),
        ),
      ),
    );
    repo.git(['repack', '-adq', '--depth=50']);
    repo.git(['prune-packed']);
    const packed = await open(repo);
    const sizes = sizesOf(repo, ids);
    expect(Math.min(...sizes)).toBeLessThan(Math.max(...sizes) / 2);
    const all = expected();
    expect(await packed.measure([ABSENT, ...ids, ids[0] as ObjectId])).toEqual([undefined, ...all, all[0]]);
    expect(await packed.measure([])).toEqual([]);
  });
});
