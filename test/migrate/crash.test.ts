import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { EngineName, Repository } from '../../src/git/repository.ts';
import { migrate } from '../../src/migrate/migrate.ts';
import { removeDir } from '../fixtures/git.ts';
import { reference } from '../fixtures/reference.ts';
import { tempDir } from '../fixtures/temp.ts';
import { transcriptText } from '../fixtures/v1-builder.ts';
import { add, id, prepare, update } from './checkpoints.ts';
import type { Kill, SeamCall } from './children/migrate-child.ts';
import { startChild } from './children/start.ts';
import { overlay } from './overlay.ts';
import { complaints, ENGINES, expectConsistent, migrateIn, RUNS, v2Refs, withRepository } from './support.ts';

vi.setConfig({ testTimeout: 90_000 * RUNS });

const maxCheckpoints = 3;
/** Children at a time. */
const PARALLEL = 2;

/** A repository that is about to be migrated, and the refs that it has before and must have afterwards. */
interface Prepared {
  readonly dir: string;
  readonly old: Record<string, string>;
  readonly final: Record<string, string>;
  readonly complaints: readonly string[];
  /** What a migration does, by engine: how often it calls what, and how many events it reports. */
  readonly steps: Record<EngineName, Record<SeamCall | 'events', number>>;
}

/** `first` has all to do, in one pack; `later` rotates two generations and changes an archived one, in loose objects. */
const kinds = ['first', 'later'] as const;
const repositories = new Map<(typeof kinds)[number], Prepared>();

beforeAll(async () => {
  for (const kind of kinds) {
    const { dir, v1 } = prepare(5, 'file');
    if (kind === 'later') await migrateIn(dir, { maxCheckpoints });
    v1.finalize(id(2), 0, transcriptText('complete', 9));
    update(dir, add(v1, 6, 10));
    const steps = { native: await countSteps(dir, 'native'), isomorphic: await countSteps(dir, 'isomorphic') };
    const old = v2Refs(dir);
    const { refs: final } = reference(dir, { maxCheckpoints });
    repositories.set(kind, { dir, old, final, complaints: complaints(dir), steps });
  }
});

/** Migrates a copy of the repository and counts the steps. */
async function countSteps(dir: string, engine: EngineName): Promise<Record<SeamCall | 'events', number>> {
  const copy = join(tempDir('file'), 'repo');
  cpSync(dir, copy, { recursive: true });
  const steps = { listRefs: 0, walk: 0, readObjects: 0, objectInfo: 0, flush: 1, updateRefs: 1, events: 0 };
  await withRepository(copy, engine, async (repo) => {
    const counted = <K extends SeamCall & keyof Repository>(call: K) => ({
      [call]: (...args: unknown[]) => {
        steps[call]++;
        return (repo[call] as (...args: unknown[]) => unknown).apply(repo, args);
      },
    });
    const counting = overlay(repo, {
      ...counted('listRefs'),
      ...counted('walk'),
      ...counted('readObjects'),
      ...counted('objectInfo'),
    });
    await migrate(counting, { maxCheckpoints, onEvent: () => steps.events++ });
  });
  return steps;
}

interface Case {
  readonly kind: (typeof kinds)[number];
  readonly engine: EngineName;
  readonly kill: Kill;
}

/** Runs cases, a few at a time, and tells how many children were killed with work left to do. */
async function runCases(cases: readonly Case[]): Promise<{ killed: number; early: number; moved: number }> {
  const tally = { killed: 0, early: 0, moved: 0 };
  const left = [...cases];
  const work = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const { done, moved } = await runCase(next);
      tally.killed++;
      if (!done) tally.early++;
      if (moved) tally.moved++;
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  return tally;
}

async function runCase({ kind, engine, kill }: Case): Promise<{ done: boolean; moved: boolean }> {
  const prepared = repositories.get(kind) as Prepared;
  const about = `${kind} run, ${engine}, killed ${JSON.stringify(kill)}`;
  const temp = tempDir();
  const dir = join(temp, 'repo');
  cpSync(prepared.dir, dir, { recursive: true });
  const { signal, done, stderr } = await startChild({ dir, engine, maxCheckpoints, kill });
  expect({ signal, stderr }, about).toEqual({ signal: 'SIGKILL', stderr: '' });

  if (engine === 'native') await gitIsGone(dir);
  const refs = v2Refs(dir);
  const moved = refs[Object.keys(prepared.final)[0] as string] === Object.values(prepared.final)[0];
  expect(refs, about).toEqual(moved ? prepared.final : prepared.old);
  expect(complaints(dir), about).toEqual(prepared.complaints);

  // The next run, of any engine, goes on, and leaves nothing lying about.
  const next = ENGINES[(about.length + (kill.when === 'later' ? Math.round(kill.ms) : kill.n)) % 2] as EngineName;
  const result = await migrateIn(dir, { engine: next, maxCheckpoints });
  expect(result.status, about).toBe(moved ? 'up-to-date' : 'migrated');
  expect(v2Refs(dir), about).toEqual(prepared.final);
  if (!moved) expect(locks(dir), about).toEqual([]);
  await expectConsistent(dir, { maxCheckpoints });
  removeDir(temp);
  return { done, moved };
}

/** Git's own transaction outlives its starter: it is finished, or given up, when its locks are gone. */
async function gitIsGone(dir: string): Promise<void> {
  for (let waited = 0; waited < 5000 && locks(dir).length > 0; waited += 10) await delay(10);
}

function locks(dir: string): string[] {
  const names = readdirSync(dir, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.lock') || /^ckpt\/locks\/./.test(name));
}

/** About `count` numbers from 1 to `last`, both included, evenly spread. */
function spread(last: number, count: number): number[] {
  if (last === 0) return [];
  const numbers = Array.from({ length: count }, (_, i) => 1 + Math.round((i * (last - 1)) / Math.max(1, count - 1)));
  return [...new Set(numbers)];
}

describe.each(kinds)('a %s run', (kind) => {
  test.each(ENGINES)('%s: killed at any step', async (engine) => {
    const { steps } = repositories.get(kind) as Prepared;
    const calls = (call: SeamCall, count: number): Kill[] =>
      spread(steps[engine][call], count).map((n, i) => ({ when: i % 2 === 0 ? 'after' : 'before', call, n }));
    const kills: Kill[] = [
      ...calls('listRefs', 1),
      ...calls('walk', 1),
      ...calls('readObjects', 4),
      { when: 'before', call: 'flush', n: 1 },
      { when: 'after', call: 'flush', n: 1 },
      { when: 'before', call: 'updateRefs', n: 1 },
      { when: 'after', call: 'updateRefs', n: 1 },
      ...spread(steps[engine].events, 4).map((n) => ({ when: 'event' as const, n })),
    ];
    const { killed, early, moved } = await runCases(kills.map((kill) => ({ kind, engine, kill })));
    expect({ killed, early, moved }).toEqual({ killed: kills.length, early: kills.length, moved: 1 });
  });

  test.each(ENGINES)('%s: killed at any time', async (engine) => {
    const kills: Kill[] = Array.from({ length: 9 * RUNS }, (_, i) => ({
      when: 'later',
      phase: (['read refs', 'write objects', 'move refs'] as const)[i % 3] as 'read refs',
      ms: Math.random() * (i % 3 === 0 ? 100 : 20),
      group: i % 2 === 0,
    }));
    const { killed, early } = await runCases(kills.map((kill) => ({ kind, engine, kill })));
    expect(killed).toBe(kills.length);
    // Most of them hit a migration at work; which ones is up to the clock.
    expect(early).toBeGreaterThan(0);
  });
});
