import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { EngineName } from '../../src/git/repository.ts';
import { migrate } from '../../src/migrate/migrate.ts';
import { removeDir } from '../fixtures/git.ts';
import { reference } from '../fixtures/reference.ts';
import { runs } from '../fixtures/scale.ts';
import { tempDir } from '../fixtures/temp.ts';
import { transcriptText } from '../fixtures/v1-builder.ts';
import { add, id, prepare, update } from './checkpoints.ts';
import { countSteps, type Kill, type SeamCall, type Steps } from './children/kill.ts';
import { startChild } from './children/start.ts';
import { gitIsGone, type KilledCase, locks, runCases, spread, tallyOf, tried } from './crash-support.ts';
import { BOTH_ENGINES, complaints, ENGINES, expectConsistent, migrateIn, v2Refs, withRepository } from './support.ts';

const maxCheckpoints = 3;

/** A repository that is about to be migrated, and the refs that it has before and must have afterwards. */
interface Prepared {
  readonly dir: string;
  readonly old: Record<string, string>;
  readonly final: Record<string, string>;
  readonly complaints: readonly string[];
  /** What a migration does, by engine: how often it calls what, and how many events it reports. */
  readonly steps: Record<EngineName, Steps>;
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
    const steps = { native: await stepsIn(dir, 'native'), isomorphic: await stepsIn(dir, 'isomorphic') };
    const old = v2Refs(dir);
    const { refs: final } = reference(dir, { maxCheckpoints });
    repositories.set(kind, { dir, old, final, complaints: complaints(dir), steps });
  }
});

/** Migrates a copy of the repository and counts the steps. */
async function stepsIn(dir: string, engine: EngineName): Promise<Steps> {
  const copy = join(tempDir('file'), 'repo');
  cpSync(dir, copy, { recursive: true });
  return withRepository(copy, engine, (repo) =>
    countSteps(repo, (counting, onEvent) => migrate(counting, { maxCheckpoints, onEvent })),
  );
}

interface Case {
  readonly kind: (typeof kinds)[number];
  readonly engine: EngineName;
  readonly kill: Kill;
}

async function runCase({ kind, engine, kill }: Case): Promise<KilledCase> {
  const prepared = repositories.get(kind) as Prepared;
  const about = `${kind} run, ${engine}, killed ${JSON.stringify(kill)}`;
  const temp = tempDir();
  const dir = join(temp, 'repo');
  cpSync(prepared.dir, dir, { recursive: true });
  const { pid, signal, done, stderr } = await startChild({ dir, engine, maxCheckpoints, kill });
  expect({ signal, stderr }, about).toEqual({ signal: 'SIGKILL', stderr: '' });

  if (engine === 'native') await gitIsGone(dir, pid);
  const refs = v2Refs(dir);
  const moved = refs[Object.keys(prepared.final)[0] as string] === Object.values(prepared.final)[0];
  expect(refs, about).toEqual(moved ? prepared.final : prepared.old);
  expect(complaints(dir), about).toEqual(prepared.complaints);

  // The next run, of any engine, goes on, and leaves nothing lying about.
  const next = BOTH_ENGINES[(about.length + (kill.when === 'later' ? Math.round(kill.ms) : kill.n)) % 2] as EngineName;
  const result = await migrateIn(dir, { engine: next, maxCheckpoints });
  expect(result.status, about).toBe(moved ? 'up-to-date' : 'migrated');
  expect(v2Refs(dir), about).toEqual(prepared.final);
  if (!moved) expect(locks(dir), about).toEqual([]);
  await expectConsistent(dir, { maxCheckpoints });
  removeDir(temp);
  return { done, moved };
}

describe.each(kinds)('a %s run', (kind) => {
  test.each(ENGINES)('%s: killed at any step', async (engine) => {
    const { steps } = repositories.get(kind) as Prepared;
    const calls = (call: SeamCall, count: number): Kill[] =>
      spread(steps[engine][call], count).map((n, i) => ({ when: i % 2 === 0 ? 'after' : 'before', call, n }));
    const kills = tried([
      ...calls('listRefs', 1),
      ...calls('walk', 1),
      ...calls('readObjects', 4),
      { when: 'before', call: 'flush', n: 1 },
      { when: 'after', call: 'flush', n: 1 },
      { when: 'before', call: 'updateRefs', n: 1 },
      { when: 'after', call: 'updateRefs', n: 1 },
      ...spread(steps[engine].events, 4).map((n) => ({ when: 'event' as const, n })),
    ]);
    const cases = kills.map((kill): Case => ({ kind, engine, kill }));
    const { killed, early, moved } = tallyOf(await runCases(cases, runCase));
    expect({ killed, early, moved }).toEqual({ killed: kills.length, early: kills.length, moved: 1 });
  });

  test.each(ENGINES)('%s: killed at any time', async (engine) => {
    const kills: Kill[] = Array.from({ length: Math.max(3, runs(6)) }, (_, i) => ({
      when: 'later',
      phase: (['read refs', 'write objects', 'move refs'] as const)[i % 3] as 'read refs',
      ms: Math.random() * (i % 3 === 0 ? 100 : 20),
      group: i % 2 === 0,
    }));
    const cases = kills.map((kill): Case => ({ kind, engine, kill }));
    // How many hit a migration at work is up to the clock, which may be slow.
    const { killed } = tallyOf(await runCases(cases, runCase));
    expect(killed).toBe(kills.length);
  });
});
