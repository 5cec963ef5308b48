import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  CkptError,
  fetch,
  listCheckpoints,
  migrate,
  migrateLayout,
  mirror,
  openRepository,
  type ProgressEvent,
  prune,
  push,
  readCheckpoint,
  readTranscript,
  repair,
  rotate,
  verify,
} from '../../src/api/index.ts';
import { ckpt } from '../commands/ckpt.ts';
import { clientWrite, idOf } from '../fixtures/entire-client.ts';
import { git, gitBytes, initRepository, refs } from '../fixtures/git.ts';
import { A, B, historyScenarios } from '../fixtures/scenarios.ts';
import { tempDir } from '../fixtures/temp.ts';
import { shardPath, V1_REF, V1Builder } from '../fixtures/v1-builder.ts';
import { checkpointsOf } from '../migrate/support.ts';
import { team } from '../remote/team.ts';

describe.each(['native', 'isomorphic'] as const)('the programming interface (%s)', (engine) => {
  it('does what the commands do, and prints nothing', async () => {
    const dir = tempDir();
    await historyScenarios.besideCode(dir);
    const repo = await openRepository({ dir, engine });
    try {
      expect(repo).toMatchObject({ engine, path: expect.stringContaining(dir) });
      const events: ProgressEvent[] = [];
      expect(await migrate(repo, { onEvent: (event) => events.push(event) })).toMatchObject({ status: 'migrated' });
      expect(events).toContainEqual(expect.objectContaining({ kind: 'phase', phase: 'move refs' }));
      expect((await verify(repo)).counts).toMatchObject({ errors: 0 });
      expect(await rotate(repo, { force: true })).toMatchObject({ status: 'rotated' });
      expect(await prune(repo, { retentionDays: 36_500 })).toMatchObject({ status: 'nothing-to-do' });
      git(dir, 'update-ref', '-d', 'refs/entire/checkpoints/v2/full/current');
      expect(await repair(repo)).toMatchObject({ isWhole: true });
      expect(await mirror(repo)).toMatchObject({ mode: 'v1', v2: 'off' });
      expect(await migrateLayout(repo, { from: 'v1', to: 'refs' })).toMatchObject({ status: 'migrated' });
      const { checkpoints } = await listCheckpoints(repo);
      expect(checkpoints.map(({ checkpoint }) => checkpoint)).toContain(A);
      const { sessions } = await readCheckpoint(repo, A);
      const pieces: Uint8Array[] = [];
      for await (const piece of await readTranscript(repo, A, { session: sessions[0]?.session })) pieces.push(piece);
      expect(Buffer.concat(pieces).toString()).toBe(
        gitBytes(dir, ['cat-file', 'blob', `${V1_REF}:${shardPath(A)}/0/full.jsonl`]).toString(),
      );
    } finally {
      await repo.close();
    }
  });

  it('heeds the settings, as the commands do', async () => {
    const dirs = [tempDir(), tempDir()];
    const [byCommand, byFunction] = dirs as [string, string];
    const settings = { full_current_mode: 'replace', full_transcript_generation_retention_days: 3 };
    for (const dir of dirs) {
      mkdirSync(join(initRepository({ dir }), '.entire'));
      writeFileSync(join(dir, '.entire/settings.json'), JSON.stringify({ strategy_options: settings }));
    }
    const v1 = new V1Builder();
    await using repo = await openRepository({ dir: byFunction, engine });
    for (const id of [A, B]) {
      v1.checkpoint(id);
      for (const dir of dirs) v1.write(dir, { init: false });
      expect(ckpt(['migrate', '--repo', byCommand]).code).toBe(0);
      await migrate(repo);
      expect(refs(byFunction)).toEqual(refs(byCommand));
    }
    expect(checkpointsOf(byFunction, 'current')).toEqual([B]);
    expect(await prune(repo)).toMatchObject({ retention: { seconds: 3 * 86_400, from: 'settings' } });
    expect(await rotate(repo, { force: true })).toMatchObject({ generations: [{ checkpointCount: 2 }] });
    expect(ckpt(['rotate', '--force', '--repo', byCommand]).code).toBe(0);
    expect(refs(byFunction)).toEqual(refs(byCommand));
  });

  it('stops at a signal with no ref moved, and can be asked again', async () => {
    const dir = tempDir();
    await historyScenarios.besideCode(dir);
    const before = refs(dir);
    const repo = await openRepository({ dir, engine });
    try {
      const controller = new AbortController();
      const stopped = migrate(repo, {
        signal: controller.signal,
        onEvent: (event) => {
          if (event.kind === 'phase' && event.phase === 'move refs') controller.abort(new Error('enough'));
        },
      });
      await expect(stopped).rejects.toThrow('enough');
      expect(refs(dir)).toEqual(before);
      await expect(verify(repo, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
      mkdirSync(join(dir, '.entire'));
      writeFileSync(join(dir, '.entire/settings.json'), '{"strategy_options":{"checkpoints_v2":true}}');
      const unwritten = mirror(repo, { signal: AbortSignal.abort(new Error('enough')) });
      await expect(unwritten).rejects.toThrow('enough');
      expect(refs(dir)).toEqual(before);
      expect(await migrate(repo)).toMatchObject({ status: 'migrated' });
    } finally {
      await repo.close();
    }
  });

  it('fails with codes', async () => {
    const dir = tempDir();
    await expect(openRepository({ dir, engine })).rejects.toMatchObject({ code: 'NOT_A_REPOSITORY' });
    git(dir, 'init', '-q');
    const repo = await openRepository({ dir, engine });
    try {
      const error: unknown = await verify(repo).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(CkptError);
      expect(error).toMatchObject({ code: 'NO_V1' });
    } finally {
      await repo.close();
    }
  });

  it('fails with a code for what TypeScript would not let through', async () => {
    const dir = tempDir();
    await historyScenarios.besideCode(dir);
    await using repo = await openRepository({ dir, engine });
    const anything = (value: unknown): never => value as never;
    const before = refs(dir);
    for (const wrong of [
      () => openRepository(anything({ dir, engine: 'none' })),
      () => openRepository(anything({ dir, engine: null })),
      () => openRepository(anything(dir)),
      () => openRepository(anything(undefined)),
      () => verify(anything({})),
      () => verify(anything(undefined)),
      () => verify(repo, anything(null)),
      () => verify(repo, { from: anything('v9') }),
      () => verify(repo, { to: anything('V1') }),
      () => repair(repo, { to: anything(['v1']) }),
      () => repair(repo, { from: anything('toString') }),
      () => migrateLayout(repo, anything(undefined)),
      () => migrateLayout(repo, anything({ from: 'v1' })),
      () => migrateLayout(repo, { from: 'v1', to: anything('v2') }),
      () => migrate(repo, { fullCurrentMode: anything('sometimes') }),
      () => rotate(repo, { fullCurrentMode: anything('') }),
      () => listCheckpoints(repo, { layout: anything('v3') }),
      () => readCheckpoint(repo, A, { layout: anything(1) }),
      () => readTranscript(repo, A, { layout: anything('refs ') }),
      () => push(repo, { layouts: anything(['v1', 'v9']) }),
      () => push(repo, { layouts: anything('v9') }),
    ]) {
      const error: unknown = await wrong().then(
        () => 'nothing',
        (reason: unknown) => reason,
      );
      expect([String(wrong), error]).toEqual([String(wrong), expect.objectContaining({ code: 'WRONG_USAGE' })]);
    }
    expect(refs(dir)).toEqual(before);
  });

  it('fails after close, and while it is closed under work that goes on', async () => {
    const dir = tempDir();
    await historyScenarios.besideCode(dir);
    const repo = await openRepository({ dir, engine });
    await migrate(repo);
    const atWork = [verify(repo, { deep: true }), listCheckpoints(repo)];
    await Promise.all([repo.close(), repo.close()]);
    await Promise.allSettled(atWork); // whatever comes of it, it ends
    const before = refs(dir);
    for (const work of [
      () => migrate(repo),
      () => migrateLayout(repo, { from: 'v1', to: 'refs' }),
      () => verify(repo),
      () => repair(repo),
      () => mirror(repo),
      () => rotate(repo),
      () => prune(repo, { retentionDays: 1 }),
      () => fetch(repo),
      () => push(repo),
      () => listCheckpoints(repo),
      () => readCheckpoint(repo, A, { signal: new AbortController().signal }),
      () => readTranscript(repo, A),
    ])
      await expect(work(), String(work)).rejects.toMatchObject({ code: 'REPOSITORY_CLOSED' });
    expect(refs(dir)).toEqual(before);
    await repo.close();
  });
});

it('fetches and pushes, as the commands do', async () => {
  const { remote, clones } = team('ann', 'bob');
  const [ann, bob] = clones as [string, string];
  clientWrite(ann, { id: idOf('a1') });
  await using here = await openRepository({ dir: ann });
  await using there = await openRepository({ dir: bob });
  expect(await push(here, { dryRun: true })).toMatchObject({ status: 'planned' });
  expect(refs(remote, 'refs/heads/entire/')).toEqual({});
  await expect(push(here, { maxBlob: 1 })).rejects.toMatchObject({ code: 'BLOB_TOO_LARGE' });
  expect(await push(here)).toMatchObject({
    status: 'pushed',
    refs: expect.arrayContaining([expect.objectContaining({ ref: V1_REF, outcome: 'pushed' })]),
  });
  await expect(fetch(there, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
  expect(await fetch(there)).toMatchObject({ status: 'fetched' });
  expect(refs(bob, V1_REF)).toEqual(refs(ann, V1_REF));
  expect(await fetch(there)).toMatchObject({ status: 'up-to-date' });
});
