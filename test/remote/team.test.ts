import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ProgressEvent } from '../../src/checkpoint/progress.ts';
import { removeObject } from '../fixtures/damaged-objects.ts';
import { clientPush, clientWrite, idOf } from '../fixtures/entire-client.ts';
import { git, gitResult, refs } from '../fixtures/git.ts';
import { IS_LONG } from '../fixtures/scale.ts';
import { transcriptText, V1_REF } from '../fixtures/v1-builder.ts';
import { checkpointsOf, expectConsistent, listing, migrateIn } from '../migrate/support.ts';
import { checkpointRefs, fetchIn, pushIn, settings, team } from './team.ts';

const [a1, a2, a3, a4, b1, b2] = ['a1', 'a2', 'a3', 'a4', 'b1', 'b2'].map(idOf) as [
  string,
  string,
  string,
  string,
  string,
  string,
];
const checkpointRef = (id: string) => `refs/entire/checkpoints/${id.slice(-2)}/${id}`;

/** A checkpoint as Entire's client writes git-refs. */
function writeRef(dir: string, id: string): void {
  clientWrite(dir, { id, ref: 'refs/heads/scratch' });
  const tree = git(dir, 'rev-parse', `refs/heads/scratch:${id.slice(0, 2)}/${id.slice(2)}`);
  git(dir, 'update-ref', checkpointRef(id), git(dir, 'commit-tree', '-m', id, tree));
}

/** Two colleagues who have both what the first one has pushed. */
async function annAndBob() {
  const { remote, clones } = team('ann', 'bob');
  const [ann, bob] = clones as [string, string];
  clientWrite(ann, { id: a1 });
  await pushIn(ann);
  await fetchIn(bob);
  return { remote, ann, bob };
}

