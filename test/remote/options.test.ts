import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ProgressEvent } from '../../src/checkpoint/progress.ts';
import { migrateBetween } from '../../src/migrate/between/migrate-between.ts';
import { compareRemote } from '../../src/standing/compare-remote.ts';
import { afterEvent, NOTHING_YET } from '../../src/ui/live/progress-state.ts';
import { verify } from '../../src/verify/verify.ts';
import { clientWrite, idOf } from '../fixtures/entire-client.ts';
import { git, refs } from '../fixtures/git.ts';
import { V1_REF } from '../fixtures/v1-builder.ts';
import { listing, migrateIn, withRepository } from '../migrate/support.ts';
import { checkpointRefs, fetchIn, pushIn, settings, team } from './team.ts';

const [a1, a2, a3, a4, b1] = ['a1', 'a2', 'a3', 'a4', 'b1'].map(idOf) as [string, string, string, string, string];
const V2 = 'refs/entire/checkpoints/v2/';
const TRACKED = 'refs/ckpt/remotes/origin/';
const checkpointRef = (id: string) => `refs/entire/checkpoints/${id.slice(-2)}/${id}`;

/** A clone with V1, V2 with an archive, and a checkpoint in git-refs; and another, empty one. */
async function written() {
  const { remote, clones } = team('ann', 'bob');
  const [ann, bob] = clones as [string, string];
  for (const id of [a1, a2, a3, a4]) clientWrite(ann, { id });
  await migrateIn(ann, { maxCheckpoints: 3, sizeRecord: { maxCheckpoints: 3, revision: 1 } });
  const tree = git(ann, 'rev-parse', `${V1_REF}:${a1.slice(0, 2)}/${a1.slice(2)}`);
  git(ann, 'update-ref', checkpointRef(a1), git(ann, 'commit-tree', '-m', `Checkpoint: ${a1}`, tree));
  return { remote, ann, bob };
}

/** V2 follows from V1; git-refs have one checkpoint alone. */
async function expectV2Consistent(dir: string): Promise<void> {
  const { findings } = await withRepository(dir, 'native', (repo) =>
    verify(repo, { from: 'v1', to: 'v2', maxCheckpoints: 3 }),
  );
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
}

describe('ckpt push', () => {
  test('--layout: that layout, and no other', async () => {
    const { remote, ann } = await written();
    const names = () => Object.keys(checkpointRefs(remote)).sort();
    await pushIn(ann, { layouts: ['refs'] });
    expect(names()).toEqual([checkpointRef(a1)]);
    await pushIn(ann, { layouts: ['v1'] });
    expect(names()).toEqual([checkpointRef(a1), V1_REF].sort());
    await pushIn(ann, { layouts: ['v2'] });
    expect(checkpointRefs(remote)).toEqual(checkpointRefs(ann));
  });

  test('--dry-run: names each ref and writes nothing, here or there', async () => {
    const { remote, ann } = await written();
    const before = [listing(ann), listing(remote)];
    const planned = await pushIn(ann, { dryRun: true });
    expect([listing(ann), listing(remote)]).toEqual(before);
    expect(planned.refs.map(({ ref }) => ref).sort()).toEqual(Object.keys(checkpointRefs(ann)).sort());
    const { refs: sent, objectCount } = await pushIn(ann);
    expect(sent.map(({ ref }) => ref).sort()).toEqual(planned.refs.map(({ ref }) => ref).sort());
    expect(objectCount).toBe(planned.objectCount);
  });

  test('--dry-run: counts what is made of V1 first, V2 and git-refs', async () => {
    const { remote, ann } = await written();
    await withRepository(ann, 'native', (repo) => migrateBetween(repo, { from: 'v1', to: 'refs' }));
    await pushIn(ann);
    for (const word of ['a5', 'a6', 'a7']) clientWrite(ann, { id: idOf(word) });
    clientWrite(ann, { id: a2, finalize: true });
    const before = [listing(ann), listing(remote)];
    const planned = await pushIn(ann, { dryRun: true });
    expect([listing(ann), listing(remote)]).toEqual(before);
    const { refs: sent, objectCount } = await pushIn(ann);
    const moves = (all: typeof sent) => all.map(({ ref, new: to }) => `${ref} ${to}`).sort();
    expect(moves(planned.refs)).toEqual(moves(sent));
    expect(planned.objectCount).toBe(objectCount);
    expect(planned.byteCount).toBeGreaterThan(0);
  });

  test('checkpoint_remote: to the repository of the settings, unless origin is a fork', async () => {
    const { remote, ann } = await written();
    const host = join(dirname(remote), 'host');
    for (const name of ['ann/code', 'ann/checkpoints', 'bob/code'])
      git(ann, 'init', '-q', '--bare', `${host}/${name}.git`);
    git(ann, 'config', `url.${host}/.insteadOf`, 'https://github.com/');
    git(ann, 'remote', 'set-url', 'origin', 'https://github.com/ann/code.git');
    settings(ann, { checkpoint_remote: { provider: 'github', repo: 'ann/checkpoints' } });
    expect(await pushIn(ann)).toMatchObject({ status: 'pushed', remote: 'checkpoints' });
    expect(checkpointRefs(join(host, 'ann/checkpoints.git'))).toEqual(checkpointRefs(ann));
    expect(checkpointRefs(join(host, 'ann/code.git'))).toEqual({});
    expect(await fetchIn(ann)).toMatchObject({ remote: 'checkpoints' });
    git(ann, 'remote', 'set-url', 'origin', 'https://github.com/bob/code.git');
    expect(await pushIn(ann)).toMatchObject({ status: 'pushed', remote: 'origin' });
    expect(checkpointRefs(join(host, 'bob/code.git'))).toEqual(checkpointRefs(ann));
  });
});

