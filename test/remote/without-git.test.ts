import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Network, RemoteUpdate } from '../../src/git/network.ts';
import type { ObjectId } from '../../src/git/object-id.ts';
import type { EngineName } from '../../src/git/repository.ts';
import { clientWrite, idOf } from '../fixtures/entire-client.ts';
import { git, gitBytes, refs } from '../fixtures/git.ts';
import { type GitHttp, serveGit } from '../fixtures/git-http.ts';
import { BOTH_ENGINES } from '../fixtures/scale.ts';
import { migrateIn, withRepository } from '../migrate/support.ts';
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
const pushHere = (dir: string, options = {}) => pushIn(dir, options, 'isomorphic');
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

describe('a push', () => {
  test('brings the remote the same refs as with git, and only what it lacks', async () => {
    write(ann, 'a1', 'a2', 'a3', 'a4');
    await migrateIn(ann, { maxCheckpoints: 3 });
    const pushed = await pushHere(ann);
    expect(pushed).toMatchObject({ status: 'pushed' });
    expect(pushed.refs.map(({ outcome }) => outcome)).not.toContain('refused');
    expect(checkpointRefs(remote)).toEqual(checkpointRefs(ann));
    expect(git(remote, 'fsck', '--full', '--strict')).toBe('');
    expect(await pushHere(ann)).toMatchObject({ status: 'up-to-date' });
    const whole = objectsIn(remote);
    write(ann, 'a5');
    expect(await pushHere(ann)).toMatchObject({ status: 'pushed' });
    expect(checkpointRefs(remote)).toEqual(checkpointRefs(ann));
    expect(objectsIn(remote) - whole).toBeLessThan(whole);
  });

  test('a pack whose last object fills a piece', async () => {
    const content = randomBytes(100_000);
    const id = gitBytes(ann, ['hash-object', '-w', '--stdin'], { input: content }).toString().trim();
    const ref = 'refs/tags/large';
    expect(await outcomes(ann, 'isomorphic', [{ ref, old: null, new: id }], false)).toEqual({ [ref]: 'pushed' });
    expect(git(remote, 'rev-parse', ref)).toBe(id);
  }, 30_000);

  test('deltas that are here go as they are, those whose base does not go, whole', async () => {
    const blob = (end: string) => Buffer.from(`${randomBytes(20_000).toString('hex')}\n${end}`);
    let content = blob('0');
    const tips: string[] = [];
    for (let i = 0; i < 8; i++) {
      content = Buffer.concat([content, Buffer.from(`line ${i}\n`)]);
      const id = gitBytes(ann, ['hash-object', '-w', '--stdin'], { input: content }).toString().trim();
      const tree = gitBytes(ann, ['mktree'], { input: `100644 blob ${id}\tfile\n` })
        .toString()
        .trim();
      tips.push(git(ann, 'commit-tree', ...tips.slice(-1).flatMap((tip) => ['-p', tip]), '-m', `${i}`, tree));
    }
    git(ann, 'update-ref', 'refs/heads/growing', tips.at(-1) ?? '');
    git(ann, 'repack', '-adfq');
    const ref = 'refs/heads/growing';
    git(remote, 'config', 'receive.unpackLimit', '1');
    for (const [old, to] of [
      [null, tips[0]],
      [tips[0], tips[7]],
    ] as Array<[string | null, string]>) {
      expect(await outcomes(ann, 'isomorphic', [{ ref, old, new: to }], true)).toEqual({ [ref]: 'pushed' });
    }
    expect(git(remote, 'fsck', '--full', '--strict')).toBe('');
    expect(git(remote, 'rev-list', '--count', ref)).toBe('8');
    // Of each push one version whole, 20 KB of random bytes, and the others as deltas.
    const sizes = packs(remote).map((path) => statSync(path.replace(/idx$/, 'pack')).size);
    expect(sizes).toHaveLength(2);
    expect(Math.max(...sizes)).toBeLessThan(30_000);
  });

  test('what the remote has got meanwhile is fetched and united first', async () => {
    write(ann, 'a1');
    await pushHere(ann);
    await fetchHere(bob);
    write(ann, 'a2');
    write(bob, 'b1');
    await pushHere(ann);
    expect(await pushHere(bob)).toMatchObject({ status: 'pushed' });
    await fetchHere(ann);
    expect(checkpointRefs(remote)).toEqual(checkpointRefs(bob));
    expect(checkpointRefs(ann)).toEqual(checkpointRefs(bob));
  });

  test.each(BOTH_ENGINES)('%s: a lease that does not hold, one that does, and what a hook refuses', async (engine) => {
    const [one, two, three] = ['one', 'two', 'three'].map((word) => commit(ann, word)) as [string, string, string];
    hook('update', 'case $1 in */refused) echo no; exit 1;; esac');
    const names = ['moved', 'there', 'refused', 'new'].map((word) => `refs/heads/entire/${word}`);
    const [moved = '', there = '', refused = '', fresh = ''] = names;
    for (const name of [moved, there]) git(ann, 'push', '-q', remote, `${two}:${name}`);
    const updates = [
      { ref: moved, old: one, new: three },
      { ref: there, old: two, new: three },
      { ref: refused, old: null, new: one },
      { ref: fresh, old: null, new: one },
    ];
    expect(await outcomes(ann, engine, updates, false)).toEqual({
      [moved]: 'moved',
      [there]: 'pushed',
      [refused]: 'refused',
      [fresh]: 'pushed',
    });
    expect(Object.entries(checkpointRefs(remote)).sort()).toEqual(
      [
        [moved, two],
        [there, three],
        [fresh, one],
      ].sort(),
    );
    // All or none: neither where a lease does not hold, nor where the remote refuses one.
    const again = [{ ref: there, old: three, new: two }, updates[0] as (typeof updates)[0]];
    expect(await outcomes(ann, engine, again, true)).toEqual({ [there]: 'refused', [moved]: 'moved' });
    const other = [again[0] as (typeof again)[0], updates[2] as (typeof updates)[0]];
    expect(await outcomes(ann, engine, other, true)).toEqual({ [there]: 'refused', [refused]: 'refused' });
    expect(checkpointRefs(remote)[there]).toBe(three);
    const gone = await withNetwork(ann, engine, (network) =>
      network.delete('origin', [
        { ref: there, old: three as ObjectId },
        { ref: fresh, old: two as ObjectId },
      ]),
    );
    expect(gone.map(({ outcome }) => outcome).sort()).toEqual(['moved', 'pushed']);
    expect(Object.keys(checkpointRefs(remote)).sort()).toEqual([fresh, moved].sort());
  });

  test.each(BOTH_ENGINES)('%s: what only goes forward, and what would take something back', async (engine) => {
    const one = commit(ann, 'one');
    const two = git(ann, 'commit-tree', `${one}^{tree}`, '-p', one, '-m', 'two');
    const three = git(ann, 'commit-tree', `${one}^{tree}`, '-p', two, '-m', 'three');
    const aside = git(ann, 'commit-tree', `${one}^{tree}`, '-p', one, '-m', 'aside');
    hook('update', 'case $1 in */refused) echo no; exit 1;; esac');
    const names = ['forward', 'moved', 'ahead', 'refused', 'new'].map((word) => `refs/entire/checkpoints/aa/${word}`);
    const [forward = '', moved = '', ahead = '', refused = '', fresh = ''] = names;
    for (const [name, id] of Object.entries({ [forward]: one, [moved]: aside, [ahead]: three }))
      git(ann, 'push', '-q', remote, `${id}:${name}`);
    const updates = [
      { ref: forward, old: one, new: two },
      { ref: moved, old: one, new: two },
      { ref: ahead, old: one, new: two },
      { ref: refused, old: null, new: one },
      { ref: fresh, old: null, new: one },
    ];
    const pushed = await withNetwork(ann, engine, (network) =>
      network.pushForward('origin', updates as readonly Update[] as readonly RemoteUpdate[]),
    );
    expect(Object.fromEntries(pushed.map(({ ref, outcome }) => [ref, outcome]))).toEqual({
      [forward]: 'pushed',
      [moved]: 'moved',
      [ahead]: 'moved',
      [refused]: 'refused',
      [fresh]: 'pushed',
    });
    expect(pushed.flatMap(({ ref, words }) => (words === undefined ? [] : [[ref, words]]))).toEqual([[refused, 'no']]);
    expect(refs(remote, 'refs/entire/')).toEqual({ [forward]: two, [moved]: aside, [ahead]: three, [fresh]: one });
  });

  test('a server without atomic pushes gets them one after the other', async () => {
    git(remote, 'config', 'receive.advertiseAtomic', 'false');
    write(ann, 'a1', 'a2', 'a3', 'a4');
    await migrateIn(ann, { maxCheckpoints: 3 });
    expect(await pushHere(ann)).toMatchObject({ status: 'pushed' });
    expect(checkpointRefs(remote)).toEqual(checkpointRefs(ann));
  });

  test('one that breaks off is an error, and the next one goes on', async () => {
    write(ann, 'a1');
    isHalved = (service) => service === 'git-receive-pack';
    await expect(pushHere(ann)).rejects.toMatchObject({ code: 'REMOTE_FAILED' });
    isHalved = () => false;
    await pushHere(ann);
    expect(checkpointRefs(remote)).toEqual(checkpointRefs(ann));
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
      write(bob, 'b1');
      await expect(pushHere(bob)).rejects.toMatchObject(refusal);
    },
  );
});

