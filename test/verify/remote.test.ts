import { appendFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseCheckpointId } from '../../src/checkpoint/checkpoint-id.ts';
import { openRepository } from '../../src/git/open.ts';
import type { EngineName } from '../../src/git/repository.ts';
import { withOverrides } from '../../src/git/with-overrides.ts';
import { listLayoutRefs } from '../../src/layout/layouts.ts';
import { heldCheckpoints } from '../../src/standing/held-checkpoints.ts';
import { REMOTE } from '../../src/verify/findings/remote.ts';
import { type VerifyRemoteOptions, verifyRemote } from '../../src/verify/remote/verify-remote.ts';
import { clientWrite, idOf } from '../fixtures/entire-client.ts';
import { git, refs } from '../fixtures/git.ts';
import { serveGit } from '../fixtures/git-http.ts';
import { V1_REF } from '../fixtures/v1-builder.ts';
import { listing, migrateIn, withRepository } from '../migrate/support.ts';
import { fetchIn, pushIn, settings, team } from '../remote/team.ts';

const [a1, a2, b1] = ['a1', 'a2', 'b1'].map(idOf) as [string, string, string];
const checkpointRef = (id: string) => `refs/entire/checkpoints/${id.slice(-2)}/${id}`;
const MAIN = 'refs/heads/main';

/** The codes that these tests have seen. */
const found = new Set<string>();

function verifyIn(dir: string, options: Partial<VerifyRemoteOptions> = {}, engine: EngineName = 'native') {
  return withRepository(dir, engine, async (repo) => {
    const report = await verifyRemote(repo, { remote: '', ...options });
    for (const { code } of report.findings) found.add(code);
    return report;
  });
}

/** A commit of a user on a branch, which names a checkpoint. */
function userCommit(dir: string, id: string, branch = MAIN): string {
  const tree = git(dir, 'mktree', '-z');
  const old = Object.values(refs(dir, branch)).slice(0, 1);
  const commit = git(
    dir,
    'commit-tree',
    ...old.flatMap((one) => ['-p', one]),
    '-m',
    `Work\n\nEntire-Checkpoint: ${id}`,
    tree,
  );
  git(dir, 'update-ref', branch, commit);
  return commit;
}

/** A checkpoint as git-refs keep it. */
function writeRef(dir: string, id: string): void {
  clientWrite(dir, { id, ref: 'refs/heads/entire/scratch' });
  const tree = git(dir, 'rev-parse', `refs/heads/entire/scratch:${id.slice(0, 2)}/${id.slice(2)}`);
  git(dir, 'update-ref', checkpointRef(id), git(dir, 'commit-tree', '-m', `Checkpoint: ${id}`, tree));
}

const codes = ({ findings }: { findings: ReadonlyArray<{ code: string; checkpoint?: string }> }) =>
  findings.map(({ code, checkpoint }) => (checkpoint === undefined ? code : `${code} ${checkpoint}`));

