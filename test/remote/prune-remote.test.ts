import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ProgressEvent } from '../../src/checkpoint/progress.ts';
import type { Repository } from '../../src/git/repository.ts';
import { prune } from '../../src/prune/prune.ts';
import { restoreArchive } from '../../src/prune/restore.ts';
import { fetchCheckpoints, type RemoteFetchOptions } from '../../src/remote/fetch.ts';
import { pruneRemote, type RemotePruneOptions, type RemotePruneResult } from '../../src/remote/prune-remote.ts';
import { pushCheckpoints } from '../../src/remote/push.ts';
import { readSettings } from '../../src/stores/settings.ts';
import { clientWrite, idOf } from '../fixtures/entire-client.ts';
import { git, refs } from '../fixtures/git.ts';
import { type GitHttp, serveGit } from '../fixtures/git-http.ts';
import { IS_LONG } from '../fixtures/scale.ts';
import { overlay } from '../migrate/overlay.ts';
import { migrateIn, withRepository } from '../migrate/support.ts';
import { checkpointRefs, fetchIn, pushIn, settings, shareArchive, team } from './team.ts';

const ARCHIVE = 'refs/entire/checkpoints/v2/full/0000000000001';
let server: GitHttp;
let remote: string;
let ann: string;
let bob: string;

/** Two clones with one archive and what is in full/current, over HTTP. */
beforeEach(async () => {
  const made = team('ann', 'bob');
  remote = made.remote;
  [ann, bob] = made.clones as [string, string];
  server = await serveGit(dirname(remote));
  for (const clone of made.clones) git(clone, 'remote', 'set-url', 'origin', `${server.urlWithPassword}/remote.git`);
  await shareArchive(ann, bob);
});
afterEach(() => server.close());

function pruneIn(dir: string): Promise<unknown> {
  return withRepository(dir, 'native', (repo) => prune(repo, { retentionDays: 0, olderThan: 0, apply: true }));
}

function pruneThere(dir: string, options: RemotePruneOptions): Promise<RemotePruneResult> {
  return withRepository(dir, 'native', (repo) => pruneRemote(repo, options));
}

test('pruned here, told the others, deleted there: and nobody brings it back', async () => {
  await pruneIn(ann);
  await expect(pruneThere(ann, { apply: true })).rejects.toMatchObject({ code: 'REMOTE_AHEAD' });
  await pushIn(ann);
  const before = checkpointRefs(remote);
  expect(before[ARCHIVE]).toBeDefined();
  const plan = await pruneThere(ann, { apply: false });
  expect(plan).toMatchObject({ status: 'planned', archives: [{ number: 1, ref: ARCHIVE, outcome: 'to-delete' }] });
  expect(checkpointRefs(remote)).toEqual(before);
  // Who still has it is told, keeps a copy, and sends nothing back.
  clientWrite(bob, { id: idOf('b1'), author: 'Bob' });
  const { backup, warnings } = await fetchIn(bob);
  expect(warnings.join()).toContain(ARCHIVE);
  expect(git(bob, 'rev-parse', `${backup}full/0000000000001`)).toBe(before[ARCHIVE]);
  expect(await pruneThere(ann, { apply: true })).toMatchObject({
    status: 'pruned',
    archives: [{ outcome: 'deleted' }],
  });
  const { [ARCHIVE]: _, ...rest } = before;
  expect(checkpointRefs(remote)).toEqual(rest);
  await pushIn(bob);
  await fetchIn(ann);
  expect(checkpointRefs(remote)).toEqual(checkpointRefs(bob));
  expect(checkpointRefs(ann)).toEqual(checkpointRefs(bob));
  expect(Object.keys(checkpointRefs(remote))).not.toContain(ARCHIVE);
  expect(await pruneThere(ann, { apply: true })).toMatchObject({ status: 'nothing-to-do' });
});

test('brought back here, and with the next push and fetch everywhere, until it is pruned again', async () => {
  await pruneIn(ann);
  await pushIn(ann);
  await fetchIn(bob);
  expect(checkpointRefs(bob)[ARCHIVE]).toBeUndefined();
  await withRepository(bob, 'native', (repo) => restoreArchive(repo, 1));
  const restored = checkpointRefs(bob);
  // Neither a fetch nor a push with a remote whose manifest calls it pruned takes it away again.
  await fetchIn(bob);
  expect(checkpointRefs(bob)).toEqual(restored);
  // A checkpoint of it changes in a clone that does not know of it yet: there it lies in full/current by now.
  clientWrite(ann, { id: idOf('a2'), finalize: true, at: 1_750_000_100 });
  await migrateIn(ann);
  await pushIn(ann);
  for (const clone of [bob, ann]) await pushIn(clone);
  await fetchIn(bob);
  expect(checkpointRefs(ann)[ARCHIVE]).toBeDefined();
  expect(checkpointRefs(bob)).toEqual(checkpointRefs(ann));
  expect(checkpointRefs(remote)).toEqual(checkpointRefs(ann));
  await pruneIn(ann);
  await pushIn(ann);
  await fetchIn(bob);
  expect(checkpointRefs(bob)[ARCHIVE]).toBeUndefined();
  expect(checkpointRefs(bob)).toEqual(checkpointRefs(ann));
});

