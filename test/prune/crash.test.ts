import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { EngineName } from '../../src/git/repository.ts';
import { refs, removeDir } from '../fixtures/git.ts';
import { runs } from '../fixtures/scale.ts';
import { tempDir } from '../fixtures/temp.ts';
import { id, prepare } from '../migrate/checkpoints.ts';
import { countSteps, type Kill, SEAM_CALLS, type Steps } from '../migrate/children/kill.ts';
import { startChild } from '../migrate/children/start.ts';
import { gitIsGone, type KilledCase, runCases, spread, tallyOf, tried } from '../migrate/crash-support.ts';
import { complaints, ENGINES, expectConsistent, withRepository } from '../migrate/support.ts';
import { type PruneJob, work } from './children/prune-child.ts';
import { DAY, MAX, madeAt, migrateHere, pruneIn } from './support.ts';

const CHILD = new URL('children/prune-child.ts', import.meta.url);

/** A repository that something is about to be done to, and all refs that it has before and must have afterwards. */
interface Prepared {
  readonly job: Omit<PruneJob, 'engine' | 'kill'>;
  readonly old: Record<string, string>;
  readonly final: Record<string, string>;
  /** What verify finds before and afterwards, by code and count. */
  readonly findings: { readonly old: string[]; readonly final: string[] };
  readonly steps: Record<EngineName, Steps>;
}

/** `prune` deletes the archives 1 and 2 of 3; `restore` brings the second one back. */
const kinds = ['prune', 'restore'] as const;
const repositories = new Map<(typeof kinds)[number], Prepared>();

beforeAll(async () => {
  const { dir } = prepare(7, 'file');
  await migrateHere(dir);
  const now = new Date(madeAt(4).getTime() + 14 * DAY + 1);
  for (const kind of kinds) {
    const job = { dir, now: now.toISOString(), restore: kind === 'prune' ? null : 2 };
    const copy = join(tempDir('file'), 'repo');
    cpSync(dir, copy, { recursive: true });
    const old = refs(dir);
    const found = await findingsIn(dir);
    const steps = { native: await stepsIn(job, 'native'), isomorphic: await stepsIn(job, 'isomorphic') };
    await withRepository(copy, 'native', (repo) => work(repo, job));
    const findings = { old: found, final: await findingsIn(copy) };
    repositories.set(kind, { job: { ...job, dir: copyOf(dir) }, old, final: refs(copy), findings, steps });
    // The second kind starts where the first one ends.
    if (kind === 'prune') await pruneIn(dir, { now, apply: true });
  }
});

/** What verify says, which is never an error: codes and the checkpoint or ref that they are about. */
async function findingsIn(dir: string): Promise<string[]> {
  const findings = await expectConsistent(dir, { maxCheckpoints: MAX });
  return findings.map(({ code, checkpoint, ref }) => `${code} ${checkpoint ?? ref}`).sort();
}

function copyOf(dir: string): string {
  const copy = join(tempDir('file'), 'repo');
  cpSync(dir, copy, { recursive: true });
  return copy;
}

function stepsIn(job: Prepared['job'], engine: EngineName): Promise<Steps> {
  return withRepository(copyOf(job.dir), engine, (repo) =>
    countSteps(repo, (counting, onEvent) => work(counting, job, onEvent)),
  );
}

interface Case {
  readonly kind: (typeof kinds)[number];
  readonly engine: EngineName;
  readonly kill: Kill;
}

async function runCase({ kind, engine, kill }: Case): Promise<KilledCase> {
  const prepared = repositories.get(kind) as Prepared;
  const about = `${kind}, ${engine}, killed ${JSON.stringify(kill)}`;
  const temp = tempDir();
  const dir = join(temp, 'repo');
  cpSync(prepared.job.dir, dir, { recursive: true });
  const { pid, signal, done, stderr } = await startChild({ ...prepared.job, dir, engine, kill }, CHILD);
  expect({ signal, stderr }, about).toEqual({ signal: 'SIGKILL', stderr: '' });
  if (engine === 'native') await gitIsGone(dir, pid);

  // All of the old state or all of the new one: the archives, their backup and the manifest.
  const found = refs(dir);
  const moved = JSON.stringify(found) !== JSON.stringify(prepared.old);
  expect(found, about).toEqual(moved ? prepared.final : prepared.old);
  expect(await findingsIn(dir), about).toEqual(moved ? prepared.findings.final : prepared.findings.old);
  expect(complaints(dir), about).toEqual([]);

  // The next run, of the other engine, goes on.
  const other = engine === 'native' ? 'isomorphic' : 'native';
  if (!moved) await withRepository(dir, other, (repo) => work(repo, prepared.job));
  expect(refs(dir), about).toEqual(prepared.final);
  removeDir(temp);
  return { done, moved };
}

/** Kills at steps that are spread over the work, and around all that writes. */
function killsAt(steps: Steps, each: number): Kill[] {
  const reads = SEAM_CALLS.filter((call) => call !== 'updateRefs').flatMap((call) =>
    spread(steps[call], each).map((n, i): Kill => ({ when: i === 0 ? 'after' : 'before', call, n })),
  );
  const writes = (['flush', 'updateRefs'] as const).flatMap((call): Kill[] => [
    { when: 'before', call, n: 1 },
    { when: 'after', call, n: 1 },
  ]);
  return [...reads, ...writes, ...spread(steps.events, 2 * each).map((n): Kill => ({ when: 'event', n }))];
}

/** Kills while refs move, at any time, and of some the git that moves them too. */
function killsLater(count: number): Kill[] {
  return Array.from({ length: runs(count) }, (_, i): Kill => {
    return { when: 'later', phase: 'move refs', ms: Math.random() * 20, group: i % 2 === 0 };
  });
}

describe.each(ENGINES)('%s', (engine) => {
  test('prune --apply, killed at any step', async () => {
    const kills = tried(killsAt((repositories.get('prune') as Prepared).steps[engine], runs(1)));
    const cases = kills.map((kill): Case => ({ kind: 'prune', engine, kill }));
    const tally = tallyOf(await runCases(cases, runCase));
    expect(tally).toEqual({ killed: kills.length, early: kills.length, moved: 1 });
  });

  test('prune --apply, killed while refs move', async () => {
    const cases = killsLater(4).map((kill): Case => ({ kind: 'prune', engine, kill }));
    const { killed } = tallyOf(await runCases(cases, runCase));
    expect(killed).toBe(runs(4));
  });

  test('prune --restore, killed where it writes', async () => {
    const kills = tried(killsAt((repositories.get('restore') as Prepared).steps[engine], 0));
    const cases = [...kills, ...killsLater(1)].map((kill): Case => ({ kind: 'restore', engine, kill }));
    const tally = tallyOf(await runCases(cases, runCase));
    expect(tally.killed).toBe(kills.length + runs(1));
    expect(tally.moved).toBeGreaterThan(0);
  });
});

test('what the cases compare with is what a run gives', () => {
  const pruned = repositories.get('prune') as Prepared;
  expect(pruned.findings.old).toEqual([]);
  expect(pruned.findings.final).toContain(`TRANSCRIPT_PRUNED ${id(1)}`);
  expect(Object.keys(pruned.final)).toHaveLength(Object.keys(pruned.old).length);
});
