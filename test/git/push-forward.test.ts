import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { withOutgoingRefs } from '../../src/git/native/outgoing-refs.ts';
import type { RemoteUpdate } from '../../src/git/network.ts';
import { toObjectId } from '../../src/git/object-id.ts';
import { openRepository } from '../../src/git/open.ts';
import { git, gitBytes, initRepository, refs } from '../fixtures/git.ts';
import { serveGit } from '../fixtures/git-http.ts';
import { tempDir } from '../fixtures/temp.ts';

const REF = 'refs/entire/checkpoints/aa/0123456789';
const OTHER = 'refs/entire/checkpoints/bb/0123456789';

let root: string;
let dir: string;
let commit: string;
beforeEach(() => {
  root = tempDir();
  dir = join(root, 'clone');
  initRepository({ dir: join(root, 'remote.git'), bare: true });
  initRepository({ dir });
  commit = git(dir, 'commit-tree', git(dir, 'mktree', '-z'), '-m', 'one');
  git(dir, 'update-ref', 'refs/heads/own', commit);
});

/** Pushes two refs to `origin`, and returns what of a push stood in the command line of git. */
async function pushTwo(from = dir): Promise<string> {
  const trace = join(root, 'trace');
  rmSync(trace, { force: true });
  const repo = await openRepository({ dir: from, engine: 'native', env: { ...process.env, GIT_TRACE: trace } });
  try {
    const updates = [REF, OTHER].map((ref) => ({ ref, old: null, new: commit })) as RemoteUpdate[];
    const pushed = await repo.network().pushForward('origin', updates);
    expect(pushed.map(({ ref, outcome }) => [ref, outcome]).sort()).toEqual([
      [REF, 'pushed'],
      [OTHER, 'pushed'],
    ]);
  } finally {
    await repo.close();
  }
  expect(refs(join(root, 'remote.git'), 'refs/entire/')).toEqual({ [REF]: commit, [OTHER]: commit });
  return /built-in: git push .*/.exec(readFileSync(trace, 'utf8'))?.[0] ?? '';
}

const left = (gitDir: string) => readdirSync(join(gitDir, 'ckpt', 'push'));

test('git sees the refs of the push alone, and the remote of an included file by a relative path', async () => {
  appendFileSync(join(dir, '.git/config'), `[includeIf "gitdir:${root}/"]\n\tpath = more\n`);
  writeFileSync(join(dir, '.git/more'), '[remote "origin"]\n\turl = ../remote.git\n');
  expect(await pushTwo()).toContain('refs/ckpt/outgoing/*:*');
  expect(left(join(dir, '.git'))).toEqual([]);
});

test("from a linked worktree, with the worktree's own remote", async () => {
  git(dir, 'config', 'extensions.worktreeConfig', 'true');
  git(dir, 'worktree', 'add', '-q', '../linked', 'own');
  const linked = join(root, 'linked');
  git(linked, 'config', '--worktree', 'remote.origin.url', join(root, 'remote.git'));
  expect(await pushTwo(linked)).toContain('refs/ckpt/outgoing/*:*');
  expect(left(join(dir, '.git/worktrees/linked'))).toEqual([]);
});

test('from an unborn branch that HEAD is a link to (core.preferSymlinkRefs)', async () => {
  git(dir, 'remote', 'add', 'origin', '../remote.git');
  rmSync(join(dir, '.git/HEAD'));
  symlinkSync('refs/heads/unborn', join(dir, '.git/HEAD'));
  expect(await pushTwo()).toContain('refs/ckpt/outgoing/*:*');
});

test('where the configuration is for exactly this git directory, it is pushed from that', async () => {
  appendFileSync(join(dir, '.git/config'), `[includeIf "gitdir:${dir}/.git"]\n\tpath = more\n`);
  writeFileSync(join(dir, '.git/more'), '[remote "origin"]\n\turl = ../remote.git\n');
  expect(await pushTwo()).not.toContain('refs/ckpt/outgoing');
});

test('a shallow clone pushes what goes on from what the remote has', async () => {
  const bare = join(root, 'remote.git');
  const cut = git(dir, 'commit-tree', `${commit}^{tree}`, '-p', commit, '-m', 'two');
  git(dir, 'push', '-q', bare, `${cut}:refs/heads/base`);
  const shallow = join(root, 'shallow');
  git(root, 'clone', '-q', '--depth=1', '--no-checkout', '--branch=base', `file://${bare}`, 'shallow');
  commit = git(shallow, 'commit-tree', `${cut}^{tree}`, '-p', cut, '-m', 'three');
  expect(await pushTwo(shallow)).toContain('refs/ckpt/outgoing/*:*');
});

test('what a killed push left goes with the next one, and what a running one has stays', async () => {
  git(dir, 'remote', 'add', 'origin', join(root, 'remote.git'));
  await pushTwo();
  const folder = join(dir, '.git/ckpt/push');
  const owner = await ownerWhile(folder);
  const [, pid, rest] = /^(\d+)(-.*)$/.exec(owner) ?? [];
  const dead = `4194304${rest}`;
  for (const name of [dead, owner]) mkdirSync(join(folder, name, 'refs'), { recursive: true });
  expect(Number(pid)).toBe(process.pid);
  git(join(root, 'remote.git'), 'update-ref', '-d', REF);
  await pushTwo();
  expect(readdirSync(folder)).toEqual([owner]);
});

/** The name of the folder of a push by this process. */
async function ownerWhile(folder: string): Promise<string> {
  return withOutgoingRefs({ gitDir: join(dir, '.git') }, [], async () => readdirSync(folder)[0] ?? '');
}

test('a pack of 2 MB is one request over http, and two with the buffer that the configuration names', async () => {
  const posts: number[] = [];
  const server = await serveGit(root, (push) => {
    posts.push(push);
    return false;
  });
  try {
    git(dir, 'remote', 'add', 'origin', `${server.urlWithPassword}/remote.git`);
    const push = async (ref: string) => {
      writeFileSync(join(dir, 'large'), randomBytes(2_000_000));
      const input = `100644 blob ${git(dir, 'hash-object', '-w', 'large')}\tlarge\n`;
      const tree = gitBytes(dir, ['mktree'], { input }).toString().trim();
      const large = toObjectId(git(dir, 'commit-tree', tree, '-m', 'large'));
      const repo = await openRepository({ dir, engine: 'native' });
      const [pushed] = await repo.network().pushForward('origin', [{ ref, old: null, new: large }]);
      await repo.close();
      expect(pushed?.outcome).toBe('pushed');
    };
    await push(REF);
    expect(posts).toHaveLength(1);
    git(dir, 'config', 'http.postBuffer', '1m');
    await push(OTHER);
    expect(posts).toHaveLength(3);
  } finally {
    await server.close();
  }
});