test('an archive that the remote does not let go: it stays, and the remote is quoted', async () => {
  await pruneIn(ann);
  await pushIn(ann);
  mkdirSync(join(remote, 'hooks'), { recursive: true });
  git(remote, 'config', 'core.hooksPath', join(remote, 'hooks'));
  const script = '#!/bin/sh\nprintf "Archives stay.\\n\\nAsk Cat.\\n"; exit 1\n';
  writeFileSync(join(remote, 'hooks/update'), script, { mode: 0o755 });
  const events: ProgressEvent[] = [];
  const { status, archives } = await pruneThere(ann, { apply: true, onEvent: (event) => events.push(event) });
  expect({ status, archives }).toMatchObject({ status: 'incomplete', archives: [{ outcome: 'refused' }] });
  expect(events).toContainEqual({ kind: 'warning', message: 'origin says: Archives stay.; Ask Cat.' });
});

test('refused where the remote has what is not here, or the settings let nothing be pushed', async () => {
  await pruneIn(ann);
  await pushIn(ann);
  clientWrite(bob, { id: idOf('b1'), author: 'Bob' });
  await pushIn(bob);
  const before = refs(remote);
  await expect(pruneThere(ann, { apply: true })).rejects.toMatchObject({ code: 'REMOTE_AHEAD' });
  settings(ann, { strategy_options: { push_sessions: false } });
  expect(await pruneThere(ann, { apply: true })).toMatchObject({ status: 'off' });
  expect(refs(remote)).toEqual(before);
});

test('where archives were pruned, a fetch of nothing new reads no more than before', async () => {
  await fetchIn(ann);
  const fetchAgain = () => objectsRead(ann, (repo, options) => fetchCheckpoints(repo, options), 'up-to-date');
  const before = await fetchAgain();
  await pruneIn(ann);
  await pushIn(ann);
  expect(await fetchAgain()).toBeLessThanOrEqual(before + 4 * archivesEverIn(ann));
});

test.runIf(IS_LONG)('where archives were pruned, a push of one new checkpoint reads no more than before', async () => {
  for (let i = 0; i < 29; i++) clientWrite(ann, { id: idOf(`more ${i}`) });
  await pushIn(ann);
  const pushNew = (word: string) => {
    clientWrite(ann, { id: idOf(word) });
    return objectsRead(ann, (repo, options) => pushCheckpoints(repo, { ...options, maxBlob: 1 << 20 }), 'pushed');
  };
  const before = await pushNew('b1');
  await withRepository(ann, 'native', (repo) => prune(repo, { retentionDays: 0, olderThan: 0, keep: 9, apply: true }));
  await pushIn(ann);
  expect(await pushNew('b2')).toBeLessThanOrEqual(before + 2 * archivesEverIn(ann));
  await fetchIn(bob);
  expect(checkpointRefs(ann)).toEqual(checkpointRefs(bob));
});

/** How many archives there are and ever were, by the manifest. */
function archivesEverIn(dir: string): number {
  return git(dir, 'ls-tree', '--name-only', 'refs/entire/checkpoints/v2/generations').split('\n').length;
}

/** How many objects a fetch or a push reads. */
function objectsRead(
  dir: string,
  run: (repo: Repository, options: RemoteFetchOptions) => Promise<{ readonly status: string }>,
  outcome: string,
): Promise<number> {
  return withRepository(dir, 'native', async (repo) => {
    let count = 0;
    const counting = overlay(repo, {
      readObjects: (wanted) => {
        count += wanted.length;
        return repo.readObjects(wanted);
      },
      visitObjects: (wanted, visit) => {
        count += wanted.length;
        return repo.visitObjects(wanted, visit);
      },
    });
    expect(await run(counting, { settings: await readSettings(repo), askedMaxCheckpoints: 3 })).toMatchObject({
      status: outcome,
    });
    return count;
  });
}
