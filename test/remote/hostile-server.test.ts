import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RemoteUpdate } from '../../src/git/network.ts';
import { compareRemote } from '../../src/standing/compare-remote.ts';
import { clientWrite, idOf } from '../fixtures/entire-client.ts';
import { cleanEnvironment, git } from '../fixtures/git.ts';
import { type GitHttp, serveGit } from '../fixtures/git-http.ts';
import { type Answer, type Asked, type Between, serveBetween } from '../fixtures/http-between.ts';
import { BOTH_ENGINES } from '../fixtures/scale.ts';
import { withRepository } from '../migrate/support.ts';
import { fetchIn, pushIn, team } from './team.ts';

const V1 = 'refs/heads/entire/checkpoints/v1';

let server: GitHttp;
let between: Between;
let remote: string;
let ann: string;
let bob: string;
let answer: Parameters<typeof serveBetween>[1];
beforeEach(async () => {
  const { remote: bare, clones } = team('ann', 'bob');
  remote = bare;
  [ann = '', bob = ''] = clones;
  server = await serveGit(dirname(remote));
  answer = (_, real) => real();
  between = await serveBetween(server.url, (asked, real) => answer(asked, real));
  git(bob, 'remote', 'set-url', 'origin', addressOf(between));
  clientWrite(ann, { id: idOf('a1') });
  await pushIn(ann);
});
afterEach(async () => {
  await between.close();
  await server.close();
});

/** With the credentials that the real server wants. */
const addressOf = ({ url }: { url: string }, path = 'remote.git') =>
  `${url.replace('//', `//${new URL(server.urlWithPassword).username}:${new URL(server.urlWithPassword).password}@`)}/${path}`;
const fetchHere = (dir: string, options = {}) => fetchIn(dir, options, 'isomorphic');
const allRefs = (dir: string) => git(dir, 'for-each-ref', '--format=%(refname) %(objectname)', 'refs/');
const isListing = ({ body }: Asked) => body.includes('command=ls-refs');
const isPush = ({ method, path }: Asked) => method === 'POST' && path.endsWith('/git-receive-pack');
const line = (text: string | Buffer) => {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, '0')), bytes]);
};
const flush = Buffer.from('0000');

describe('a list of refs that is none prunes nothing', () => {
  const html = { headers: { 'Content-Type': 'text/html' }, body: '<html>Sign in</html>' };
  const type = { 'Content-Type': 'application/x-git-upload-pack-result' };
  test.each<[string, (whole: Buffer) => Answer, string]>([
    ['ends after its first line', (body) => ({ headers: type, body: firstLine(body) }), 'the connection broke off'],
    ['ends within a line', (body) => ({ headers: type, body: body.subarray(0, -20) }), 'the connection broke off'],
    ['is empty', () => ({ headers: type, body: '' }), 'the connection broke off'],
    ['is HTML', () => html, 'the answer is not one of a git server, but text/html'],
    ['is an error', () => ({ headers: type, body: line('ERR no\n') }), 'no'],
  ])('%s', async (_, change, message) => {
    await fetchHere(bob);
    const before = allRefs(bob);
    answer = async (asked, real) => (isListing(asked) ? change((await real()).body as Buffer) : real());
    await expect(fetchHere(bob)).rejects.toMatchObject({ code: 'REMOTE_FAILED', message: `origin: ${message}` });
    expect(allRefs(bob)).toBe(before);
  });

  test('its repository has SHA-256 ids', async () => {
    git(dirname(remote), 'init', '-q', '--bare', '--object-format=sha256', 'two.git');
    git(bob, 'remote', 'set-url', 'origin', addressOf(between, 'two.git'));
    const refusal = { code: 'REMOTE_FAILED', message: expect.stringContaining('object ids of sha256') };
    await expect(fetchHere(bob)).rejects.toMatchObject(refusal);
    clientWrite(bob, { id: idOf('b1') });
    await expect(pushIn(bob, {}, 'isomorphic')).rejects.toMatchObject(refusal);
  });
});

test.each(BOTH_ENGINES)('%s: refs with names that are none are left out, and the others come', async (engine) => {
  const id = git(remote, 'rev-parse', V1);
  const names = ['../../../../evil', 'a..b', 'x.lock', 'a//b', 'a\x1b[31m', ''];
  const bad = names.map((name) => line(`${id} refs/heads/entire/checkpoints/${name}\n`));
  answer = async (asked, real) => {
    const whole = await real();
    return isListing(asked) ? { ...whole, body: Buffer.concat([...bad, whole.body as Buffer]) } : whole;
  };
  expect(await fetchIn(bob, {}, engine)).toMatchObject({ status: 'fetched' });
  expect(git(bob, 'for-each-ref', '--format=%(refname)', 'refs/ckpt/remotes/origin/heads/')).toBe(
    'refs/ckpt/remotes/origin/heads/v1',
  );
  expect(readdirSync(join(bob, '.git'))).not.toContain('evil');
});

