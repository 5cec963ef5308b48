import { mkdirSync, readdirSync, realpathSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EngineUnavailableError, NotARepositoryError } from '../../../src/git/errors.ts';
import { openRepository } from '../../../src/git/open.ts';
import { GitRepo } from '../git-repo.ts';
import { describeContract, rejection } from './suite.ts';

describeContract('finding the repository', ({ engine, newRepo, open }) => {
  test('from a folder below the work tree', async () => {
    const repo = newRepo();
    const top = realpathSync(repo.dir);
    mkdirSync(join(repo.dir, 'a/b'), { recursive: true });
    for (const dir of [repo.dir, join(repo.dir, 'a/b')]) {
      const repository = await open(repo, { dir });
      expect(repository).toMatchObject({ gitDir: join(top, '.git'), commonDir: join(top, '.git'), workTree: top });
      expect(repository.objectFormat).toBe('sha1');
    }
    const inside = await open(repo, { dir: join(repo.dir, '.git/objects') });
    expect(inside.commonDir).toBe(join(top, '.git'));
    expect(inside.workTree).toBeUndefined();
    expect(await inside.engineVersion()).toMatch(engine === 'native' ? /^git \d/ : /^isomorphic-git \d/);
  });

  test('a bare repository', async () => {
    const repo = newRepo(['--bare']);
    const dir = realpathSync(repo.dir);
    const id = repo.commit('one');
    const repository = await open(repo);
    expect(repository).toMatchObject({ gitDir: dir, commonDir: dir, workTree: undefined });
    await repository.updateRefs([{ ref: 'refs/heads/main', old: null, new: id }], 'made');
    expect(repo.refs()).toEqual([`${id} refs/heads/main`]);
  });

  test('a linked worktree shares refs and objects', async () => {
    const repo = newRepo();
    const id = repo.commit('one');
    repo.setRef('refs/heads/main', id);
    const dir = join(realpathSync(repo.root), 'linked');
    repo.git(['worktree', 'add', '--quiet', '-b', 'side', dir, id]);
    const common = realpathSync(join(repo.dir, '.git'));
    mkdirSync(join(dir, 'sub'));
    const repository = await open(repo, { dir: join(dir, 'sub') });
    expect(repository).toMatchObject({ gitDir: join(common, 'worktrees/linked'), commonDir: common, workTree: dir });
    const writer = repository.objectWriter();
    const blob = writer.add('blob', Buffer.from('from the worktree'));
    await writer.flush();
    await repository.updateRefs(
      [
        { ref: 'refs/entire/a', old: null, new: id },
        { ref: 'refs/entire/b', old: null, new: blob },
      ],
      'from the worktree',
    );
    expect(await (await open(repo)).resolveRef('refs/entire/b')).toBe(blob);
    expect(repo.git(['cat-file', 'blob', 'refs/entire/b'])).toBe('from the worktree');
    expect(await repository.resolveRef('refs/heads/side')).toBe(id);
  });

  test('no repository', async () => {
    const repo = newRepo();
    const outside = await rejection(open(repo, { dir: repo.root }));
    expect(outside).toBeInstanceOf(NotARepositoryError);
    expect(outside.message).toContain(repo.root);
    mkdirSync(join(repo.root, 'lost'));
    writeFileSync(join(repo.root, 'lost/.git'), 'gitdir: ../nowhere\n');
    expect(await rejection(open(repo, { dir: join(repo.root, 'lost') }))).toBeInstanceOf(NotARepositoryError);
    expect(await rejection(open(repo, { dir: join(repo.root, 'absent') }))).toBeInstanceOf(NotARepositoryError);
  });

  test('GIT_DIR counts where it is honoured, and only there', async () => {
    const [here, other] = [newRepo(), newRepo(['--bare'])];
    const env = { ...here.env, GIT_DIR: other.dir };
    const other_ = realpathSync(other.dir);
    expect((await open(here, { env })).commonDir).toBe(join(realpathSync(here.dir), '.git'));
    expect((await open(here, { env, honourGitEnv: true })).commonDir).toBe(other_);

    // As a hook has it: relative to where it runs, which may be no repository at all.
    const relative = { ...here.env, GIT_DIR: 'repo/.git', GIT_WORK_TREE: 'repo', GIT_INDEX_FILE: 'nowhere' };
    const hook = await open(here, { dir: here.root, env: relative, honourGitEnv: true });
    expect(hook).toMatchObject({ gitDir: join(realpathSync(here.dir), '.git'), workTree: realpathSync(here.dir) });
    const id = here.commit('one');
    await hook.updateRefs([{ ref: 'refs/heads/main', old: null, new: id }], 'hook');
    expect(here.refs()).toEqual([`${id} refs/heads/main`]);
    expect(other.refs()).toEqual([]);

    const wrong = open(here, { env: { ...here.env, GIT_DIR: '/nowhere' }, honourGitEnv: true });
    expect(await rejection(wrong)).toBeInstanceOf(NotARepositoryError);
  });

  test.runIf(engine === 'native')(
    'objects go where the environment has them, and nothing keeps them there',
    async () => {
      const repo = newRepo();
      const objects = join(realpathSync(repo.root), 'objects of its own');
      mkdirSync(objects);
      const env = { ...repo.env, GIT_OBJECT_DIRECTORY: objects };
      expect((await open(repo, { env })).objectsDir).toBe(join(realpathSync(repo.dir), '.git/objects'));
      const repository = await open(repo, { env, honourGitEnv: true });
      expect(repository.objectsDir).toBe(objects);
      const writer = repository.objectWriter();
      const id = writer.add('blob', Buffer.from('content'));
      await writer.flush();
      const kinds = () => readdirSync(join(objects, 'pack')).map((name) => extname(name));
      expect(kinds().sort()).toEqual(['.idx', '.keep', '.pack']);
      await repository.releaseObjects();
      expect(kinds().sort()).toEqual(['.idx', '.pack']);
      expect(readdirSync(repo.gitPath('objects/pack'))).toEqual([]);
      expect((await repository.readObjects([id]))[0]?.content.toString()).toBe('content');
    },
  );

  test('configuration: the repository before the user, absent keys', async () => {
    const repo = newRepo();
    writeFileSync(join(repo.root, 'home/.gitconfig'), '[user]\n\tname = Some Body\n\temail = some@body\n');
    repo.git(['config', 'user.email', 'one@repo']);
    repo.git(['config', '--add', 'user.email', 'two@repo']);
    const repository = await open(repo);
    expect(await repository.config('user.name')).toBe('Some Body');
    expect(await repository.config('user.email')).toBe('two@repo');
    expect(await repository.config('gc.auto')).toBe('0');
    expect(await repository.config('ckpt.absent')).toBeUndefined();
  });

  test('borrowed objects: the native engine reads them, the other one refuses', async () => {
    const repo = newRepo();
    const id = repo.commit('one');
    repo.setRef('refs/heads/main', id);
    const dir = join(repo.root, 'borrower');
    repo.git(['clone', '--quiet', '--shared', '--bare', repo.dir, dir]);
    if (engine === 'native') {
      const repository = await open(repo, { dir });
      expect((await repository.readObjects([id]))[0]?.type).toBe('commit');
      expect(await repository.walk({ tips: [id] })).toEqual([{ id, parents: [] }]);
    } else {
      const error = await rejection(open(repo, { dir }));
      expect(error).toBeInstanceOf(EngineUnavailableError);
      expect(error.message).toContain('objects/info/alternates');
      expect(error.hint).toContain('--engine native');
    }
  });

  test('SHA-256: the native engine serves it, the other one refuses', async () => {
    const repo = newRepo(['--object-format=sha256']);
    if (engine === 'native') {
      const repository = await open(repo);
      expect(repository.objectFormat).toBe('sha256');
      const writer = repository.objectWriter();
      const id = writer.add('blob', Buffer.from('x'));
      expect(id).toHaveLength(64);
      await writer.flush();
      await repository.updateRefs([{ ref: 'refs/entire/x', old: null, new: id }], 'made');
      expect(repo.refs()).toEqual([`${id} refs/entire/x`]);
    } else {
      const error = await rejection(open(repo));
      expect(error).toBeInstanceOf(EngineUnavailableError);
      expect(error.message).toContain('sha256');
      expect(error.hint).toContain('--engine native');
    }
  });
});

