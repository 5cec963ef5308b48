import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { clientWrite, idOf } from '../fixtures/entire-client.ts';
import { cleanEnvironment, git, gitBytes, refs } from '../fixtures/git.ts';
import { serveGit } from '../fixtures/git-http.ts';
import { freePort } from '../fixtures/loopback.ts';
import { shardPath, V1_REF } from '../fixtures/v1-builder.ts';
import { migrateIn } from '../migrate/support.ts';
import { checkpointRefs, fetchIn, pushIn, team } from './team.ts';

const checkpointRef = (id: string) => `refs/entire/checkpoints/${id.slice(-2)}/${id}`;
const ids = (count: number) => Array.from({ length: count }, (_, i) => idOf(`many ${i}`));

/** Many git-refs, which share a commit: to a push they are refs like any others. */
function writeMany(dir: string, count: number): string[] {
  const names = ids(count).map(checkpointRef);
  const commit = git(dir, 'commit-tree', '-m', 'Checkpoint', git(dir, 'mktree', '-z'));
  gitBytes(dir, ['update-ref', '--stdin'], { input: names.map((name) => `create ${name} ${commit}\n`).join('') });
  return names;
}

function hook(remote: string, name: string, script: string): void {
  mkdirSync(join(remote, 'hooks'), { recursive: true });
  git(remote, 'config', 'core.hooksPath', join(remote, 'hooks'));
  writeFileSync(join(remote, 'hooks', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

describe('many git-refs', () => {
  test('go 200 at a time', async () => {
    const { remote, clones } = team('ann');
    const [ann] = clones as [string];
    const names = writeMany(ann, 401);
    hook(remote, 'pre-receive', 'wc -l >> pushes');
    expect(await pushIn(ann)).toMatchObject({ status: 'pushed', refs: { length: 401 } });
    const counts = gitBytes(remote, ['hash-object', '-w', 'pushes']).toString().trim();
    expect(git(remote, 'cat-file', 'blob', counts).split('\n').map(Number)).toEqual([200, 200, 1]);
    expect(Object.keys(refs(remote, 'refs/entire/')).sort()).toEqual([...names].sort());
  });

  test('a remote that takes none of a push for the sake of one ref: the others arrive, and it is named', async () => {
    const { remote, clones } = team('ann');
    const [ann] = clones as [string];
    const names = writeMany(ann, 230);
    const [bad = ''] = names.slice(77);
    hook(remote, 'pre-receive', `! grep -q ${bad}`);
    const result = await pushIn(ann);
    expect(result.status).toBe('incomplete');
    expect(result.refs.filter(({ outcome }) => outcome !== 'pushed')).toMatchObject([{ ref: bad, outcome: 'refused' }]);
    expect(Object.keys(refs(remote, 'refs/entire/'))).toHaveLength(229);
  });

  test('what git can not send, since an object is absent here, is named with the object', async () => {
    const { remote, clones } = team('ann');
    const [ann] = clones as [string];
    const [whole = ''] = writeMany(ann, 1);
    const absent = '1'.repeat(40);
    const tree = gitBytes(ann, ['mktree', '--missing'], { input: `100644 blob ${absent}\tfull.jsonl\n` });
    const torn = checkpointRef(idOf('torn'));
    git(ann, 'update-ref', torn, git(ann, 'commit-tree', '-m', 'Checkpoint', tree.toString().trim()));
    const result = await pushIn(ann);
    expect(result.refs.filter(({ outcome }) => outcome === 'refused')).toMatchObject([
      { ref: torn, reason: expect.stringContaining(`: object ${absent} is absent from this repository`) },
    ]);
    expect(Object.keys(refs(remote, 'refs/entire/'))).toEqual([whole]);
  });

  test('a remote that takes nothing at all is not asked for each ref', async () => {
    const { remote, clones } = team('ann');
    const [ann] = clones as [string];
    writeMany(ann, 230);
    hook(remote, 'pre-receive', 'echo >> pushes; exit 1');
    const result = await pushIn(ann);
    expect(result.refs.every(({ outcome }) => outcome === 'refused')).toBe(true);
    expect(result.refs).toHaveLength(230);
    const log = gitBytes(remote, ['hash-object', '-w', 'pushes']).toString().trim();
    expect(git(remote, 'cat-file', '-s', log)).toMatch(/^\d\d$/);
  });
});

describe('hooks of the remote', () => {
  test('that are slow are waited for', async () => {
    const { remote, clones } = team('ann');
    const [ann] = clones as [string];
    clientWrite(ann, { id: idOf('a1') });
    writeMany(ann, 2);
    hook(remote, 'pre-receive', 'sleep 1');
    const before = performance.now();
    expect(await pushIn(ann)).toMatchObject({ status: 'pushed', warnings: [] });
    expect(performance.now() - before).toBeGreaterThan(2000); // V1, and git-refs after it
    expect(checkpointRefs(remote)).toEqual(checkpointRefs(ann));
  });

  /** A remote whose V1 Bob moves on while a push is there, so often: after the remote has said what it has, before it takes the push. */
  function moving(times: number) {
    const { remote, clones } = team('ann', 'bob');
    const [ann, bob] = clones as [string, string];
    clientWrite(bob, { id: idOf('b0') });
    git(bob, 'push', '-q', 'origin', V1_REF);
    for (let n = 1; n <= times; n++) {
      clientWrite(bob, { id: idOf(`b${n}`), author: 'Bob', at: 1_750_000_000 + n });
      git(bob, 'push', '-q', 'origin', `${V1_REF}:refs/parked/${n}`);
    }
    git(ann, 'fetch', '-q', 'origin', `${V1_REF}:${V1_REF}`);
    clientWrite(ann, { id: idOf('a1'), at: 1_750_000_500 });
    const next = `n=$(cat pushes 2>/dev/null || echo 0); n=$((n + 1)); echo $n >pushes`;
    const move = `env -u GIT_QUARANTINE_PATH git update-ref ${V1_REF} refs/parked/$n`;
    hook(remote, 'pre-receive', `${next}\n[ $n -gt ${times} ] || ${move}`);
    const pushes = () => Number(readFileSync(join(remote, 'pushes'), 'utf8'));
    const held = (dir: string) => git(dir, 'ls-tree', '-r', '--name-only', V1_REF).match(/^.{13}(?=\/metadata)/gm);
    return { remote, ann, pushes, held };
  }

  test('that move V1 between list and send: fetched, united and pushed again', async () => {
    const { remote, ann, pushes, held } = moving(1);
    expect(await pushIn(ann, { layouts: ['v1'] })).toMatchObject({
      status: 'pushed',
      refs: [{ ref: V1_REF, outcome: 'pushed' }],
      united: expect.arrayContaining([expect.objectContaining({ ref: V1_REF, change: 'merged' })]),
    });
    expect(pushes()).toBe(2);
    expect(git(remote, 'rev-parse', V1_REF)).toBe(git(ann, 'rev-parse', V1_REF));
    expect(held(remote)?.sort()).toEqual(['a1', 'b0', 'b1'].map((word) => shardPath(idOf(word))).sort());
  });

  test('that move V1 each time: given up after five times, with nothing lost', async () => {
    const { remote, ann, pushes, held } = moving(9);
    expect(await pushIn(ann, { layouts: ['v1'] })).toMatchObject({
      status: 'incomplete',
      refs: [{ ref: V1_REF, outcome: 'refused' }],
    });
    expect(pushes()).toBe(5);
    expect(git(remote, 'rev-parse', V1_REF)).toBe(git(remote, 'rev-parse', 'refs/parked/5'));
    expect(held(ann)).toContain(shardPath(idOf('a1')));
    expect(held(ann)).toContain(shardPath(idOf('b4')));
  });
});

describe('a server over HTTP', () => {
  test('that cuts a connection: what came through is there, the rest arrives in the same run', async () => {
    const { remote, clones } = team('ann');
    const [ann] = clones as [string];
    const names = writeMany(ann, 250);
    const server = await serveGit(dirname(remote), (push) => push === 2);
    try {
      git(ann, 'remote', 'set-url', 'origin', `${server.urlWithPassword}/remote.git`);
      expect(await pushIn(ann)).toMatchObject({ status: 'pushed' });
      expect(Object.keys(refs(remote, 'refs/entire/')).sort()).toEqual([...names].sort());
    } finally {
      await server.close();
    }
  });

  test('that is cut off for good: an error, nothing half done, and the next push goes on', async () => {
    const { remote, clones } = team('ann');
    const [ann] = clones as [string];
    for (const word of ['a1', 'a2', 'a3', 'a4']) clientWrite(ann, { id: idOf(word) });
    await migrateIn(ann, { maxCheckpoints: 3 });
    writeMany(ann, 3);
    let isDown = (push: number) => push > 1;
    const server = await serveGit(dirname(remote), (push) => isDown(push));
    try {
      git(ann, 'remote', 'set-url', 'origin', `${server.urlWithPassword}/remote.git`);
      await expect(pushIn(ann)).rejects.toMatchObject({ code: 'REMOTE_FAILED' });
      // V1 and V2 went in the push that came through, all of them.
      const arrived = Object.keys(checkpointRefs(remote));
      expect(arrived).toEqual(
        expect.arrayContaining(['refs/heads/entire/checkpoints/v1', 'refs/entire/checkpoints/v2/main']),
      );
      expect(arrived.filter((name) => !/v1|v2/.test(name))).toEqual([]);
      isDown = () => false;
      expect(await pushIn(ann)).toMatchObject({ status: 'pushed', refs: { length: 3 } });
      expect(checkpointRefs(remote)).toEqual(checkpointRefs(ann));
    } finally {
      await server.close();
    }
  });

  test('that knows no atomic pushes', async () => {
    const { remote, clones } = team('ann');
    const [ann] = clones as [string];
    git(remote, 'config', 'receive.advertiseAtomic', 'false');
    for (const word of ['a1', 'a2', 'a3', 'a4']) clientWrite(ann, { id: idOf(word) });
    await migrateIn(ann, { maxCheckpoints: 3 });
    const server = await serveGit(dirname(remote));
    try {
      git(ann, 'remote', 'set-url', 'origin', `${server.urlWithPassword}/remote.git`);
      expect(await pushIn(ann)).toMatchObject({ status: 'pushed' });
      expect(checkpointRefs(remote)).toEqual(checkpointRefs(ann));
    } finally {
      await server.close();
    }
  });
});

test('git daemon: pushed, fetched, and one that takes no pushes says so', async () => {
  const { remote, clones } = team('ann', 'bob');
  const [ann, bob] = clones as [string, string];
  clientWrite(ann, { id: idOf('a1') });
  const port = await freePort();
  const url = `git://127.0.0.1:${port}/remote.git`;
  const daemon = spawn(
    'git',
    ['daemon', '--reuseaddr', '--export-all', '--listen=127.0.0.1', `--port=${port}`, `--base-path=${dirname(remote)}`],
    { env: cleanEnvironment(), stdio: 'ignore', detached: true },
  );
  try {
    for (const clone of [ann, bob]) git(clone, 'remote', 'set-url', 'origin', url);
    await expect(answering(() => pushIn(ann))).rejects.toMatchObject({ code: 'REMOTE_FAILED' });
    git(remote, 'config', 'daemon.receivepack', 'true');
    expect(await pushIn(ann)).toMatchObject({ status: 'pushed' });
    expect(await fetchIn(bob)).toMatchObject({ status: 'fetched' });
    expect(checkpointRefs(bob)).toEqual(checkpointRefs(ann));
  } finally {
    stop(daemon);
  }
});

/** Tries again while nobody listens yet. */
async function answering<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (tries === 100 || !/onnection refused|unable to connect/.test((error as Error).message)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** The daemon and its child: `git` starts `git-daemon`. */
function stop({ pid }: ChildProcess): void {
  if (pid !== undefined) process.kill(-pid, 'SIGTERM');
}