describe('two clones and a remote', () => {
  test('what one pushes the other fetches: the same refs everywhere', async () => {
    const { remote, clones } = team('ann', 'bob');
    const [ann, bob] = clones as [string, string];
    for (const id of [a1, a2, a3, a4]) clientWrite(ann, { id });
    await migrateIn(ann, { maxCheckpoints: 3 });
    const before = listing(remote);
    expect(await pushIn(ann, { dryRun: true })).toMatchObject({ status: 'planned' });
    expect(listing(remote)).toEqual(before);
    expect(await pushIn(ann)).toMatchObject({ status: 'pushed', warnings: [] });
    expect(checkpointRefs(remote)).toEqual(checkpointRefs(ann));
    expect(await pushIn(ann)).toMatchObject({ status: 'up-to-date', refs: [] });
    expect(await fetchIn(bob)).toMatchObject({ status: 'fetched', united: expect.any(Array) });
    expect(checkpointRefs(bob)).toEqual(checkpointRefs(ann));
    expect(await fetchIn(bob)).toMatchObject({ status: 'up-to-date' });
    await expectConsistent(bob, { maxCheckpoints: 3 });
  });

  test('both write: a merge by content, and the same refs, whoever comes first', async () => {
    const { remote, clones } = team('ann', 'bob');
    const [ann, bob] = clones as [string, string];
    for (const id of [a1, a2]) clientWrite(ann, { id });
    await migrateIn(ann, { maxCheckpoints: 3 });
    await pushIn(ann);
    await fetchIn(bob);
    clientWrite(ann, { id: a3, at: 1_750_000_100 });
    clientWrite(ann, { id: a1, finalize: true, transcript: transcriptText('a1', 9), at: 1_750_000_200 });
    clientWrite(bob, { id: b1, author: 'Bob', at: 1_750_000_150 });
    clientWrite(bob, { id: b2, author: 'Bob', at: 1_750_000_160 });
    clientWrite(bob, { id: a2, number: 1, session: 'of-bob', author: 'Bob', at: 1_750_000_170 });
    clientWrite(ann, { id: a2, number: 1, session: 'of-ann', at: 1_750_000_210 });
    await migrateIn(ann, { maxCheckpoints: 3 });
    await migrateIn(bob, { maxCheckpoints: 3 });
    // Each fetches from the other, before either has moved.
    const copies = [ann, bob].map((dir) => [dir, refs(dir, 'refs/heads/entire/', 'refs/entire/')] as const);
    expect(copies[0]?.[1]).not.toEqual(copies[1]?.[1]);
    await fetchIn(ann, { remote: bob });
    const merge = git(ann, 'rev-parse', V1_REF);
    await pushIn(bob);
    const pushed = await pushIn(ann);
    expect(pushed).toMatchObject({ status: 'pushed' });
    expect(git(ann, 'rev-parse', V1_REF)).toBe(merge);
    await fetchIn(bob);
    expect(checkpointRefs(bob)).toEqual(checkpointRefs(ann));
    expect(checkpointRefs(remote)).toEqual(checkpointRefs(ann));
    const folder = `${a2.slice(0, 2)}/${a2.slice(2)}`;
    const sessions = ['0', '1', '2'].map(
      (n) => JSON.parse(git(ann, 'show', `${V1_REF}:${folder}/${n}/metadata.json`)).session_id,
    );
    expect(sessions.sort()).toEqual(['of-ann', 'of-bob', `session-${a2}`].sort());
    expect(JSON.parse(git(ann, 'show', `${V1_REF}:${folder}/metadata.json`)).sessions).toHaveLength(3);
    const first = `${a1.slice(0, 2)}/${a1.slice(2)}`;
    expect(git(ann, 'show', `${V1_REF}:${first}/0/full.jsonl`).split('\n')).toHaveLength(9);
    await expectConsistent(ann, { maxCheckpoints: 3 });
  });

  test.runIf(IS_LONG)('a merge projects what is new alone, however long the history is', async () => {
    const { clones } = team('ann', 'bob');
    const [ann, bob] = clones as [string, string];
    for (let i = 1; i <= 20; i++) clientWrite(ann, { id: idOf(`old ${i}`), at: 1_750_000_000 + i });
    await migrateIn(ann, { maxCheckpoints: 3 });
    await pushIn(ann);
    await fetchIn(bob);
    clientWrite(bob, { id: b1, author: 'Bob', at: 1_750_000_150 });
    await migrateIn(bob, { maxCheckpoints: 3 });
    for (const [at, id] of [a1, a2].entries()) clientWrite(ann, { id, at: 1_750_000_100 + at });
    await pushIn(ann);
    const projected: unknown[] = [];
    const onEvent = (event: ProgressEvent) => {
      if (event.kind === 'phase' && event.phase === 'project commits') projected.push(event.total);
    };
    await fetchIn(bob, { onEvent });
    expect(projected).toEqual([3]); // both of Ann's, and the merge
    // Bob goes on with the merge, and Ann with what she has: the second parent of it.
    clientWrite(bob, { id: b2, author: 'Bob', at: 1_750_000_300 });
    await migrateIn(bob, { maxCheckpoints: 3 });
    clientWrite(ann, { id: a3, at: 1_750_000_200 });
    await pushIn(ann);
    await fetchIn(bob, { onEvent });
    expect(projected).toEqual([3, 2]);
    await pushIn(bob);
    await fetchIn(ann);
    expect(checkpointRefs(ann)).toEqual(checkpointRefs(bob));
    await expectConsistent(bob, { maxCheckpoints: 3 });
  });

  test('fetching from each other at the same moment makes the same merge', async () => {
    const { clones } = team('ann', 'bob', 'copy');
    const [ann, bob, copy] = clones as [string, string, string];
    clientWrite(ann, { id: a1 });
    await pushIn(ann);
    await fetchIn(bob);
    clientWrite(ann, { id: a1, finalize: true, transcript: transcriptText('ann', 6), at: 1_750_000_200 });
    clientWrite(bob, {
      id: a1,
      finalize: true,
      transcript: transcriptText('bob', 8),
      author: 'Bob',
      at: 1_750_000_300,
    });
    git(copy, 'fetch', '-q', ann, `${V1_REF}:${V1_REF}`);
    await fetchIn(ann, { remote: bob });
    await fetchIn(bob, { remote: copy });
    expect(git(ann, 'rev-parse', V1_REF)).toBe(git(bob, 'rev-parse', V1_REF));
    expect(checkpointRefs(ann)).toEqual(checkpointRefs(bob));
    // Neither goes on from the other: the later one counts, and the other stays in the history.
    const path = `${a1.slice(0, 2)}/${a1.slice(2)}/0/full.jsonl`;
    expect(git(ann, 'show', `${V1_REF}:${path}`)).toContain('of bob');
    expect(git(ann, 'log', '-p', '-m', V1_REF, '--', path)).toContain('of ann');
  });

  test("beside Entire's client, which replays", async () => {
    const { remote, ann, bob } = await annAndBob();
    clientWrite(bob, { id: b1, author: 'Bob' });
    clientPush(bob);
    clientWrite(ann, { id: a2 });
    await migrateIn(ann, { maxCheckpoints: 3 });
    expect(clientPush(ann)).toBe('replayed');
    await pushIn(ann);
    await fetchIn(bob);
    await pushIn(bob);
    expect(checkpointRefs(bob)).toEqual(checkpointRefs(ann));
    expect(checkpointRefs(remote)).toEqual(checkpointRefs(ann));
    expect(checkpointsOf(bob, 'current')).toHaveLength(0);
  });

  test("a merge of ours that Entire's client replays: nothing is lost, and all end with the same refs", async () => {
    const { remote, ann, bob } = await annAndBob();
    clientWrite(bob, { id: b1, author: 'Bob', at: 1_750_000_100 });
    clientPush(bob);
    clientWrite(ann, { id: a2, at: 1_750_000_200 });
    await fetchIn(ann);
    expect(git(ann, 'rev-list', '--parents', '-1', V1_REF).split(' ')).toHaveLength(3);
    clientWrite(ann, { id: a3, at: 1_750_000_300 });
    clientWrite(bob, { id: b2, author: 'Bob', at: 1_750_000_400 });
    clientPush(bob);
    expect(clientPush(ann)).toBe('replayed');
    await pushIn(ann);
    await fetchIn(bob);
    await pushIn(bob);
    expect(checkpointRefs(bob)).toEqual(checkpointRefs(ann));
    expect(checkpointRefs(remote)).toEqual(checkpointRefs(ann));
    const files = git(remote, 'ls-tree', '-r', '--name-only', V1_REF).split('\n');
    for (const id of [a1, a2, a3, b1, b2]) expect(files).toContain(`${id.slice(0, 2)}/${id.slice(2)}/0/full.jsonl`);
    await expectConsistent(ann, { maxCheckpoints: 3 });
  });

  test('git-refs: each by itself, merged where both have gone on', async () => {
    const { remote, clones } = team('ann', 'bob');
    const [ann, bob] = clones as [string, string];
    const write = (dir: string, id: string, at: number, text: string) => {
      clientWrite(dir, { id, at, transcript: transcriptText(text, 4), ref: 'refs/heads/scratch' });
      const tree = git(dir, 'rev-parse', `refs/heads/scratch:${id.slice(0, 2)}/${id.slice(2)}`);
      const old = gitResult(dir, ['rev-parse', '-q', '--verify', checkpointRef(id)])
        .stdout.toString()
        .trim();
      const commit = git(dir, 'commit-tree', ...(old === '' ? [] : ['-p', old]), '-m', `Checkpoint: ${id}`, tree);
      git(dir, 'update-ref', checkpointRef(id), commit);
    };
    for (const id of [a1, a2]) write(ann, id, 1_750_000_000, id);
    expect((await pushIn(ann)).refs.map(({ ref, outcome }) => `${ref} ${outcome}`).sort()).toEqual(
      [a1, a2].map((id) => `${checkpointRef(id)} pushed`).sort(),
    );
    await fetchIn(bob);
    write(ann, a1, 1_750_000_100, 'ann');
    write(bob, a1, 1_750_000_200, 'bob');
    write(bob, b1, 1_750_000_300, 'bob');
    await pushIn(bob);
    await pushIn(ann);
    await fetchIn(bob);
    expect(refs(bob, 'refs/entire/')).toEqual(refs(ann, 'refs/entire/'));
    expect(refs(remote, 'refs/entire/')).toEqual(refs(ann, 'refs/entire/'));
    expect(git(ann, 'rev-list', '--parents', '-1', checkpointRef(a1)).split(' ')).toHaveLength(3);
  });

  test('nothing is pushed where the settings forbid it, or a file is too large', async () => {
    const { remote, clones } = team('ann');
    const [ann] = clones as [string];
    clientWrite(ann, { id: a1, transcript: 'x'.repeat(5000) });
    const before = listing(remote);
    const place = `refs/heads/entire/checkpoints/v1:${a1.slice(0, 2)}/${a1.slice(2)}/0/full.jsonl`;
    await expect(pushIn(ann, { maxBlob: 4000 })).rejects.toMatchObject({
      code: 'BLOB_TOO_LARGE',
      message: `nothing was pushed, as this is larger than the 4000 bytes that a host takes: ${place} (5000 bytes)`,
    });
    expect(git(ann, 'cat-file', '-s', place)).toBe('5000');
    settings(ann, { strategy_options: { push_sessions: false } });
    expect(await pushIn(ann)).toMatchObject({ status: 'off' });
    expect(listing(remote)).toEqual(before);
  });

  test('a file that is too large is named where it lies: in a ref of git-refs, in a commit before', async () => {
    const { clones } = team('ann');
    const [ann] = clones as [string];
    const before = clientWrite(ann, { id: a1, transcript: 'x'.repeat(5000) });
    clientWrite(ann, { id: a1, transcript: 'short\n', finalize: true });
    const file = `${a1.slice(0, 2)}/${a1.slice(2)}/0/full.jsonl`;
    const tooLarge = (place: string) => ({
      message: expect.stringMatching(new RegExp(`takes: ${place} \\(\\d+ bytes\\)$`)),
    });
    await expect(pushIn(ann, { maxBlob: 4000 })).rejects.toMatchObject(
      tooLarge(`${before}:${file} in refs/heads/entire/checkpoints/v1`),
    );
    const commit = git(ann, 'commit-tree', '-m', `Checkpoint: ${a1}`, `${before}:${a1.slice(0, 2)}/${a1.slice(2)}`);
    git(ann, 'update-ref', checkpointRef(a1), commit);
    for (const dryRun of [false, true])
      await expect(pushIn(ann, { maxBlob: 4000, layouts: ['refs'], dryRun })).rejects.toMatchObject(
        tooLarge(`${checkpointRef(a1)}:0/full.jsonl`),
      );
  });

  test('a hook that refuses one ref: the rest arrives, and what did not is named', async () => {
    const { remote, clones } = team('ann');
    const [ann] = clones as [string];
    for (const id of [a1, a2, a3]) writeRef(ann, id);
    const hook = join(remote, 'hooks', 'update');
    git(remote, 'config', 'core.hooksPath', join(remote, 'hooks'));
    (await import('node:fs')).mkdirSync(join(remote, 'hooks'), { recursive: true });
    writeFileSync(hook, `#!/bin/sh\n[ "$1" != ${checkpointRef(a2)} ] || { echo "Not this one." >&2; exit 1; }\n`, {
      mode: 0o755,
    });
    const result = await pushIn(ann);
    expect(result.status).toBe('incomplete');
    expect(result.refs.filter(({ outcome }) => outcome !== 'pushed')).toMatchObject([
      { ref: checkpointRef(a2), outcome: 'refused', reason: expect.stringContaining('hook declined') },
    ]);
    expect(result.warnings).toEqual(['origin says: Not this one.']);
    writeFileSync(hook, '#!/bin/sh\nexit 0\n', { mode: 0o755 });
    expect(await pushIn(ann)).toMatchObject({ status: 'pushed', refs: [{ ref: checkpointRef(a2) }], warnings: [] });
  });

  test('an object that is absent here: said before it is tried, and the rest arrives', async () => {
    const { remote, clones } = team('ann');
    const [ann] = clones as [string];
    for (const id of [a1, a2, a3]) writeRef(ann, id);
    git(ann, 'update-ref', '-d', 'refs/heads/scratch');
    const gone = git(ann, 'rev-parse', `${checkpointRef(a2)}:0/metadata.json`);
    removeObject(join(ann, '.git'), gone);
    const words = `1 object is absent from this repository (${gone}): a ref that leads there can't be pushed. See whose: ckpt verify --deep`;
    expect(await pushIn(ann, { dryRun: true })).toMatchObject({ status: 'planned', warnings: [words] });
    const result = await pushIn(ann);
    expect(result).toMatchObject({ status: 'incomplete', warnings: [words] });
    expect(result.refs.flatMap(({ ref, outcome }) => (outcome === 'pushed' ? [] : [`${ref} ${outcome}`]))).toEqual([
      `${checkpointRef(a2)} refused`,
    ]);
    expect(Object.keys(checkpointRefs(remote))).toEqual([a1, a3].map(checkpointRef).sort());
  });

  test('a remote without atomic pushes', async () => {
    const { remote, clones } = team('ann');
    const [ann] = clones as [string];
    git(remote, 'config', 'receive.advertiseAtomic', 'false');
    for (const id of [a1, a2, a3, a4]) clientWrite(ann, { id });
    expect(await pushIn(ann)).toMatchObject({ status: 'pushed' });
    expect(checkpointRefs(remote)).toEqual(checkpointRefs(ann));
  });

  test('a V1 that was rewritten there: taken over, or named where this clone has commits of its own', async () => {
    const { remote, clones } = team('ann', 'bob');
    const [ann, bob] = clones as [string, string];
    for (const id of [a1, a2]) clientWrite(ann, { id });
    await pushIn(ann);
    await fetchIn(ann);
    await fetchIn(bob);
    clientWrite(bob, { id: b1, author: 'Bob' });
    const tree = git(remote, 'rev-parse', `${V1_REF}^{tree}`);
    const squashed = git(remote, 'commit-tree', '-m', 'Squashed', tree);
    git(remote, 'update-ref', V1_REF, squashed);
    // The second time as well, though the remote has not moved since.
    for (let i = 0; i < 2; i++) await expect(fetchIn(bob)).rejects.toMatchObject({ code: 'REMOTE_REWRITTEN' });
    const earlier = git(ann, 'rev-parse', V1_REF);
    git(bob, 'commit', '-q', '--allow-empty', '-m', 'Start');
    git(bob, 'rebase', '-q', '--onto', squashed, earlier, V1_REF.slice('refs/heads/'.length));
    await fetchIn(bob);
    expect(git(bob, 'rev-list', '--count', V1_REF)).toBe('2');
    const old = git(ann, 'rev-parse', V1_REF);
    // Seen first by another fetch, such as one that was killed before it united anything.
    await fetchIn(ann, { merges: false });
    const result = await fetchIn(ann);
    expect(git(ann, 'rev-parse', V1_REF)).toBe(squashed);
    expect(result.united.find(({ ref }) => ref === V1_REF)?.change).toBe('taken-over');
    expect(git(ann, 'rev-parse', result.backup ?? '')).toBe(old);
    await expectConsistent(ann, { maxCheckpoints: 3 });
  });
});