describe('a remote that is pushed to another repository than it is fetched from', () => {
  /** Ann's origin is fetched from the team's repository, and pushed to a fork. */
  async function forked(how: 'pushurl' | 'pushInsteadOf') {
    const { remote, ann, bob } = await written();
    await pushIn(ann);
    const fork = join(dirname(remote), 'fork.git');
    git(ann, 'clone', '-q', '--mirror', remote, fork);
    if (how === 'pushurl') git(ann, 'config', 'remote.origin.pushurl', '../fork.git');
    else git(ann, 'config', 'url.../fork.git.pushInsteadOf', '../remote.git');
    return { remote, ann, bob, fork };
  }

  test.each(['pushurl', 'pushInsteadOf'] as const)(
    '%s: what it lacks is pushed, and nothing here is taken back',
    async (how) => {
      const { remote, ann, fork } = await forked(how);
      const before = checkpointRefs(remote);
      for (const word of ['a5', 'a6']) {
        clientWrite(ann, { id: idOf(word) });
        expect(await pushIn(ann)).toMatchObject({ status: 'pushed', remote: '../fork.git', warnings: [] });
        expect(checkpointRefs(fork)).toEqual(checkpointRefs(ann));
        const here = checkpointRefs(ann);
        expect(await fetchIn(ann)).toMatchObject({ remote: 'origin', united: [], warnings: [] });
        expect(checkpointRefs(ann)).toEqual(here);
        expect(await pushIn(ann)).toMatchObject({ status: 'up-to-date' });
      }
      expect(checkpointRefs(remote)).toEqual(before);
    },
  );

  test('what arrived is looked for there', async () => {
    const { remote, ann, bob, fork } = await forked('pushurl');
    clientWrite(ann, { id: idOf('a5') });
    await pushIn(ann);
    const { refs: standings } = await withRepository(ann, 'native', (repo) => compareRemote(repo, {}));
    expect(new Set(standings.map(({ standing }) => standing))).toEqual(new Set(['in-step']));
    // What the team has meanwhile comes with a fetch, and goes on to the fork.
    await fetchIn(bob);
    clientWrite(bob, { id: b1 });
    await pushIn(bob);
    await fetchIn(ann);
    await pushIn(ann);
    expect(checkpointRefs(fork)).toEqual(checkpointRefs(ann));
    expect(checkpointRefs(remote)).not.toEqual(checkpointRefs(ann));
  });

  test('one URL of several is that of the fetch: pushed to all; none is: said', async () => {
    const { remote, ann, fork } = await forked('pushurl');
    git(ann, 'config', '--add', 'remote.origin.pushurl', `file://${dirname(remote)}/third.git`);
    await expect(pushIn(ann)).rejects.toMatchObject({ code: 'NO_REMOTE' });
    git(ann, 'config', '--replace-all', 'remote.origin.pushurl', '../remote.git', 'third');
    clientWrite(ann, { id: idOf('a5') });
    expect(await pushIn(ann)).toMatchObject({ status: 'pushed', remote: 'origin' });
    expect(checkpointRefs(fork)).toEqual(checkpointRefs(remote));
    expect(checkpointRefs(fork)).toEqual(checkpointRefs(ann));
  });
});

