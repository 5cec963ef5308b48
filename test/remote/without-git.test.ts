import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { clientWrite, idOf } from '../fixtures/entire-client.ts';
import { git } from '../fixtures/git.ts';
import { type GitHttp, serveGit } from '../fixtures/git-http.ts';
import { migrateIn } from '../migrate/support.ts';
import { checkpointRefs, fetchIn, pushIn, team } from './team.ts';

let server: GitHttp;
let remote: string;
let ann: string;
let bob: string;
let isHalved: (service: string) => boolean;
beforeEach(async () => {
  const { remote: bare, clones } = team('ann', 'bob');
  remote = bare;
  [ann = '', bob = ''] = clones;
  isHalved = () => false;
  server = await serveGit(
    dirname(remote),
    () => false,
    (service) => isHalved(service),
  );
  for (const clone of clones) git(clone, 'remote', 'set-url', 'origin', `${server.urlWithPassword}/remote.git`);
});
afterEach(() => server.close());

const write = (dir: string, ...words: string[]) => {
  for (const word of words) clientWrite(dir, { id: idOf(word), author: dir });
};
const fetchHere = (dir: string, options = {}) => fetchIn(dir, options, 'isomorphic');
const allRefs = (dir: string) => git(dir, 'for-each-ref', '--format=%(refname) %(objectname)', 'refs/');

describe('a fetch', () => {
  test('brings the same refs as with git, whole, and again only what is new', async () => {
    write(ann, 'a1', 'a2', 'a3', 'a4');
    await migrateIn(ann, { maxCheckpoints: 3 });
    // A large pack with deltas, as hosts have it.
    await pushIn(ann);
    git(remote, 'repack', '-adq', '--depth=20', '--window=20');
    const whole = objectsIn(remote);
    expect(await fetchHere(bob)).toMatchObject({ status: 'fetched' });
    expect(checkpointRefs(bob)).toEqual(checkpointRefs(ann));
    expect(git(bob, 'fsck', '--full', '--strict', '--connectivity-only')).not.toMatch(/missing|broken/);
    expect(git(bob, 'verify-pack', ...packs(bob))).toBe('');
    expect(readdirSync(join(bob, '.git/objects/pack')).filter((name) => name.endsWith('.keep'))).toEqual([]);
    const before = packs(bob).length;
    expect(await fetchHere(bob)).toMatchObject({ status: 'up-to-date' });
    expect(packs(bob)).toHaveLength(before);

    write(ann, 'a5');
    await migrateIn(ann, { maxCheckpoints: 3 });
    await pushIn(ann);
    const known = objectsIn(bob);
    expect(await fetchHere(bob)).toMatchObject({ status: 'fetched' });
    expect(checkpointRefs(bob)).toEqual(checkpointRefs(ann));
    // Not exactly what is new: a server looks for what is known in the nearest commits alone.
    expect(objectsIn(bob) - known).toBeLessThan(whole);
  });

  test('unites what two have written as with git', async () => {
    write(ann, 'a1', 'a2');
    await pushIn(ann);
    await fetchIn(bob);
    write(ann, 'a3');
    write(bob, 'b1');
    await migrateIn(bob, { maxCheckpoints: 3 });
    await pushIn(ann);
    const other = join(dirname(bob), 'other');
    git(dirname(bob), 'clone', '-q', '--mirror', bob, other);
    git(other, 'config', 'remote.origin.url', `${server.urlWithPassword}/remote.git`);
    await fetchIn(other);
    await fetchHere(bob);
    expect(checkpointRefs(bob)).toEqual(checkpointRefs(other));
  });

  test('a ref that the remote has no more goes, and one below its name comes', async () => {
    git(
      remote,
      'update-ref',
      'refs/entire/checkpoints/aa/x',
      git(remote, 'commit-tree', '-m', 'a', git(remote, 'mktree', '-z')),
    );
    await fetchHere(bob);
    expect(allRefs(bob)).toContain('/aa/x');
    const commit = git(remote, 'rev-parse', 'refs/entire/checkpoints/aa/x');
    git(remote, 'update-ref', '-d', 'refs/entire/checkpoints/aa/x');
    git(remote, 'update-ref', 'refs/entire/checkpoints/aa/x/y', commit);
    await fetchHere(bob);
    expect(allRefs(bob)).toContain('/aa/x/y');
  });

  test('into a shallow clone', async () => {
    write(ann, 'a1', 'a2', 'a3');
    await pushIn(ann);
    const cut = join(dirname(bob), 'cut');
    git(
      dirname(bob),
      'clone',
      '-q',
      '--depth=1',
      '--no-checkout',
      '--branch=entire/checkpoints/v1',
      `file://${remote}`,
      cut,
    );
    git(cut, 'config', 'remote.origin.url', `${server.urlWithPassword}/remote.git`);
    write(ann, 'a4');
    await pushIn(ann);
    await fetchHere(cut, { merges: false });
    expect(allRefs(cut)).toContain(git(ann, 'rev-parse', 'entire/checkpoints/v1'));
    expect(git(cut, 'fsck')).toBe('');
  });
});

