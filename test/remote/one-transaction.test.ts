import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ProgressListener } from '../../src/checkpoint/progress.ts';
import { clientWrite, idOf } from '../fixtures/entire-client.ts';
import { git } from '../fixtures/git.ts';
import { V1_REF } from '../fixtures/v1-builder.ts';
import { expectConsistent, migrateIn } from '../migrate/support.ts';
import { checkpointRefs, fetchIn, pushIn, team } from './team.ts';

const V2_MAIN = 'refs/entire/checkpoints/v2/main';
const [a1, a2, b1] = ['a1', 'a2', 'b1'].map(idOf) as [string, string, string];

/** A clone that lacks what the remote has got, and has something of its own, in V1 and V2. */
async function parted(): Promise<{ remote: string; ann: string; bob: string }> {
  const { remote, clones } = team('ann', 'bob');
  const [ann, bob] = clones as [string, string];
  clientWrite(ann, { id: a1 });
  await pushIn(ann);
  await fetchIn(bob);
  clientWrite(ann, { id: a2 });
  await pushIn(ann);
  clientWrite(bob, { id: b1, author: 'Bob' });
  await migrateIn(bob, { maxCheckpoints: 3 });
  return { remote, ann, bob };
}

/** A hook that is asked about each transaction; the rest of the script has the refs of it in `$refs`, but for those that git's fetch moves. */
function transactionHook(dir: string, script: string): void {
  const hooks = join(dir, '.git/hooks');
  mkdirSync(hooks, { recursive: true });
  git(dir, 'config', 'core.hooksPath', hooks);
  const start = `[ "$1" = prepared ] || exit 0\nrefs=$(cut -d ' ' -f 3 | grep -v refs/ckpt/remotes/) || exit 0`;
  writeFileSync(join(hooks, 'reference-transaction'), `#!/bin/sh\n${start}\n${script}\n`, { mode: 0o755 });
}

describe('a fetch moves all layouts in one transaction', () => {
  test('which has V1 and V2 in it', async () => {
    const { remote, bob } = await parted();
    const seen = join(bob, '.git/seen');
    transactionHook(bob, `echo $refs >> ${seen}`);
    await fetchIn(bob);
    const transactions = readFileSync(seen, 'utf8').trim().split('\n');
    expect(transactions).toHaveLength(1);
    expect(transactions[0]?.split(' ')).toEqual(expect.arrayContaining([V1_REF, V2_MAIN]));
    await pushIn(bob);
    expect(checkpointRefs(remote)).toEqual(checkpointRefs(bob));
    await expectConsistent(bob, { maxCheckpoints: 3 });
  });

  test('what keeps V2 from moving leaves V1 as well, and the next fetch moves both', async () => {
    const { bob } = await parted();
    const before = checkpointRefs(bob);
    transactionHook(bob, `case "$refs" in *${V2_MAIN}*) exit 1 ;; esac`);
    await expect(fetchIn(bob)).rejects.toThrow(/refused to move the refs/);
    expect(checkpointRefs(bob)).toEqual(before);
    transactionHook(bob, 'exit 0');
    expect(await fetchIn(bob)).toMatchObject({ mergedCheckpoints: [], status: 'fetched' });
    await expectConsistent(bob, { maxCheckpoints: 3 });
  });

  test('a V2 that does not follow a V1 which has lost something: V1 moves, so that the remedy works', async () => {
    const { remote, clones } = team('ann', 'bob');
    const [ann, bob] = clones as [string, string];
    for (const id of [a1, a2]) clientWrite(ann, { id });
    await pushIn(ann);
    await fetchIn(bob);
    const first = git(remote, 'rev-list', '--reverse', V1_REF).split('\n')[0] as string;
    const rewritten = git(remote, 'commit-tree', '-m', 'Taken out', `${first}^{tree}`);
    git(remote, 'update-ref', V1_REF, rewritten);
    const before = git(bob, 'rev-parse', V1_REF);
    const said: string[] = [];
    const onEvent: ProgressListener = (event) => event.kind === 'warning' && said.push(event.message);
    await expect(fetchIn(bob, { onEvent })).rejects.toMatchObject({ code: 'V1_REWRITTEN' });
    expect(git(bob, 'rev-parse', V1_REF)).toBe(rewritten);
    const kept = /refs\/ckpt\/backup\/\S+\/v1/.exec(said.join('\n'))?.[0];
    expect(git(bob, 'rev-parse', `${kept}`)).toBe(before);
    await migrateIn(bob, { maxCheckpoints: 3, acceptsLost: true });
    expect(await fetchIn(bob)).toMatchObject({ united: [] });
    await expectConsistent(bob, { maxCheckpoints: 3 });
  });
});