describe('what the isomorphic engine refuses', () => {
  const V1 = '[core]\n\trepositoryformatversion = 1\n';
  test.each([
    ['reftable', `${V1}[extensions]\n\trefStorage = reftable\n`, /refStorage = reftable/i],
    ['an extension with the name of what every object has', `${V1}[extensions]\n\tconstructor = yes\n`, /constructor/],
    ['an extension of tomorrow', `${V1}[extensions]\n\tfancy = yes\n`, /fancy/],
    ['a format of tomorrow', '[core]\n\trepositoryformatversion = 2\n', /version 2/],
  ])('%s', async (_, config, reason) => {
    const repo = new GitRepo();
    writeFileSync(repo.gitPath('config'), config);
    const error = await rejection(openRepository({ dir: repo.dir, env: repo.env, engine: 'isomorphic' }));
    expect(error).toBeInstanceOf(EngineUnavailableError);
    expect(error.message).toMatch(reason);
    expect(error.hint).toContain('--engine native');
    repo.remove();
  });

  test('but not extensions that change nothing for it', async () => {
    const repo = new GitRepo();
    writeFileSync(
      repo.gitPath('config'),
      `${V1}[extensions]\n\tnoop = true\n\tworktreeConfig\n\tpartialClone = origin\n\tobjectFormat = SHA1\n\trefStorage = files\n[remote "x"]\n\tfancy = yes\n`,
    );
    const repository = await openRepository({ dir: repo.dir, env: repo.env, engine: 'isomorphic' });
    expect(await repository.listRefs()).toEqual([]);
    await repository.close();
    repo.remove();
  });
});
