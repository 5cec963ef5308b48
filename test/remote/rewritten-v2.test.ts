import { beforeEach, describe, expect, test } from 'vitest';
import { clientWrite, idOf } from '../fixtures/entire-client.ts';
import { git, refs } from '../fixtures/git.ts';
import { IS_LONG } from '../fixtures/scale.ts';
import { V1_REF } from '../fixtures/v1-builder.ts';
import { migrateIn } from '../migrate/support.ts';
import { checkpointRefs, fetchIn, pushIn, settings, team } from './team.ts';
import { expectSoundV2, generationsOf, transcriptsIn } from './v2-clone.ts';
import { writeV2 } from './v2-writes.ts';

const V2 = 'refs/entire/checkpoints/v2/';
const SECRET = 'hunter2-of-ann';
const START = 1_750_000_000;
const [c1, c2, b1, d1] = ['c1', 'c2', 'b1', 'd1'].map(idOf) as [string, string, string, string];
let remote: string;
let ann: string;
let bob: string;
let cat: string;

/** Three clones of a remote with two checkpoints in V2 alone, one of which has a secret. */
beforeEach(async () => {
  const made = team('ann', 'bob', 'cat');
  remote = made.remote;
  [ann, bob, cat] = made.clones as [string, string, string];
  for (const clone of made.clones) settings(clone, { strategy_options: { checkpoints_version: 2 } });
  await writeV2(ann, { id: c1, at: START, transcript: `${SECRET}\n` });
  await writeV2(ann, { id: c2, at: START + 1 });
  await pushIn(ann);
  await fetchIn(bob);
  await fetchIn(cat);
});

/** Writes V2 anew with other content of the first checkpoint, and pushes it by force. */
async function redact(): Promise<void> {
  for (const ref of Object.keys(checkpointRefs(ann))) git(ann, 'update-ref', '-d', ref);
  await writeV2(ann, { id: c1, at: START + 50, transcript: 'redacted\n' });
  await writeV2(ann, { id: c2, at: START + 1 });
  git(ann, 'push', '-q', '--no-verify', '--force', 'origin', `${V2}*:${V2}*`);
}

function hasSecret(dir: string): boolean {
  return Object.keys(checkpointRefs(dir)).some((ref) => git(dir, 'log', '-p', '-m', '--format=', ref).includes(SECRET));
}

describe('a V2 that somebody redacted at the remote', () => {
  test('is taken over, and the one of before is kept', async () => {
    const before = git(bob, 'rev-parse', `${V2}main`);
    await redact();
    const result = await fetchIn(bob);
    await pushIn(bob);
    expect(hasSecret(remote)).toBe(false);
    expect(checkpointRefs(bob)).toEqual(checkpointRefs(remote));
    expect(result.warnings).toEqual([expect.stringContaining(result.backup ?? 'no backup')]);
    expect(result.united.map(({ change }) => change)).toContain('taken-over');
    expect(result.united.map(({ change }) => change)).not.toContain('forwarded');
    expect(git(bob, 'rev-parse', `${result.backup}main`)).toBe(before);
    expect((await fetchIn(bob)).warnings).toEqual([]);
    await expectSoundV2(bob);
  });

  test('gets what others have written since, in its generations, whoever comes first', async () => {
    await writeV2(bob, { id: b1, at: START + 10 });
    await writeV2(bob, { id: c2, at: START + 20, finalize: true });
    await writeV2(cat, { id: d1, at: START + 30 });
    await redact();
    await fetchIn(bob, { merges: false });
    await pushIn(bob);
    await pushIn(cat);
    for (const dir of [ann, bob]) await fetchIn(dir);
    for (const dir of [ann, bob, cat]) expect(checkpointRefs(dir)).toEqual(checkpointRefs(remote));
    expect(hasSecret(remote)).toBe(false);
    const all = transcriptsIn(ann);
    expect(Object.keys(all).sort()).toEqual([b1, c1, c2, d1].map((id) => `${id} session-${id}`).sort());
    expect(all[`${c1} session-${c1}`]).toContain('redacted');
    expect(all[`${c2} session-${c2}`]?.trim().split('\n')).toHaveLength(5);
    expect(Object.values(generationsOf(ann)).flat()).toHaveLength(4);
    await expectSoundV2(ann);
  });

  test('counts where both have changed a checkpoint, which is named', async () => {
    await writeV2(bob, { id: c1, at: START + 10, transcript: `${SECRET}\nand more\n`, finalize: true });
    await redact();
    const result = await fetchIn(bob);
    await pushIn(bob);
    expect(hasSecret(remote)).toBe(false);
    expect(result.mergedCheckpoints).toEqual([c1]);
    expect(checkpointRefs(bob)).toEqual(checkpointRefs(remote));
    expect(git(bob, 'show', `${result.backup}full/current:${c1.slice(0, 2)}/${c1.slice(2)}/0/full.jsonl`)).toContain(
      SECRET,
    );
  });

  test.runIf(IS_LONG)('is left alone where it was rewritten here, and not yet there', async () => {
    const there = checkpointRefs(remote);
    git(ann, 'remote', 'set-url', '--push', 'origin', '/nowhere');
    await expect(redact()).rejects.toThrow();
    git(ann, 'config', '--unset', 'remote.origin.pushurl');
    const here = checkpointRefs(ann);
    expect((await pushIn(ann)).warnings).toContainEqual(expect.stringContaining('rewritten here'));
    expect(checkpointRefs(ann)).toEqual(here);
    expect(checkpointRefs(remote)).toEqual(there);
  });
});

test('a V1 that was redacted, and the V2 that follows from it', async () => {
  for (const clone of [ann, bob]) {
    for (const ref of Object.keys(refs(clone, 'refs/entire/', 'refs/ckpt/'))) git(clone, 'update-ref', '-d', ref);
    settings(clone, { strategy_options: { checkpoints_v2: true } });
  }
  for (const ref of Object.keys(checkpointRefs(remote))) git(remote, 'update-ref', '-d', ref);
  for (const id of [c1, c2]) clientWrite(ann, { id, transcript: `${SECRET}\n` });
  await migrateIn(ann, { maxCheckpoints: 3 });
  await pushIn(ann);
  await fetchIn(bob);
  git(ann, 'update-ref', '-d', V1_REF);
  for (const id of [c1, c2]) clientWrite(ann, { id, transcript: 'redacted\n' });
  await migrateIn(ann, { maxCheckpoints: 3 });
  git(ann, 'push', '-q', '--no-verify', '--force', 'origin', V1_REF, `${V2}*:${V2}*`);
  await fetchIn(bob);
  await pushIn(bob);
  expect(hasSecret(remote)).toBe(false);
  for (const dir of [ann, bob]) expect(checkpointRefs(dir)).toEqual(checkpointRefs(remote));
});
