import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ShallowHistoryError } from '../../../src/git/errors.ts';
import { type ObjectId, toObjectId } from '../../../src/git/object-id.ts';
import type { WalkedCommit } from '../../../src/git/repository.ts';
import type { GitRepo } from '../git-repo.ts';
import { ABSENT, describeContract, rejection } from './suite.ts';

/**
 * Two roots, two merges, and a branch that is in neither tip's first-parent line:
 *
 *     a───b───c───m1───d        tip d
 *      \         /    \
 *       e───────f      \
 *     r2───s────────────m2      tip m2 (parents s, m1)
 */
function graph(repo: GitRepo) {
  const a = repo.commit('a');
  const b = repo.commit('b', [a]);
  const c = repo.commit('c', [b]);
  const e = repo.commit('e', [a]);
  const f = repo.commit('f', [e]);
  const m1 = repo.commit('m1', [c, f]);
  const d = repo.commit('d', [m1]);
  const r2 = repo.commit('r2');
  const s = repo.commit('s', [r2]);
  const m2 = repo.commit('m2', [s, m1]);
  return { a, b, c, d, e, f, m1, m2, r2, s };
}

function expectParentsFirst(walked: readonly WalkedCommit[]): void {
  const place = new Map(walked.map(({ id }, index) => [id, index]));
  expect(place.size).toBe(walked.length);
  for (const [index, { parents }] of walked.entries()) {
    for (const parent of parents) expect(place.get(parent) ?? -1).toBeLessThan(index);
  }
}

function sorted(walked: readonly WalkedCommit[]): ObjectId[] {
  return walked.map(({ id }) => id).sort();
}

/** The same commit with a tree that is absent. */
function withoutTree(repo: GitRepo, commit: ObjectId): ObjectId {
  const text = repo.gitBytes(['cat-file', 'commit', commit]).toString('utf8');
  const input = text.replace(/^tree .*/, `tree ${ABSENT}`);
  return toObjectId(repo.git(['hash-object', '-w', '-t', 'commit', '--stdin'], input));
}

