import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { GitError, RefConflictError, RefLockedError, RefNameConflictError } from '../../../src/git/errors.ts';
import type { ObjectId } from '../../../src/git/object-id.ts';
import type { RefUpdate } from '../../../src/git/repository.ts';
import type { GitRepo } from '../git-repo.ts';
import { ABSENT, describeContract, rejection } from './suite.ts';

/** All lock files in the git directory, and what tells whose they are. */
function leftovers(repo: GitRepo): string[] {
  const names = readdirSync(repo.gitPath(), { recursive: true }).map(String);
  return names.filter((name) => name.endsWith('.lock') || /^ckpt\/locks\/./.test(name));
}

describeContract('ref transactions', ({ newRepo, open }) => {
  test('create, move and delete, loose and packed', async () => {
    const repo = newRepo();
    const [one, two] = [repo.commit('one'), repo.commit('two')];
    const repository = await open(repo);
    const ref = 'refs/entire/checkpoints/v2/main';
    const expectAt = async (id: ObjectId | undefined) => {
      expect(await repository.resolveRef(ref)).toBe(id);
      expect(repo.refs()).toEqual(id === undefined ? [] : [`${id} ${ref}`]);
    };
    for (const isPacked of [false, true]) {
      await repository.updateRefs([{ ref, old: null, new: one }], 'made');
      await expectAt(one);
      if (isPacked) repo.git(['pack-refs', '--all', '--prune']);
      await repository.updateRefs([{ ref, old: one, new: two }], 'moved');
      await expectAt(two);
      await repository.updateRefs([{ ref, old: two, new: two }], 'compared');
      await expectAt(two);
      if (isPacked) repo.git(['pack-refs', '--all', '--prune']);
      await repository.updateRefs([{ ref, old: two, new: null }], 'deleted');
      await expectAt(undefined);
      await repository.updateRefs([{ ref, old: null, new: null }], 'compared');
    }
    // Packed with one value and loose with another: neither may come back.
    repo.setRef(ref, one);
    repo.git(['pack-refs', '--all']);
    repo.setRef(ref, two);
    await repository.updateRefs([{ ref, old: two, new: null }], 'deleted');
    await expectAt(undefined);
    await repository.updateRefs([], 'nothing');
    expect(leftovers(repo)).toEqual([]);
  });

  test('several refs at once: create, move, delete, compare', async () => {
    const repo = newRepo();
    const [one, two] = [repo.commit('one'), repo.commit('two')];
    for (const name of ['refs/x/packed', 'refs/x/both', 'refs/x/gone', 'refs/heads/branch']) repo.setRef(name, one);
    repo.git(['tag', '-a', '-m', 'tag', 'tag', one]);
    const tag = repo.git(['rev-parse', 'refs/tags/tag']);
    repo.git(['pack-refs', '--all']);
    for (const name of ['refs/x/loose', 'refs/x/both', 'refs/x/away', 'refs/x/same']) repo.setRef(name, two);
    const repository = await open(repo);
    const updates: RefUpdate[] = [
      { ref: 'refs/x/packed', old: one, new: two },
      { ref: 'refs/x/loose', old: two, new: one },
      { ref: 'refs/x/both', old: two, new: one },
      { ref: 'refs/x/gone', old: one, new: null },
      { ref: 'refs/x/away', old: two, new: null },
      { ref: 'refs/x/same', old: two, new: two },
      { ref: 'refs/x/new/deep', old: null, new: two },
      { ref: 'refs/x/absent', old: null, new: null },
    ];
    await repository.updateRefs(updates, 'all at once');
    expect(repo.refs()).toEqual([
      `${one} refs/heads/branch`,
      `${tag} refs/tags/tag`,
      `${one} refs/x/both`,
      `${one} refs/x/loose`,
      `${two} refs/x/new/deep`,
      `${two} refs/x/packed`,
      `${two} refs/x/same`,
    ]);
    for (const { ref, new: id } of updates) expect(await repository.resolveRef(ref)).toBe(id ?? undefined);
    // What a tag leads to is still known, also of one that a transaction moved.
    await repository.updateRefs(
      [
        { ref: 'refs/x/tagged', old: null, new: tag as ObjectId },
        { ref: 'refs/x/other', old: null, new: one },
      ],
      'a tag',
    );
    repo.git(['pack-refs', '--all']);
    const peeled = repo.git(['show-ref', '-d']).split('\n');
    expect(peeled).toEqual(expect.arrayContaining([`${one} refs/tags/tag^{}`, `${one} refs/x/tagged^{}`]));
    const packed = readFileSync(repo.gitPath('packed-refs'), 'utf8');
    expect(packed).toMatch(/^# pack-refs with: peeled fully-peeled sorted/);
    expect(packed.match(new RegExp(`\\^${one}`, 'g'))).toHaveLength(2);
    expect(leftovers(repo)).toEqual([]);
    repo.git(['fsck', '--no-dangling']);
  });

  test('a compare that fails moves nothing', async () => {
    const repo = newRepo();
    const [one, two] = [repo.commit('one'), repo.commit('two')];
    for (const name of ['refs/x/a', 'refs/x/b']) repo.setRef(name, one);
    repo.git(['pack-refs', '--all']);
    repo.setRef('refs/x/c', one);
    const before = repo.refs();
    const repository = await open(repo);
    const a: RefUpdate = { ref: 'refs/x/a', old: one, new: two };
    const attempts: Array<[RefUpdate[], string, ObjectId | null, ObjectId | null]> = [
      [[{ ref: 'refs/x/a', old: two, new: one }], 'refs/x/a', two, one],
      [[{ ref: 'refs/x/c', old: null, new: two }], 'refs/x/c', null, one],
      [[{ ref: 'refs/x/absent', old: one, new: two }], 'refs/x/absent', one, null],
      [[{ ref: 'refs/x/absent', old: one, new: null }], 'refs/x/absent', one, null],
      [[{ ref: 'refs/x/c', old: two, new: null }], 'refs/x/c', two, one],
      [[{ ref: 'refs/x/c', old: two, new: two }], 'refs/x/c', two, one],
      [[{ ref: 'refs/x/c', old: null, new: null }], 'refs/x/c', null, one],
      [
        [
          a,
          { ref: 'refs/x/b', old: one, new: null },
          { ref: 'refs/x/d', old: null, new: two },
          { ref: 'refs/x/z', old: one, new: two },
        ],
        'refs/x/z',
        one,
        null,
      ],
    ];
    for (const [updates, ref, expected, actual] of attempts) {
      const error = await rejection(repository.updateRefs(updates, 'refused'));
      expect(error, JSON.stringify(updates)).toBeInstanceOf(RefConflictError);
      expect(error).toMatchObject({ ref, expected, actual });
      expect(repo.refs()).toEqual(before);
    }
    expect(leftovers(repo)).toEqual([]);
  });

  test('a ref can not point at an object that is absent', async () => {
    const repo = newRepo();
    const one = repo.commit('one');
    const repository = await open(repo);
    const updates = [
      { ref: 'refs/x/a', old: null, new: one },
      { ref: 'refs/x/b', old: null, new: ABSENT },
    ];
    expect(await rejection(repository.updateRefs(updates, 'refused'))).toBeInstanceOf(GitError);
    const blob = repo.blob('x');
    expect(
      await rejection(repository.updateRefs([{ ref: 'refs/heads/b', old: null, new: blob }], 'refused')),
    ).toBeInstanceOf(GitError);
    expect(repo.refs()).toEqual([]);
  });

  test('names that are folders of one another', async () => {
    const repo = newRepo();
    const one = repo.commit('one');
    repo.setRef('refs/x/packed/below', one);
    repo.setRef('refs/x/flat', one);
    repo.git(['pack-refs', '--all', '--prune']);
    repo.setRef('refs/x/loose/below', one);
    repo.setRef('refs/x/file', one);
    const before = repo.refs();
    const repository = await open(repo);
    for (const [ref, other] of [
      ['refs/x/packed', 'refs/x/packed/below'],
      ['refs/x/loose', 'refs/x/loose/below'],
      ['refs/x/flat/below', 'refs/x/flat'],
      ['refs/x/file/far/below', 'refs/x/file'],
    ] as const) {
      for (const more of [[], [{ ref: 'refs/x/more', old: null, new: one }]]) {
        const error = await rejection(repository.updateRefs([{ ref, old: null, new: one }, ...more], 'refused'));
        expect(error, ref).toBeInstanceOf(RefNameConflictError);
        expect(error.message).toContain(ref);
        expect(error.message).toContain(other);
        expect(repo.refs()).toEqual(before);
      }
    }
    expect(leftovers(repo)).toEqual([]);
    // Empty folders that deleted refs left are in nobody's way.
    mkdirSync(repo.gitPath('refs/x/empty/a/b'), { recursive: true });
    mkdirSync(repo.gitPath('refs/x/empty2/a'), { recursive: true });
    await repository.updateRefs([{ ref: 'refs/x/empty', old: null, new: one }], 'made');
    await repository.updateRefs(
      [
        { ref: 'refs/x/empty2', old: null, new: one },
        { ref: 'refs/x/empty3', old: null, new: one },
      ],
      'made',
    );
    await repository.updateRefs([{ ref: 'refs/x/loose/below', old: one, new: null }], 'deleted');
    await repository.updateRefs([{ ref: 'refs/x/loose', old: null, new: one }], 'made');
    for (const name of ['empty', 'empty2', 'empty3', 'loose'])
      expect(await repository.resolveRef(`refs/x/${name}`)).toBe(one);
    expect(repo.git(['for-each-ref', '--format=%(refname)', 'refs/x/loose'])).toBe('refs/x/loose');
  });

  test('a lock of somebody else: a clear error after a bounded wait, and nothing moved', async () => {
    const repo = newRepo();
    const [one, two] = [repo.commit('one'), repo.commit('two')];
    repo.setRef('refs/x/a', one);
    repo.setRef('refs/x/b', one);
    const before = repo.refs();
    const repository = await open(repo);
    const lock = repo.gitPath('refs/x/b.lock');
    writeFileSync(lock, '');
    const updates: RefUpdate[] = [
      { ref: 'refs/x/a', old: one, new: two },
      { ref: 'refs/x/b', old: one, new: two },
    ];
    const start = performance.now();
    const error = await rejection(repository.updateRefs(updates, 'refused'));
    const waited = performance.now() - start;
    expect(error).toBeInstanceOf(RefLockedError);
    expect(error).toMatchObject({ ref: 'refs/x/b', lockPath: lock });
    expect(JSON.stringify(error.hint)).toContain(lock);
    expect(waited).toBeGreaterThan(1_000);
    expect(waited).toBeLessThan(60_000);
    expect(repo.refs()).toEqual(before);
    expect(leftovers(repo)).toEqual(['refs/x/b.lock']);
    expect(existsSync(lock)).toBe(true);
  });

  test("a folder of refs that can't be made is not called a lock", async () => {
    const repo = newRepo();
    const one = repo.commit('one');
    const repository = await open(repo);
    symlinkSync('nowhere', repo.gitPath('refs/odd'));
    const error = await rejection(repository.updateRefs([{ ref: 'refs/odd/a', old: null, new: one }], 'refused'));
    expect(error).toBeInstanceOf(GitError);
    expect(error).not.toBeInstanceOf(RefLockedError);
    expect(error.message).toContain('refs/odd/a');
    expect(leftovers(repo)).toEqual([]);
  });

  test('a lock that goes away in time is waited for', async () => {
    const repo = newRepo();
    const one = repo.commit('one');
    const repository = await open(repo);
    const lock = repo.gitPath('refs/x/a.lock');
    mkdirSync(dirname(lock), { recursive: true });
    writeFileSync(lock, '');
    const moved = repository.updateRefs([{ ref: 'refs/x/a', old: null, new: one }], 'made');
    setTimeout(() => repo.git(['-c', 'alias.rm-lock=!rm', 'rm-lock', lock]), 300);
    await moved;
    expect(repo.refs()).toEqual([`${one} refs/x/a`]);
  });

  test('a symbolic ref moves what it points at', async () => {
    const repo = newRepo();
    const [one, two] = [repo.commit('one'), repo.commit('two')];
    repo.setRef('refs/x/target', one);
    repo.git(['symbolic-ref', 'refs/x/symbolic', 'refs/x/target']);
    const repository = await open(repo);
    await repository.updateRefs([{ ref: 'refs/x/symbolic', old: one, new: two }], 'moved');
    expect(await repository.resolveRef('refs/x/target')).toBe(two);
    expect(repo.git(['symbolic-ref', 'refs/x/symbolic'])).toBe('refs/x/target');
  });

  test('reflogs tell what was done, where git would keep one', async () => {
    const repo = newRepo();
    const [one, two] = [repo.commit('one'), repo.commit('two')];
    const repository = await open(repo);
    const log = (ref: string) =>
      repo.git(['reflog', 'show', '--format=%H %gs %gn <%ge>', ref]).split('\n').filter(Boolean);
    await repository.updateRefs([{ ref: 'refs/heads/side', old: null, new: one }], 'made\nhere');
    await repository.updateRefs(
      [
        { ref: 'refs/heads/side', old: one, new: two },
        { ref: 'refs/heads/main', old: null, new: two },
        { ref: 'refs/entire/x', old: null, new: two },
      ],
      'moved',
    );
    const who = 'C O Mitter <committer@example.com>';
    expect(log('refs/heads/side')).toEqual([`${two} moved ${who}`, `${one} made here ${who}`]);
    expect(log('HEAD')).toEqual([`${two} moved ${who}`]);
    expect(existsSync(repo.gitPath('logs/refs/entire/x'))).toBe(false);
    await repository.updateRefs([{ ref: 'refs/heads/side', old: two, new: null }], 'deleted');
    expect(existsSync(repo.gitPath('logs/refs/heads/side'))).toBe(false);
    repo.git(['config', 'core.logAllRefUpdates', 'always']);
    await repository.updateRefs([{ ref: 'refs/entire/x', old: two, new: one }], 'logged');
    expect(log('refs/entire/x')).toEqual([`${one} logged ${who}`]);
  });
});