describe('another repository than before', () => {
  /** Bob's V1 and V2 of four checkpoints are at `old`; and what ann has written since at the remote. */
  async function moved() {
    const { remote, ann, bob } = await written();
    await pushIn(ann);
    const old = join(dirname(remote), 'old.git');
    git(ann, 'clone', '-q', '--mirror', remote, old);
    clientWrite(ann, { id: idOf('a5') });
    await pushIn(ann);
    await fetchIn(bob);
    return { remote, old, ann, bob };
  }

  test.each(['fetch', 'push'])('git remote set-url, then %s: what it lacks was not taken back there', async (verb) => {
    const { old, ann, bob } = await moved();
    const before = checkpointRefs(bob);
    git(bob, 'remote', 'set-url', 'origin', old);
    const { refs: planned } = await pushIn(bob, { dryRun: true });
    expect(planned.find(({ ref }) => ref === V1_REF)).toMatchObject({ outcome: 'to-push' });
    expect((await fetchIn(bob, { dryRun: true })).fetched).toHaveLength(Object.keys(checkpointRefs(old)).length);
    const { warnings } = verb === 'fetch' ? await fetchIn(bob) : await pushIn(bob);
    expect([warnings, checkpointRefs(bob)]).toEqual([[], before]);
    await pushIn(bob);
    expect(checkpointRefs(old)).toEqual(checkpointRefs(ann));
  });

  test('another way to the same one: what was rewritten there is followed', async () => {
    const { remote, bob } = await moved();
    git(bob, 'remote', 'set-url', 'origin', `file://${remote}`);
    await fetchIn(bob);
    git(remote, 'update-ref', V1_REF, `${V1_REF}~1`);
    git(bob, 'remote', 'set-url', 'origin', remote.replace(/\.git$/, ''));
    expect((await fetchIn(bob)).warnings).toEqual([expect.stringContaining('a V1 that was rewritten')]);
    expect(git(bob, 'rev-parse', V1_REF)).toBe(git(remote, 'rev-parse', V1_REF));
  });

  test('names that are kept as one', async () => {
    const { remote, old, bob } = await moved();
    git(bob, 'remote', 'add', 'team/x', remote);
    git(bob, 'remote', 'add', 'team-x', old);
    const before = checkpointRefs(bob);
    for (const name of ['team/x', 'team-x', 'team/x']) {
      expect(await fetchIn(bob, { remote: name })).toMatchObject({ united: [], warnings: [] });
      expect(checkpointRefs(bob)).toEqual(before);
    }
  });
});

test('settings with the names of what every object has mean nothing', async () => {
  const { ann } = await written();
  settings(ann, {
    checkpoint_remote: { provider: 'constructor', repo: 'ann/checkpoints' },
    strategy_options: JSON.parse('{"__proto__":{"push_sessions":false}}'),
  });
  expect(await pushIn(ann)).toMatchObject({ status: 'pushed', remote: 'origin' });
});

