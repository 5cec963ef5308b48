import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { GitError } from '../../../src/git/errors.ts';
import { describeContract, refLines, rejection } from './suite.ts';

describeContract('reading refs', ({ newRepo, open }) => {
  test('a ref that is missing, loose, packed, and loose over packed', async () => {
    const repo = newRepo();
    const [one, two] = [repo.commit('one'), repo.commit('two')];
    repo.setRef('refs/entire/packed', one);
    repo.setRef('refs/entire/both', one);
    repo.git(['pack-refs', '--all']);
    repo.setRef('refs/entire/both', two);
    repo.setRef('refs/entire/loose', two);
    const repository = await open(repo);
    expect(await repository.resolveRef('refs/entire/packed')).toBe(one);
    expect(await repository.resolveRef('refs/entire/both')).toBe(two);
    expect(await repository.resolveRef('refs/entire/loose')).toBe(two);
    for (const absent of [
      'refs/entire/absent',
      'refs/entire',
      'refs/entire/loose/below',
      'refs/../config',
      'refs/a b',
    ]) {
      expect(await repository.resolveRef(absent), absent).toBeUndefined();
    }
  });

  test('symbolic refs are followed; one that leads nowhere is not a ref', async () => {
    const repo = newRepo();
    const id = repo.commit('one');
    repo.setRef('refs/heads/target', id);
    repo.git(['symbolic-ref', 'refs/heads/once', 'refs/heads/target']);
    repo.git(['symbolic-ref', 'refs/heads/twice', 'refs/heads/once']);
    repo.git(['symbolic-ref', 'refs/heads/nowhere', 'refs/heads/absent']);
    const repository = await open(repo);
    expect(await repository.resolveRef('refs/heads/once')).toBe(id);
    expect(await repository.resolveRef('refs/heads/twice')).toBe(id);
    expect(await repository.resolveRef('refs/heads/nowhere')).toBeUndefined();
    repo.git(['pack-refs', '--all']);
    expect(await repository.resolveRef('refs/heads/twice')).toBe(id);
    expect((await repository.listRefs('refs/heads/')).map(({ name }) => name)).toEqual([
      'refs/heads/once',
      'refs/heads/target',
      'refs/heads/twice',
    ]);
  });

  test('lists are merged, sorted by bytes, and matched as git matches', async () => {
    const repo = newRepo();
    const [one, two] = [repo.commit('one'), repo.commit('two')];
    for (const name of ['a/b', 'a/c/d', 'a-b', 'ab', 'Z', 'ü', 'a.b']) repo.setRef(`refs/x/${name}`, one);
    repo.git(['pack-refs', '--all']);
    for (const name of ['a/b', 'a0', 'b']) repo.setRef(`refs/x/${name}`, two);
    repo.setRef('refs/y', one);
    const repository = await open(repo);
    for (const prefix of [
      'refs/x/',
      'refs/x',
      'refs/x/a',
      'refs/x/a/',
      'refs/x/a/b',
      'refs/y',
      'refs/y/',
      'refs/none/',
    ]) {
      const expected = repo
        .git(['for-each-ref', '--format=%(objectname) %(refname)', prefix])
        .split('\n')
        .filter(Boolean);
      expect(refLines(await repository.listRefs(prefix)), prefix).toEqual(expected);
    }
    expect(await repository.listRefs('refs/x/')).toHaveLength(9);
    expect(refLines(await repository.listRefs('refs/x/a', 'refs/y', 'refs/x/a/b'))).toEqual([
      `${two} refs/x/a/b`,
      `${one} refs/x/a/c/d`,
      `${one} refs/y`,
    ]);
    expect(refLines(await repository.listRefs())).toEqual(repo.refs());
  });

  test('lock files and other leftovers are not refs', async () => {
    const repo = newRepo();
    repo.setRef('refs/heads/main', repo.commit('one'));
    writeFileSync(repo.gitPath('refs/heads/main.lock'), '');
    writeFileSync(repo.gitPath('refs/heads/.hidden'), 'x');
    expect((await (await open(repo)).listRefs('refs/')).map(({ name }) => name)).toEqual(['refs/heads/main']);
  });

  test('a broken ref is an error that names it', async () => {
    const repo = newRepo();
    repo.setRef('refs/entire/good', repo.commit('one'));
    writeFileSync(repo.gitPath('refs/entire/bad'), 'no object id\n');
    const repository = await open(repo);
    for (const attempt of [() => repository.resolveRef('refs/entire/bad'), () => repository.listRefs('refs/entire/')]) {
      const error = await rejection(attempt());
      expect(error).toBeInstanceOf(GitError);
      expect(error.message).toContain('refs/entire/bad');
    }
    expect(await repository.resolveRef('refs/entire/good')).toBeDefined();
  });

  test('packed refs that were cut off in a name are an error: the rest is the name of another ref', async () => {
    const repo = newRepo();
    repo.setRef('refs/entire/good', repo.commit('one'));
    repo.git(['pack-refs', '--all']);
    const whole = readFileSync(repo.gitPath('packed-refs'), 'utf8');
    writeFileSync(repo.gitPath('packed-refs'), whole.slice(0, -3));
    const repository = await open(repo);
    for (const read of [() => repository.resolveRef('refs/entire/good'), () => repository.listRefs()]) {
      const error = await rejection(read());
      expect(error).toBeInstanceOf(GitError);
      expect(error.message).toMatch(/packed-refs/);
    }
  });

  test('packed refs with the ends of lines of Windows name no ref that git would read', async () => {
    const repo = newRepo();
    repo.setRef('refs/entire/good', repo.commit('one'));
    repo.git(['pack-refs', '--all']);
    const whole = readFileSync(repo.gitPath('packed-refs'), 'utf8');
    writeFileSync(repo.gitPath('packed-refs'), whole.replaceAll('\n', '\r\n'));
    const repository = await open(repo);
    expect(await repository.resolveRef('refs/entire/good').catch(() => undefined)).toBeUndefined();
  });

  test('tags: the ref gives the tag object, nested or not', async () => {
    const repo = newRepo();
    const commit = repo.commit('one');
    repo.git(['tag', '-a', '-m', 'inner', 'inner', commit]);
    repo.git(['tag', '-a', '-m', 'outer', 'outer', 'inner']);
    repo.git(['tag', 'light', commit]);
    const ids = ['inner', 'outer', 'light'].map((name) => repo.git(['rev-parse', `refs/tags/${name}`]));
    const repository = await open(repo);
    const read = async () =>
      Promise.all(['inner', 'outer', 'light'].map((name) => repository.resolveRef(`refs/tags/${name}`)));
    expect(await read()).toEqual(ids);
    repo.git(['pack-refs', '--all']);
    expect(await read()).toEqual(ids);
    const objects = await repository.readObjects((await read()) as never);
    expect(objects.map((object) => object?.type)).toEqual(['tag', 'tag', 'commit']);
    expect(objects[1]?.content.toString()).toContain(`object ${ids[0]}\ntype tag\n`);
  });

  test('a repository without commits has no refs and no history', async () => {
    const repository = await open(newRepo());
    expect(await repository.resolveRef('refs/heads/main')).toBeUndefined();
    expect(await repository.listRefs()).toEqual([]);
    expect(await repository.listRefs('refs/heads/')).toEqual([]);
    expect(await repository.walk({ tips: [] })).toEqual([]);
    expect(await repository.isShallow()).toBe(false);
  });
});