test.each(BOTH_ENGINES)('%s: refs at something else than a commit stop nobody', async (engine) => {
  const refOf = (word: string) => `refs/entire/checkpoints/${idOf(word).slice(-2)}/${idOf(word)}`;
  const tree = git(remote, 'rev-parse', `${V1}^{tree}`);
  const own = git(bob, 'commit-tree', '-m', 'own', git(bob, 'mktree', '-z'));
  git(bob, 'update-ref', refOf('b1'), own);
  git(bob, 'push', '-q', remote, refOf('b1'));
  const blob = git(remote, 'rev-parse', `${V1}:${idOf('a1').slice(0, 2)}/${idOf('a1').slice(2)}/metadata.json`);
  git(remote, 'tag', '-a', '-m', 'a tag', 'tag', V1);
  const bad = { b1: blob, b2: tree, b3: git(remote, 'rev-parse', 'refs/tags/tag') };
  for (const [word, id] of Object.entries(bad)) git(remote, 'update-ref', refOf(word), id);
  for (const time of ['the first', 'again']) {
    const { warnings } = await fetchIn(bob, {}, engine);
    expect([time, warnings]).toEqual([time, [expect.stringContaining('not at a commit, here or at origin')]]);
    for (const word of Object.keys(bad)) expect(warnings.join()).toContain(refOf(word));
  }
  expect(git(bob, 'for-each-ref', '--format=%(objectname)', 'refs/entire/checkpoints/')).toContain(own);
  expect(git(bob, 'for-each-ref', refOf('b2'), refOf('b3'))).toBe('');
  git(bob, 'update-ref', refOf('b4'), own);
  const { refs: sent } = await pushIn(bob, {}, engine);
  expect(sent.find(({ ref }) => ref === refOf('b4'))).toMatchObject({ outcome: 'pushed' });
  expect(sent.find(({ ref }) => ref === refOf('b1'))).toMatchObject({ outcome: 'diverged' });
  const { refs: standings } = await withRepository(bob, engine, (repo) => compareRemote(repo, {}));
  expect(standings.find(({ ref }) => ref === refOf('b1'))).toMatchObject({ standing: 'diverged' });
});

describe('a redirect', () => {
  test('to another server takes no credentials and no headers along', async () => {
    git(bob, 'config', 'http.extraHeader', 'X-Token: not-for-others');
    const other = await serveBetween(server.url, (_, real) => real());
    try {
      answer = ({ path }) => ({ status: 302, headers: { Location: other.url + path } });
      await expect(fetchHere(bob)).rejects.toMatchObject({ message: expect.stringContaining('401') });
      expect(between.asked[0]?.headers).toMatchObject({ 'x-token': 'not-for-others', authorization: /^Basic / });
      expect(other.asked).toHaveLength(1);
      expect(other.asked[0]?.headers).not.toHaveProperty('x-token');
      expect(other.asked[0]?.headers).not.toHaveProperty('authorization');
    } finally {
      await other.close();
    }
  });

  test('on the same server is followed, with them, and what comes next goes there at once', async () => {
    git(bob, 'remote', 'set-url', 'origin', addressOf(between, 'old.git'));
    answer = ({ path }, real) =>
      path.startsWith('/old.git/') ? { status: 301, headers: { Location: path.replace('old', 'remote') } } : real();
    expect(await fetchHere(bob)).toMatchObject({ status: 'fetched' });
    expect(between.asked.filter(({ path }) => path.startsWith('/old.git/'))).toHaveLength(1);
  });

  test.each([
    ['in a circle', '/remote.git/info/refs?service=git-upload-pack', 'redirects more than 20 times'],
    ['to a file', 'file:///etc/passwd', 'redirects to file:'],
  ])('%s', async (_, location, message) => {
    answer = () => ({ status: 302, headers: { Location: location } });
    await expect(fetchHere(bob)).rejects.toMatchObject({
      code: 'REMOTE_FAILED',
      message: expect.stringContaining(message),
    });
  });
});

test('a push whose report says that unpacking failed has pushed nothing, whatever it says of refs', async () => {
  const ref = 'refs/heads/one';
  const other = 'refs/heads/other';
  const update = (name: string) => ({ ref: name, old: null, new: git(ann, 'rev-parse', V1) }) as RemoteUpdate;
  const push = () =>
    withRepository(bob, 'isomorphic', (repo) =>
      repo.network().push('origin', [update(ref), update(other)], { isAtomic: false }),
    );
  git(bob, 'fetch', '-q', remote, V1);
  const report = (...lines: string[]) => {
    const inner = Buffer.concat([Buffer.from([1]), ...lines.map(line), flush]);
    const type = { 'Content-Type': 'application/x-git-receive-pack-result' };
    answer = (asked, real) => (isPush(asked) ? { headers: type, body: Buffer.concat([line(inner), flush]) } : real());
  };
  report('unpack index-pack failed\n', `ok ${ref}\n`, `ok ${other}\n`);
  const reason = expect.stringContaining('unpacker error: index-pack failed');
  expect(await push()).toMatchObject([
    { ref, outcome: 'refused', reason },
    { ref: other, outcome: 'refused', reason },
  ]);
  report('unpack ok\n', `ng ${other} see https://ann:not-for-logs@host/\n`);
  expect(await push()).toMatchObject([
    { ref, outcome: 'refused', reason: 'the server says nothing of it' },
    { ref: other, outcome: 'refused', reason: '[remote rejected] (see https://host/)' },
  ]);
});

