import { execFile } from 'node:child_process';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clientWrite, idOf } from '../fixtures/entire-client.ts';
import { cleanEnvironment, git } from '../fixtures/git.ts';
import { type GitHttp, PASSWORD, serveGit, USER } from '../fixtures/git-http.ts';
import { type Asked, type Between, serveBetween } from '../fixtures/http-between.ts';
import { BOTH_ENGINES } from '../fixtures/scale.ts';
import { pushIn, team } from '../remote/team.ts';

const PROGRAM = resolve('bin/ckpt.js');
const start = promisify(execFile);

/** In the body of a request for objects. */
const OBJECTS = /command=fetch|want [0-9a-f]{40}/;

let server: GitHttp;
let between: Between;
let ann: string;
let url: string;

/** Ann has pushed a commit that names a checkpoint, and the checkpoint. */
beforeEach(async () => {
  const { remote, clones } = team('ann');
  [ann] = clones as [string];
  git(remote, 'config', 'uploadpack.allowFilter', 'true');
  server = await serveGit(dirname(remote));
  between = await serveBetween(server.url, (_, real) => real());
  url = `${between.url.replace('//', `//${USER}:${PASSWORD}@`)}/remote.git`;
  git(ann, 'remote', 'set-url', 'origin', remote);
  await writeAndPush('a1');
});
afterEach(async () => {
  await between.close();
  await server.close();
});

async function writeAndPush(word: string): Promise<void> {
  clientWrite(ann, { id: idOf(word) });
  const tree = git(ann, 'mktree', '-z');
  const commit = git(ann, 'commit-tree', '-m', `Work\n\nEntire-Checkpoint: ${idOf(word)}`, tree);
  git(ann, 'update-ref', 'refs/heads/main', commit);
  git(ann, 'push', '-q', '-f', 'origin', 'main');
  await pushIn(ann);
}

/** Clones by way of the server in between, then lets Ann go on, so that the remote has what the clone has not. */
async function cloneBehind(...options: string[]): Promise<string> {
  const clone = join(dirname(ann), 'clone');
  await start('git', ['clone', '-q', '--no-checkout', ...options, url, clone], { env: cleanEnvironment() });
  await start('git', ['-C', clone, 'branch', '-q', 'entire/checkpoints/v1', 'origin/entire/checkpoints/v1'], {
    env: cleanEnvironment(),
  });
  await writeAndPush('a2');
  between.asked.length = 0;
  return clone;
}

/** What a request asks for, in the clear. */
function bodyOf({ headers, body }: Asked): string {
  return (headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString('latin1');
}

/** What the server got, without the first try that git makes without the password. */
function authorized(): Asked[] {
  return between.asked.filter(({ headers }) => headers.authorization !== undefined);
}

describe.each(BOTH_ENGINES)('a look at a remote asks twice at most, and for no object (%s)', (engine) => {
  it.each([
    ['verify', 'all'],
    ['status', 'all'],
    ['verify', 'no blobs'],
    ['status', 'no blobs'],
  ])('ckpt %s --remote, in a clone with %s', async (command, has) => {
    const clone = await cloneBehind(...(has === 'all' ? [] : ['--filter=blob:none']));
    const args = [PROGRAM, command, '--remote', '--json', '--engine', engine, '-C', clone];
    const { stdout } = await start(process.execPath, args, { env: cleanEnvironment() }).catch(
      (error: Error & { stdout: string }) => error,
    );
    const { remote } = JSON.parse(stdout);
    expect(remote.layouts).toContainEqual(expect.objectContaining({ layout: 'v1', unknownCount: 1 }));
    expect(authorized().length).toBeGreaterThan(0);
    expect(authorized().length).toBeLessThanOrEqual(2);
    expect(between.asked.map(bodyOf).filter((body) => OBJECTS.test(body))).toEqual([]);
    // What was not asked for is absent, and the server in between sees it when it is.
    const listed = git(clone, 'rev-list', '--objects', '--missing=print', 'entire/checkpoints/v1');
    expect(/^\?/m.test(listed)).toBe(has === 'no blobs');
    await start('git', ['-C', clone, 'fetch', '-q', 'origin'], { env: cleanEnvironment() });
    expect(between.asked.map(bodyOf).filter((body) => OBJECTS.test(body))).not.toEqual([]);
  });
});