describe('what fails', () => {
  test('a fetch that breaks off leaves nothing behind, and the next one goes on', async () => {
    write(ann, 'a1', 'a2');
    await pushIn(ann);
    const before = allRefs(bob);
    let answers = 0;
    // The first one is asked for the refs.
    isHalved = (service) => service === 'git-upload-pack' && ++answers === 2;
    await expect(fetchHere(bob)).rejects.toMatchObject({ code: 'REMOTE_FAILED', message: /^origin: / });
    expect(answers).toBe(2);
    expect(allRefs(bob)).toBe(before);
    expect(readdirSync(join(bob, '.git/objects/pack'))).toEqual([]);
    await fetchHere(bob);
    expect(checkpointRefs(bob)).toEqual(checkpointRefs(ann));
  });

  test('a wrong password, and none: named, not printed; one in a header is taken', async () => {
    write(ann, 'a1');
    await pushIn(ann);
    git(bob, 'remote', 'set-url', 'origin', `${server.url.replace('//', '//ann:not-the-password@')}/remote.git`);
    const failed = await fetchHere(bob).catch((error: Error & { hint: unknown }) => error);
    expect(failed).toMatchObject({ code: 'REMOTE_FAILED', message: expect.stringContaining('401') });
    expect(failed).toMatchObject({ hint: expect.stringContaining('http.extraHeader') });
    expect(JSON.stringify([(failed as Error).message, failed])).not.toContain('not-the-password');
    git(bob, 'remote', 'set-url', 'origin', `${server.url}/remote.git`);
    await expect(fetchHere(bob)).rejects.toMatchObject({ code: 'REMOTE_FAILED' });
    const words = Buffer.from(new URL(server.urlWithPassword).href.slice('http://'.length).split('@')[0] ?? '');
    git(bob, 'config', `http.${server.url}/.extraHeader`, `Authorization: Basic ${words.toString('base64')}`);
    expect(await fetchHere(bob)).toMatchObject({ status: 'fetched' });
  });

  test.each(['ssh://git@127.0.0.1/x.git', 'git@127.0.0.1:x.git', '../remote.git', 'file:///x.git'])(
    '%s is refused, and the engine that helps is named',
    async (url) => {
      git(bob, 'remote', 'set-url', 'origin', url);
      const refusal = { code: 'ENGINE_UNAVAILABLE', hint: expect.stringContaining('--engine native') };
      await expect(fetchHere(bob)).rejects.toMatchObject(refusal);
    },
  );
});

function packs(dir: string): string[] {
  const folder = join(dir, '.git/objects/pack');
  return readdirSync(folder).flatMap((name) => (name.endsWith('.idx') ? join(folder, name) : []));
}

function objectsIn(dir: string): number {
  const counts = git(dir, 'count-objects', '-v');
  return Number(/^count: (\d+)/m.exec(counts)?.[1]) + Number(/^in-pack: (\d+)/m.exec(counts)?.[1]);
}