type Update = { ref: string; old: string | null; new: string };

async function outcomes(dir: string, engine: EngineName, updates: readonly Update[], isAtomic: boolean) {
  const pushed = await withNetwork(dir, engine, (network) =>
    network.push('origin', updates as readonly RemoteUpdate[], { isAtomic }),
  );
  return Object.fromEntries(pushed.map(({ ref, outcome }) => [ref, outcome]));
}

function withNetwork<T>(dir: string, engine: EngineName, work: (network: Network) => Promise<T>): Promise<T> {
  return withRepository(dir, engine, (repo) => work(repo.network()));
}

function commit(dir: string, message: string): string {
  return git(dir, 'commit-tree', '-m', message, git(dir, 'mktree', '-z'));
}

function hook(name: string, script: string): void {
  mkdirSync(join(remote, 'hooks'), { recursive: true });
  git(remote, 'config', 'core.hooksPath', join(remote, 'hooks'));
  writeFileSync(join(remote, 'hooks', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

function packs(dir: string): string[] {
  const folder = join(dir, dir === remote ? '' : '.git', 'objects/pack');
  return readdirSync(folder).flatMap((name) => (name.endsWith('.idx') ? join(folder, name) : []));
}

function objectsIn(dir: string): number {
  const counts = git(dir, 'count-objects', '-v');
  return Number(/^count: (\d+)/m.exec(counts)?.[1]) + Number(/^in-pack: (\d+)/m.exec(counts)?.[1]);
}
