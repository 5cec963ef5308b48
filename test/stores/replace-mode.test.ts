import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CheckpointId } from '../../src/checkpoint/checkpoint-id.ts';
import { mirror } from '../../src/dual-write/mirror.ts';
import type { Repository } from '../../src/git/repository.ts';
import { ckpt } from '../commands/ckpt.ts';
import { git, initRepository } from '../fixtures/git.ts';
import { tempDir } from '../fixtures/temp.ts';
import { V1Builder } from '../fixtures/v1-builder.ts';
import { checkpointsOf, ENGINES, expectConsistent, migrateIn, v2State, withRepository } from '../migrate/support.ts';
import { sessionWrite, source, v1Writer } from './store-bench.ts';
import { bytesOf } from './transcripts.ts';
import { V2Store } from './v2-store.ts';

const IDS = ['aa0000000001', 'bb0000000002', 'cc0000000003', 'dd0000000004', 'ee0000000005'] as CheckpointId[];
const CURRENT = 'refs/entire/checkpoints/v2/full/current';
const OPTIONS = { timeoutMs: 60_000, maxCheckpoints: 4, env: {} };

/** A repository whose settings turn dual-write on, with `full/current` in this mode. */
function newRepo(full_current_mode?: string): string {
  const dir = initRepository({ dir: tempDir() });
  setMode(dir, full_current_mode);
  return dir;
}

function setMode(dir: string, full_current_mode?: string): void {
  mkdirSync(join(dir, '.entire'), { recursive: true });
  const settings = { strategy_options: { checkpoints_v2: true, full_current_mode } };
  writeFileSync(join(dir, '.entire', 'settings.json'), JSON.stringify(settings));
}

async function put(repo: Repository, checkpointId: string, text: string): Promise<void> {
  await v1Writer(repo).writeCommitted(sessionWrite('x', { checkpointId, transcript: source(text) }));
  const { v2, warnings } = await mirror(repo, OPTIONS);
  expect([v2, warnings]).toEqual(['ok', []]);
}

async function finalize(repo: Repository, checkpointId: string, text: string): Promise<void> {
  await v1Writer(repo).updateCommitted({ checkpointId, sessionId: 'x', transcript: source(text) });
  await mirror(repo, OPTIONS);
}

describe.each(ENGINES)('dual-write with full_current_mode: replace (%s)', (engine) => {
  it('shows the last write alone, keeps the earlier ones in the history, and archives all of them', async () => {
    const [replacing, accumulating] = [newRepo('replace'), newRepo()];
    for (const dir of [replacing, accumulating]) {
      await withRepository(dir, engine, async (repo) => {
        for (const id of IDS.slice(0, 3)) await put(repo, id, `${id}\n`);
        await finalize(repo, IDS[0] ?? '', 'whole\n');
        await expectConsistent(dir, { maxCheckpoints: 4, engine });
        expect(checkpointsOf(dir, 'current')).toEqual(dir === replacing ? [IDS[0]] : IDS.slice(0, 3));
        for (const id of IDS.slice(0, 3)) {
          const transcript = await new V2Store(repo).readTranscript(id, '0');
          expect((await bytesOf(transcript)).toString()).toBe(id === IDS[0] ? 'whole\n' : `${id}\n`);
        }
        // A summary changes nothing of what is shown.
        const before = git(dir, 'rev-parse', CURRENT);
        await v1Writer(repo).updateSummary({ checkpointId: IDS[1] ?? '', summary: 's' });
        await mirror(repo, OPTIONS);
        expect(git(dir, 'rev-parse', CURRENT)).toBe(before);
        await put(repo, IDS[3] ?? '', 'four\n');
        expect(checkpointsOf(dir, '0000000000001')).toEqual(IDS.slice(0, 4));
        expect(checkpointsOf(dir, 'current')).toEqual([]);
        await put(repo, IDS[4] ?? '', 'five\n');
        await expectConsistent(dir, { maxCheckpoints: 4, engine });
      });
    }
    expect(v2State(replacing)).toEqual(v2State(accumulating));
  });

  it('verifies checkpoints that are named, too, and finds what is in no history', async () => {
    const dir = newRepo('replace');
    await withRepository(dir, engine, async (repo) => {
      for (const id of IDS.slice(0, 3)) await put(repo, id, `${id}\n`);
    });
    expect(ckpt(['verify', IDS[0] ?? ''], { cwd: dir }).code).toBe(0);
    // The history is cut off: only the last one is left.
    git(dir, 'update-ref', CURRENT, git(dir, 'commit-tree', '-m', 'cut off', `${CURRENT}^{tree}`));
    const { code, stdout } = ckpt(['verify', '--json'], { cwd: dir });
    expect(code).toBe(1);
    expect(stdout.match(/TRANSCRIPT_MISSING/g)?.length).toBeGreaterThanOrEqual(2);
  });

  it('does not bring back what V1 has no more', async () => {
    const dir = initRepository({ dir: tempDir() });
    const v1 = new V1Builder();
    const migrate = async () => {
      v1.write(dir, { init: false });
      await migrateIn(dir, { engine, maxCheckpoints: 3, fullCurrentMode: 'replace' });
      await expectConsistent(dir, { maxCheckpoints: 3, engine });
    };
    for (const id of IDS.slice(0, 2)) {
      v1.checkpoint(id);
      await migrate();
    }
    v1.remove(IDS[0] ?? '');
    await migrate();
    v1.checkpoint(IDS[2] ?? '');
    await migrate();
    expect(checkpointsOf(dir, 'current')).toEqual([IDS[2]]);
    v1.checkpoint(IDS[3] ?? '');
    await migrate();
    expect(checkpointsOf(dir, '0000000000001')).toEqual(IDS.slice(1, 4));
  });

  it('takes the history along when the mode has changed meanwhile', async () => {
    const dir = newRepo('replace');
    await withRepository(dir, engine, async (repo) => {
      for (const id of IDS.slice(0, 2)) await put(repo, id, `${id}\n`);
      setMode(dir);
      for (const id of IDS.slice(2, 5)) {
        await put(repo, id, `${id}\n`);
        await expectConsistent(dir, { maxCheckpoints: 4, engine });
      }
    });
    expect(checkpointsOf(dir, '0000000000001')).toEqual(IDS.slice(0, 4));
    expect(checkpointsOf(dir, 'current')).toEqual([IDS[4]]);
  });
});

it('is heeded by ckpt migrate as well', () => {
  const dir = newRepo('replace');
  const v1 = new V1Builder();
  for (const id of IDS.slice(0, 2)) {
    v1.checkpoint(id);
    v1.write(dir, { init: false });
    expect(ckpt(['migrate'], { cwd: dir }).code).toBe(0);
  }
  expect(checkpointsOf(dir, 'current')).toEqual([IDS[1]]);
  expect(ckpt(['verify'], { cwd: dir }).code).toBe(0);
});