test('a server that acknowledges several of the commits that are here', async () => {
  const tree = git(remote, 'mktree', '-z');
  const first = git(remote, 'commit-tree', '-m', 'first', tree);
  const second = git(remote, 'commit-tree', '-p', first, '-m', 'second', tree);
  const third = git(remote, 'commit-tree', '-p', second, '-m', 'third', tree);
  git(bob, 'fetch', '-q', remote, git(remote, 'rev-parse', V1));
  git(remote, 'update-ref', 'refs/heads/x', second);
  git(bob, 'fetch', '-q', remote, 'refs/heads/x');
  // The child is told first, and its parent then: the server knows it for one that is here, and says so again.
  git(bob, 'update-ref', 'refs/heads/a', second);
  git(bob, 'update-ref', 'refs/heads/b', first);
  git(remote, 'update-ref', 'refs/heads/x', third);
  await withRepository(bob, 'isomorphic', (repo) =>
    repo.network().fetch('origin', ['+refs/heads/x:refs/heads/x'], { copies: [] }),
  );
  expect(git(bob, 'rev-parse', 'refs/heads/x')).toBe(third);
});

test('a header that can not be sent is refused without its value', async () => {
  git(bob, 'config', 'http.extraHeader', 'X-Token: not\u2603for-logs');
  const failed = (await fetchHere(bob).catch((error: Error) => error)) as Error;
  expect(failed.message).toBe('a header in http.extraHeader has characters that HTTP does not allow');
});

describe('a fetch that is ended', () => {
  const start = () => {
    const program = fileURLToPath(new URL('../../bin/ckpt.js', import.meta.url));
    const args = [program, 'fetch', '--engine', 'isomorphic'];
    return spawn(process.execPath, args, { cwd: bob, env: cleanEnvironment(), stdio: 'ignore' });
  };
  const endOf = async (child: ChildProcess) => (await once(child, 'close')) as [number | null, string | null];

  test('by Ctrl-C while the server is silent, ends', async () => {
    let child: ChildProcess | undefined;
    answer = ({ method }, real) => {
      if (method !== 'POST') return real();
      child?.kill('SIGINT');
      return undefined;
    };
    child = start();
    expect(await endOf(child)).toEqual([130, null]);
  });

  test('by SIGKILL between its pack and its refs, is made good by the next one', async () => {
    const lock = join(bob, '.git/refs/ckpt/remotes/origin/heads/v1.lock');
    const folder = join(bob, '.git/objects/pack');
    const keeps = () => (existsSync(folder) ? readdirSync(folder) : []).filter((name) => name.endsWith('.keep'));
    // Somebody else's: the fetch waits for it, two seconds long.
    mkdirSync(dirname(lock), { recursive: true });
    writeFileSync(lock, '');
    const child = start();
    const ended = endOf(child);
    while (
      child.exitCode === null &&
      !(keeps().length > 0 && readdirSync(folder).some((name) => name.endsWith('.idx')))
    )
      await delay(5);
    child.kill('SIGKILL');
    expect(await ended).toEqual([null, 'SIGKILL']);
    expect(keeps()).toHaveLength(1);
    expect(allRefs(bob)).toBe('');
    rmSync(lock);
    expect(await fetchHere(bob)).toMatchObject({ status: 'fetched' });
    expect(keeps()).toEqual([]);
    expect(git(bob, 'fsck', '--connectivity-only', '--no-dangling')).toBe('');
  });
});

test('a ref that another process moves meanwhile is named, and the next fetch goes on', async () => {
  await fetchHere(bob);
  const tracked = 'refs/ckpt/remotes/origin/heads/v1';
  const here = git(bob, 'rev-parse', tracked);
  const theirs = git(remote, 'commit-tree', '-p', here, '-m', 'theirs', `${here}^{tree}`);
  git(remote, 'update-ref', V1, theirs);
  const other = git(bob, 'commit-tree', '-p', here, '-m', 'other', `${here}^{tree}`);
  answer = (asked, real) => {
    const isPack = asked.path.endsWith('/git-upload-pack') && !isListing(asked);
    if (isPack) git(bob, 'update-ref', tracked, other, here);
    return real();
  };
  await expect(fetchHere(bob)).rejects.toMatchObject({ code: 'REF_MOVED', message: expect.stringContaining(tracked) });
  answer = (_, real) => real();
  await fetchHere(bob);
  expect(git(bob, 'rev-parse', tracked)).toBe(theirs);
});

/** The first of some lines. */
function firstLine(body: Buffer): Buffer {
  return body.subarray(0, Number.parseInt(body.toString('latin1', 0, 4), 16));
}