describe('what reached a remote', () => {
  test('pushed code without its checkpoint: named; pushed with it: consistent, from every clone', async () => {
    const { remote, clones } = team('ann', 'bob');
    const [ann, bob] = clones as [string, string];
    for (const id of [a1, a2]) clientWrite(ann, { id });
    const commit = userCommit(ann, a1);
    userCommit(ann, a2);
    git(ann, 'push', '-q', 'origin', MAIN);
    const before = [listing(ann), listing(remote)];
    const lacking = await verifyIn(ann);
    expect(lacking.consistent).toBe(false);
    expect(codes(lacking)).toEqual([...[a1, a2].sort().map((id) => `CHECKPOINT_NOT_ARRIVED ${id}`), 'REMOTE_BEHIND']);
    expect(lacking.findings.find(({ checkpoint }) => checkpoint === a1)).toMatchObject({ commit });
    expect([listing(ann), listing(remote)]).toEqual(before);

    git(bob, 'fetch', '-q', 'origin');
    const nowhere = await verifyIn(bob);
    expect(codes(nowhere)).toEqual([a1, a2].sort().map((id) => `CHECKPOINT_NOWHERE ${id}`));
    expect(nowhere.findings[0]?.message).toContain('the author is');

    await migrateIn(ann, { maxCheckpoints: 3 });
    await pushIn(ann);
    const arrived = await verifyIn(ann);
    expect(arrived).toMatchObject({
      consistent: true,
      findings: [],
      remote: { name: 'origin', branchCount: 1, commitCount: 2, namedCount: 2, arrivedCount: 2 },
    });
    // Bob has not fetched V1: whether it holds what the commits name can't be told there, and is not guessed.
    const unknown = await verifyIn(bob);
    expect(unknown.consistent).toBe(false);
    expect(codes(unknown).filter((code) => code === 'ARRIVAL_UNKNOWN')).toHaveLength(2);
    expect(unknown.remote).toMatchObject({ arrivedCount: 0, missingCount: 0, unknownCount: 2 });
    await fetchIn(bob);
    expect(await verifyIn(bob)).toMatchObject({ consistent: true, findings: [] });
  });

  test('git-refs: by their names, also of what is not here; a queue that lost nothing is no finding', async () => {
    const { clones } = team('ann', 'bob');
    const [ann, bob] = clones as [string, string];
    for (const id of [a1, a2]) writeRef(ann, id);
    for (const id of [a1, a2, b1]) userCommit(ann, id);
    git(ann, 'push', '-q', 'origin', MAIN, checkpointRef(a1));
    const queue = join(ann, '.git/entire-checkpoint-push-queue.jsonl');
    const line = (id: string) => `{"ref": "${checkpointRef(id)}"}\n`;
    writeFileSync(queue, `not JSON\n${line(a1)}${line(a2)}{"ref":"refs/heads/../x"}\n`);
    appendFileSync(queue, line(b1));
    const report = await verifyIn(ann);
    expect(codes(report).sort()).toEqual(
      [
        `CHECKPOINT_NOT_ARRIVED ${a2}`,
        `CHECKPOINT_NOWHERE ${b1}`,
        `CHECKPOINT_QUEUED ${a2}`,
        `CHECKPOINT_QUEUED ${b1}`,
        'REMOTE_BEHIND',
      ].sort(),
    );
    expect(report.findings.find(({ code }) => code === 'CHECKPOINT_NOT_ARRIVED')?.message).toContain('push queue');
    git(bob, 'fetch', '-q', 'origin');
    const there = await verifyIn(bob);
    expect(there.remote).toMatchObject({ arrivedCount: 1, layouts: [{ layout: 'refs', onlyThereCount: 1 }] });
    expect(codes(there)).toContain('REMOTE_AHEAD');
    // One checkpoint alone, whether a commit names it or not.
    expect(await verifyIn(ann, { checkpoints: [a1] })).toMatchObject({
      consistent: true,
      scope: { checkpoints: [a1] },
    });
    expect(codes(await verifyIn(ann, { checkpoints: [a2] }))).toContain(`CHECKPOINT_NOT_ARRIVED ${a2}`);
  });

  test("what git-refs hold is not looked for in V1's folders", async () => {
    const { clones } = team('ann');
    const [ann] = clones as [string];
    for (const id of [a1, a2, b1]) clientWrite(ann, { id });
    for (const id of [a1, a2]) writeRef(ann, id);
    await withRepository(ann, 'native', async (repo) => {
      let readCount = 0;
      const counted = withOverrides(repo, {
        readObjects(ids) {
          readCount += ids.length;
          return repo.readObjects(ids);
        },
      });
      const all = await listLayoutRefs(repo);
      const held = async (...wanted: string[]) => [
        ...(
          await heldCheckpoints(
            counted,
            all,
            wanted.flatMap((id) => parseCheckpointId(id) ?? []),
          )
        ).ids,
      ];
      expect((await held(a1, a2)).sort()).toEqual([a1, a2].sort());
      // The commit and its tree: whether V1 can be read is said in any case.
      expect(readCount).toBe(2);
      expect((await held(a1, a2, b1)).sort()).toEqual([a1, a2, b1].sort());
      expect(readCount).toBe(5);
    });
  });

  test('ahead, behind, diverged, not known', async () => {
    const { clones } = team('ann', 'bob');
    const [ann, bob] = clones as [string, string];
    clientWrite(ann, { id: a1 });
    await pushIn(ann);
    await fetchIn(bob);
    const standingOf = async (dir: string) =>
      (await verifyIn(dir)).remote?.layouts.find(({ layout }) => layout === 'v1');
    expect(await standingOf(bob)).toMatchObject({ inStepCount: 1 });
    clientWrite(bob, { id: b1, author: 'Bob' });
    expect(await standingOf(bob)).toMatchObject({ aheadCount: 1 });
    clientWrite(ann, { id: a2 });
    git(ann, 'push', '-q', 'origin', V1_REF);
    expect(await standingOf(bob)).toMatchObject({ unknownCount: 1 });
    await fetchIn(bob, { merges: false });
    expect(await standingOf(bob)).toMatchObject({ divergedCount: 1 });
    git(bob, 'update-ref', V1_REF, `${V1_REF}~1`);
    expect(await standingOf(bob)).toMatchObject({ behindCount: 1 });
    expect(codes(await verifyIn(bob))).toEqual(expect.arrayContaining(['REMOTE_AHEAD']));
  });

  test('a branch that has moved on is read as it was fetched last, and named', async () => {
    const { clones } = team('ann', 'bob');
    const [ann, bob] = clones as [string, string];
    clientWrite(ann, { id: a1 });
    userCommit(ann, a1);
    git(ann, 'push', '-q', 'origin', MAIN);
    git(bob, 'fetch', '-q', 'origin');
    userCommit(ann, a2);
    git(ann, 'push', '-q', 'origin', MAIN);
    const report = await verifyIn(bob);
    expect(codes(report)).toEqual([`CHECKPOINT_NOWHERE ${a1}`, 'BRANCH_NOT_FETCHED']);
  });

  test('deleted here: not asked for again', async () => {
    const { clones } = team('ann');
    const [ann] = clones as [string];
    userCommit(ann, a1);
    git(ann, 'push', '-q', 'origin', MAIN);
    writeFileSync(join(ann, '.git/entire-deleted-checkpoints.json'), JSON.stringify({ deleted: [a1] }));
    expect(await verifyIn(ann)).toMatchObject({ consistent: true });
    expect(codes(await verifyIn(ann))).toEqual([`NAMED_DELETED ${a1}`]);
  });

  test('checkpoints in a repository of their own, the commits at origin', async () => {
    const { remote, clones } = team('ann');
    const [ann] = clones as [string];
    // The host, on this machine: origin's owner is the one whom the settings name.
    const host = join(dirname(remote), 'host');
    for (const name of ['remote', 'checkpoints']) git(dirname(remote), 'init', '-q', '--bare', `host/ann/${name}.git`);
    git(ann, 'config', `url.${host}/.insteadOf`, 'https://github.com/');
    git(ann, 'remote', 'set-url', 'origin', 'https://github.com/ann/remote.git');
    settings(ann, { checkpoint_remote: { provider: 'github', repo: 'ann/checkpoints' } });
    clientWrite(ann, { id: a1 });
    userCommit(ann, a1);
    git(ann, 'push', '-q', 'origin', MAIN);
    expect(codes(await verifyIn(ann))).toContain(`CHECKPOINT_NOT_ARRIVED ${a1}`);
    expect(await pushIn(ann)).toMatchObject({ status: 'pushed', remote: 'checkpoints' });
    expect(await verifyIn(ann)).toMatchObject({
      consistent: true,
      remote: { name: 'checkpoints', branchesOf: 'origin', commitCount: 1, arrivedCount: 1 },
    });
    expect(refs(join(host, 'ann/remote.git'), V1_REF)).toEqual({});
  });

  test('a shallow and a blob-less clone: nothing is fetched, nothing is guessed', async () => {
    const { remote, clones } = team('ann');
    const [ann] = clones as [string];
    for (const id of [a1, a2]) clientWrite(ann, { id });
    userCommit(ann, a1);
    git(ann, 'push', '-q', 'origin', MAIN, V1_REF);
    git(remote, 'config', 'uploadpack.allowFilter', 'true');
    for (const [name, flag] of [
      ['shallow', '--depth=1'],
      ['blobless', '--filter=blob:none'],
      ['treeless', '--filter=tree:0'],
    ] as const) {
      git(dirname(remote), 'clone', '-q', flag, '--no-single-branch', '--no-checkout', `file://${remote}`, name);
      const clone = join(dirname(remote), name);
      const count = git(clone, 'count-objects', '-v');
      const repo = await openRepository({ dir: clone, engine: 'native', fetches: false });
      const report = await verifyRemote(repo, { remote: '' }).finally(() => repo.close());
      expect(git(clone, 'count-objects', '-v')).toBe(count);
      const expected =
        name === 'treeless' ? { arrivedCount: 0, unknownCount: 1 } : { arrivedCount: 1, unknownCount: 0 };
      expect(report.remote).toMatchObject({ commitCount: 1, ...expected });
    }
  });

  test('the engine without git: the same over HTTP with a password, and refused clearly elsewhere', async () => {
    const { remote, clones } = team('ann');
    const [ann] = clones as [string];
    clientWrite(ann, { id: a1 });
    userCommit(ann, a1);
    git(ann, 'push', '-q', 'origin', MAIN);
    const server = await serveGit(dirname(remote));
    try {
      git(ann, 'remote', 'set-url', 'origin', `${server.urlWithPassword}/remote.git`);
      const [native, isomorphic] = [await verifyIn(ann), await verifyIn(ann, {}, 'isomorphic')];
      expect(isomorphic).toEqual(native);
      expect(codes(native)).toContain(`CHECKPOINT_NOT_ARRIVED ${a1}`);
      const wrong = `${server.url.replace('//', '//ann:not-the-password@')}/remote.git`;
      const failed = await verifyIn(ann, { remote: wrong }, 'isomorphic').catch((error: unknown) => error);
      expect(failed).toMatchObject({ code: 'REMOTE_FAILED' });
      expect(`${(failed as Error).message}${JSON.stringify(failed)}`).not.toContain('not-the-password');
    } finally {
      await server.close();
    }
    for (const url of [remote, 'git@example.com:ann/x.git', 'ssh://example.com/x']) {
      git(ann, 'remote', 'set-url', 'origin', url);
      await expect(verifyIn(ann, {}, 'isomorphic')).rejects.toMatchObject({ name: 'EngineUnavailableError' });
    }
  });

  test('each code has come up', () => {
    expect(Object.keys(REMOTE).filter((code) => !found.has(code))).toEqual([]);
  });
});