describeContract('history', ({ engine, newRepo, open }) => {
  test('a walk gives each commit once, after its parents, from several tips and roots', async () => {
    const repo = newRepo();
    const ids = graph(repo);
    const repository = await open(repo);
    const walked = await repository.walk({ tips: [ids.d, ids.m2, ids.b, ids.d] });
    expect(sorted(walked)).toEqual(Object.values(ids).sort());
    expectParentsFirst(walked);
    expect(walked.find(({ id }) => id === ids.m2)?.parents).toEqual([ids.s, ids.m1]);
    expect(walked.find(({ id }) => id === ids.m1)?.parents).toEqual([ids.c, ids.f]);
    expect(walked.find(({ id }) => id === ids.r2)?.parents).toEqual([]);
    expect(await repository.walk({ tips: [ids.d, ids.m2, ids.b, ids.d] })).toEqual(walked);
    expect(await (await open(repo)).walk({ tips: [ids.d, ids.m2, ids.b, ids.d] })).toEqual(walked);
  });

  test('commits that drop a folder are among those that are named, whatever took its place', async () => {
    const repo = newRepo();
    const tree = (...entries: string[]) => toObjectId(repo.git(['mktree'], entries.map((one) => `${one}\n`).join('')));
    const folder = (name: string, id: ObjectId) => `040000 tree ${id}\t${name}`;
    const inner = repo.tree({ file: 'text' });
    const outer = tree(folder('b', inner), folder('c', inner));
    const both = repo.commit('both', [], tree(folder('a', outer)));
    const onlyB = repo.commit('only b', [both], tree(folder('a', tree(folder('b', inner)))));
    const file = `100644 blob ${repo.blob('text')}\tc`;
    const asFile = repo.commit('as a file', [both], tree(folder('a', tree(folder('b', inner), file))));
    const isMoved = repo.commit('moved', [both], tree(folder('moved', outer)));
    const merge = repo.commit('merge', [both, isMoved], tree(folder('a', outer)));
    const none = repo.commit('none', [merge], tree());
    const repository = await open(repo);
    const walked = await repository.walk({ tips: [onlyB, asFile, none] });
    const named = await repository.commitsDroppingFolders(walked, 3);
    for (const id of [onlyB, asFile, isMoved, merge, none]) expect(named.has(id)).toBe(true);
    // An engine that would read as much as who asks names all.
    if (engine === 'native') expect(named.has(both)).toBe(false);
    const damaged = withoutTree(repo, onlyB);
    const withDamaged = [...walked, { id: damaged, parents: [both] }];
    expect((await repository.commitsDroppingFolders(withDamaged, 3)).has(damaged)).toBe(true);
    expect((await repository.commitsDroppingFolders([], 3)).size).toBe(0);
  });

  test('of very many commits too, which several gits share, also where one of them fails', async () => {
    const repo = newRepo();
    const lines = ['reset refs/heads/many\n'];
    const drops = [2, 4_000, 8_000, 11_999];
    for (let i = 0; i < 12_000; i++) {
      const change = drops.includes(i + 1) ? 'M 100644 inline a/b\ndata 1\nb\n' : drops.includes(i) ? 'D a\n' : '';
      lines.push(`commit refs/heads/many\ncommitter A <a@b> ${i} +0000\ndata 0\n${change}\n`);
    }
    repo.git(['fast-import', '--quiet'], lines.join(''));
    const repository = await open(repo);
    const tip = toObjectId(repo.git(['rev-parse', 'many']));
    const walked = await repository.walk({ tips: [tip] });
    const named = await repository.commitsDroppingFolders(walked, 3);
    for (const at of drops) expect(named.has(walked[at]?.id as ObjectId), `${at}`).toBe(true);
    if (engine === 'native') expect(named.size).toBe(drops.length);
    const withDamaged = [
      ...walked.slice(0, 7_000),
      { id: withoutTree(repo, tip), parents: [tip] },
      ...walked.slice(7_000),
    ];
    expect((await repository.commitsDroppingFolders(withDamaged, 3)).size).toBe(withDamaged.length);
  });

  test('what is excluded is left out with its ancestors', async () => {
    const repo = newRepo();
    const { b, c, d, e, f, m1, m2, r2, s } = graph(repo);
    const repository = await open(repo);
    expect(sorted(await repository.walk({ tips: [d], exclude: [c] }))).toEqual([e, f, m1, d].sort());
    expect(sorted(await repository.walk({ tips: [m2], exclude: [d] }))).toEqual([r2, s, m2].sort());
    expect(await repository.walk({ tips: [b, m1], exclude: [m2] })).toEqual([]);
    expect(await repository.walk({ tips: [d], exclude: [d] })).toEqual([]);
    const some = await repository.walk({ tips: [d], exclude: [c] });
    expect(some.find(({ id }) => id === m1)?.parents).toEqual([c, f]);
  });

  test.each([0, 1, 8, 9, 12])('a line of %i commits after another one', async (length) => {
    const repo = newRepo();
    const start = repo.commit('start', [repo.commit('root')]);
    const line = [start];
    for (let i = 0; i < length; i++) line.push(repo.commit(`c${i}`, line.slice(-1)));
    const tip = line.at(-1) as ObjectId;
    const repository = await open(repo);
    const expected = line.slice(1).map((id, i) => ({ id, parents: [line[i]] }));
    expect(await repository.walk({ tips: [tip], exclude: [start] })).toEqual(expected);
    expect(await repository.isAncestor(start, tip)).toBe(true);
    expect(await repository.isAncestor(tip, start)).toBe(length === 0);
    const other = repo.commit('other', [start]);
    expect(sorted(await repository.walk({ tips: [tip], exclude: [other] }))).toEqual(line.slice(1).sort());
    expect(await repository.isAncestor(other, tip)).toBe(false);
  });

  test('a commit after one that is absent is not walked', async () => {
    const repo = newRepo();
    const root = repo.commit('root');
    const text = repo.git(['cat-file', 'commit', repo.commit('child', [root])]).replace(root, ABSENT);
    const child = toObjectId(repo.git(['hash-object', '-t', 'commit', '-w', '--stdin'], `${text}\n`));
    const repository = await open(repo);
    await rejection(repository.walk({ tips: [child], exclude: [ABSENT] }));
    expect(await repository.isAncestor(ABSENT, child)).toBe(false);
  });

  test('a tree is before and after nothing', async () => {
    const repo = newRepo();
    const commit = repo.commit('one', [repo.commit('root')]);
    const tree = toObjectId(repo.git(['rev-parse', `${commit}^{tree}`]));
    const repository = await open(repo);
    expect([await repository.isAncestor(tree, commit), await repository.isAncestor(commit, tree)]).toEqual([
      false,
      false,
    ]);
  });

  test('first parents only', async () => {
    const repo = newRepo();
    const { a, b, c, d, m1, m2, r2, s } = graph(repo);
    const repository = await open(repo);
    const ids = async (tips: ObjectId[], exclude: ObjectId[] = []) =>
      (await repository.walk({ tips, exclude, firstParent: true })).map(({ id }) => id);
    expect(await ids([d])).toEqual([a, b, c, m1, d]);
    expect(await ids([m2])).toEqual([r2, s, m2]);
    expect(await ids([d], [c])).toEqual([m1, d]);
  });

  test('ancestors', async () => {
    const repo = newRepo();
    const { a, d, e, m2, r2, s, b } = graph(repo);
    const repository = await open(repo);
    expect(await repository.isAncestor(a, d)).toBe(true);
    expect(await repository.isAncestor(e, m2)).toBe(true);
    expect(await repository.isAncestor(d, d)).toBe(true);
    expect(await repository.isAncestor(d, a)).toBe(false);
    expect(await repository.isAncestor(r2, d)).toBe(false);
    expect(await repository.isAncestor(s, b)).toBe(false);
    expect(await repository.isAncestor(ABSENT, d)).toBe(false);
    expect(await repository.isAncestor(d, ABSENT)).toBe(false);
  });

  test('an absent commit is an error', async () => {
    const repo = newRepo();
    const repository = await open(repo);
    expect(await rejection(repository.walk({ tips: [ABSENT] }))).toMatchObject({ code: 'BAD_OBJECT', id: ABSENT });
    const gap = repo.git(
      ['hash-object', '-t', 'commit', '-w', '--stdin'],
      `tree ${repo.tree()}
parent ${ABSENT}
author A <a@b> 1 +0000
committer A <a@b> 1 +0000

gap
`,
    ) as ObjectId;
    expect(await rejection(repository.walk({ tips: [gap] }))).toMatchObject({ code: 'BAD_OBJECT', id: ABSENT });
  });

  test('replace refs are not applied', async () => {
    const repo = newRepo();
    const { a, b, c, d, m1 } = graph(repo);
    repo.git(['replace', c, b]);
    const repository = await open(repo);
    expect(await repository.isAncestor(a, d)).toBe(true);
    expect((await repository.walk({ tips: [m1], firstParent: true })).map(({ id }) => id)).toEqual([a, b, c, m1]);
    expect(
      (await repository.readObjects([c]))[0]?.content.equals(
        repo.gitBytes(['--no-replace-objects', 'cat-file', 'commit', c]),
      ),
    ).toBe(true);
  });

  test('grafts are not applied', async () => {
    const repo = newRepo();
    const { a, b, c, m1 } = graph(repo);
    mkdirSync(repo.gitPath('info'), { recursive: true });
    writeFileSync(repo.gitPath('info', 'grafts'), `${c}\n`);
    expect(repo.git(['rev-list', '--first-parent', m1]).split('\n')).not.toContain(b);
    const repository = await open(repo);
    expect((await repository.walk({ tips: [m1], firstParent: true })).map(({ id }) => id)).toEqual([a, b, c, m1]);
    expect(await repository.isAncestor(a, c)).toBe(true);
  });

  test('a deep history, loose or packed', async () => {
    const repo = newRepo();
    const lines: string[] = [];
    for (let n = 1; n <= 5000; n++) lines.push(`commit refs/heads/deep\ncommitter A <a@b> ${n} +0000\ndata 1\n.\n`);
    repo.git(['fast-import', '--quiet'], lines.join(''));
    const tip = repo.git(['rev-parse', 'refs/heads/deep']) as ObjectId;
    const repository = await open(repo);
    const walked = await repository.walk({ tips: [tip] });
    expect(walked).toHaveLength(5000);
    expectParentsFirst(walked);
    expect(walked.at(-1)?.id).toBe(tip);
    expect(await repository.isAncestor(walked[0]?.id as ObjectId, tip)).toBe(true);
  });

  test('a walk into what a shallow clone lacks', async () => {
    const repo = newRepo();
    const { d, b, m1 } = graph(repo);
    repo.setRef('refs/heads/main', d);
    const dir = join(repo.root, 'shallow');
    repo.git(['clone', '--quiet', '--depth=2', `file://${repo.dir}`, dir]);
    const repository = await open(repo, { dir });
    expect(await repository.isShallow()).toBe(true);
    expect(await rejection(repository.walk({ tips: [d] }))).toBeInstanceOf(ShallowHistoryError);
    expect((await repository.walk({ tips: [d], exclude: [m1] })).map(({ id }) => id)).toEqual([d]);
    expect(await repository.isAncestor(m1, d)).toBe(true);
    expect(await repository.isAncestor(b, d)).toBe(false);
    expect(await (await open(repo)).isShallow()).toBe(false);
  });
});