describe('ckpt fetch', () => {
  test('--dry-run: names each ref and writes nothing', async () => {
    const { ann, bob, remote } = await written();
    await pushIn(ann);
    const before = [listing(bob), listing(remote)];
    const { status, fetched } = await fetchIn(bob, { dryRun: true });
    expect([listing(bob), listing(remote)]).toEqual(before);
    expect([status, fetched.map(({ ref }) => ref).sort()]).toEqual([
      'planned',
      Object.keys(checkpointRefs(ann)).sort(),
    ]);
  });

  test('--no-merge: beside the own refs, which stay; the next fetch unites', async () => {
    const { ann, bob } = await written();
    await pushIn(ann);
    clientWrite(bob, { id: b1, author: 'Bob' });
    const before = checkpointRefs(bob);
    await fetchIn(bob, { merges: false });
    expect(checkpointRefs(bob)).toEqual(before);
    expect(Object.values(refs(bob, `${TRACKED}heads/`, `${TRACKED}checkpoints/`)).sort()).toEqual(
      Object.values(checkpointRefs(ann)).sort(),
    );
    await fetchIn(bob);
    expect(git(bob, 'rev-list', '--parents', '-1', V1_REF).split(' ')).toHaveLength(3);
    await expectV2Consistent(bob);
  });

  test("--metadata-only: V2's main and manifest, and no transcript", async () => {
    const { ann, bob } = await written();
    await pushIn(ann);
    await fetchIn(bob, { isMetadataOnly: true });
    expect(checkpointRefs(bob)).toEqual({});
    const tracked = refs(bob, `${TRACKED}heads/`, `${TRACKED}checkpoints/`);
    const expected = [`${V2}main`, `${V2}generations`].map((name) => git(ann, 'rev-parse', name)).sort();
    expect(Object.values(tracked).sort()).toEqual(expected);
    expect(git(bob, 'ls-tree', '-r', '--name-only', 'refs/ckpt/remotes/origin/checkpoints/v2/main')).not.toMatch(
      /full\.jsonl/,
    );
    // The refs of a whole fetch come later all the same.
    await fetchIn(bob);
    expect(refs(bob, V1_REF)).toEqual(refs(ann, V1_REF));
  });
});

describe('a clone', () => {
  test.each([
    ['without history', ['--depth=1']],
    ['without blobs', ['--filter=blob:none']],
  ])('%s fetches, writes and pushes', async (_, flags) => {
    const { remote, ann, bob } = await written();
    await pushIn(ann);
    git(remote, 'config', 'uploadpack.allowFilter', 'true');
    git(
      ann,
      'push',
      '-q',
      'origin',
      `${git(ann, 'commit-tree', '-m', 'Work', git(ann, 'mktree', '-z'))}:refs/heads/main`,
    );
    git(remote, 'symbolic-ref', 'HEAD', 'refs/heads/main');
    const clone = join(dirname(remote), 'part');
    git(dirname(remote), 'clone', '-q', ...flags, `file://${remote}`, clone);
    settings(clone, { strategy_options: { checkpoints_v2: true } });
    await fetchIn(clone);
    expect(refs(clone, V1_REF)).toEqual(refs(ann, V1_REF));
    clientWrite(clone, { id: b1, author: 'Bob' });
    expect(await pushIn(clone)).toMatchObject({ status: 'pushed' });
    await fetchIn(bob);
    expect(refs(bob, V1_REF)).toEqual(refs(clone, V1_REF));
    expect(checkpointRefs(bob)).toEqual(checkpointRefs(remote));
    await expectV2Consistent(bob);
  });
});

test('a mirror fetches, writes and pushes, whatever its configuration prunes', async () => {
  const { remote, ann, bob } = await written();
  await pushIn(ann);
  const mirror = join(dirname(remote), 'mirror.git');
  git(dirname(remote), 'clone', '-q', '--mirror', remote, mirror);
  for (const key of ['fetch.prune', 'fetch.pruneTags']) git(mirror, 'config', key, 'true');
  clientWrite(mirror, { id: b1, author: 'Bob' });
  await fetchIn(mirror);
  expect(await pushIn(mirror)).toMatchObject({ status: 'pushed' });
  await fetchIn(bob);
  expect(refs(bob, V1_REF)).toEqual(refs(mirror, V1_REF));
});

test('what the live view says is still to come does come, and a fetch is called one', async () => {
  const { ann, bob } = await written();
  const watched = async (work: (onEvent: (event: ProgressEvent) => void) => Promise<unknown>) => {
    const seen: ProgressEvent[] = [];
    await work((event) => seen.push(event));
    const { phases } = seen.reduce((state, event, at) => afterEvent(state, event, at), NOTHING_YET);
    expect(phases.filter(({ status }) => status === 'pending')).toEqual([]);
    return phases.map(({ name }) => name);
  };
  // V2 is up to date: a migration has nothing to do, and says first what it would do.
  expect(await watched((onEvent) => pushIn(ann, { onEvent }))).toEqual(
    expect.arrayContaining(['ask the remote', 'send to the remote']),
  );
  expect((await watched((onEvent) => fetchIn(bob, { onEvent })))[0]).toBe('fetch from the remote');
  expect(await watched((onEvent) => fetchIn(bob, { onEvent, dryRun: true }))).toEqual(['ask the remote']);
});
