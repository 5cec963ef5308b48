import { cpSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type History, type HistoryOptions, histories, materialize } from '../fixtures/arbitraries.ts';
import { git, gitBytes, gitResult, refs, withTempDir } from '../fixtures/git.ts';
import { reference, V2_CURRENT, V2_MAIN } from '../fixtures/reference.ts';
import { V1_REF } from '../fixtures/v1-builder.ts';
import {
  assertProperty,
  complaints,
  ENGINES,
  expectConsistent,
  listing,
  migrateIn,
  normalizeIn,
  v2Refs,
  v2State,
} from './support.ts';

const maxCheckpoints = fc.integer({ min: 2, max: 5 });
const engine = fc.constantFrom('native' as const, 'native' as const, 'isomorphic' as const);

/** A repository with a generated V1 branch. */
interface Repository {
  readonly dir: string;
  /** A copy of it, as it was before anything was done with it. */
  readonly copy: () => string;
  /** V1's first-parent chain, root first. */
  readonly chain: readonly string[];
}

/** Checks a law on generated histories, each in a repository of its own. */
function holds<T>(
  numRuns: number,
  values: fc.Arbitrary<T>,
  law: (repository: Repository, value: T) => Promise<void>,
  options: HistoryOptions = {},
): Promise<void> {
  const property = fc.asyncProperty(histories(options), values, (history: History, value) =>
    withTempDir(async (temp) => {
      const dir = join(temp, 'repo');
      const { chain } = materialize(history, dir);
      const original = join(temp, 'original');
      cpSync(dir, original, { recursive: true });
      let copies = 0;
      const copy = () => {
        const path = join(temp, `copy-${++copies}`);
        cpSync(original, path, { recursive: true });
        return path;
      };
      await law({ dir, copy, chain }, value);
    }),
  );
  return assertProperty(property, numRuns);
}

/** All objects that V1 reaches, the absent ones marked. */
function v1Objects(dir: string): string {
  return git(dir, 'rev-list', '--objects', '--missing=print', V1_REF);
}

test('what was migrated is consistent, V1 is as it was, and git has nothing new to complain about', () =>
  holds(
    18,
    fc.record({ maxCheckpoints, engine }),
    async ({ dir }, options) => {
      const before = { v1: refs(dir), objects: v1Objects(dir), complaints: complaints(dir) };
      const result = await migrateIn(dir, options);
      expect(result).toMatchObject({ status: 'migrated', mode: 'first', dryRun: false });
      await expectConsistent(dir, options);
      expect({ v1: refs(dir, 'refs/heads/'), objects: v1Objects(dir), complaints: complaints(dir) }).toEqual(before);
      expect(refs(dir)).toEqual({ ...before.v1, ...v2Refs(dir) });
      expect(Object.fromEntries(result.refs.map(({ ref, new: id }) => [ref, id]))).toEqual(v2Refs(dir));
    },
    { deletions: true },
  ));

test('both engines give the ids that the rules of the format give', () =>
  holds(
    12,
    maxCheckpoints,
    async ({ dir, copy }, max) => {
      const other = copy();
      await migrateIn(dir, { maxCheckpoints: max, engine: 'native' });
      await migrateIn(other, { maxCheckpoints: max, engine: 'isomorphic' });
      expect(v2Refs(other)).toEqual(v2Refs(dir));
      expect(v2Refs(dir)).toEqual(reference(copy(), { maxCheckpoints: max }).refs);
    },
    { deletions: true },
  ));

test('migrating now and then gives what migrating once gives', () => {
  const values = fc.record({
    max: maxCheckpoints,
    /** Where along the chain a migration is run, and with which engine. */
    runs: fc.array(fc.record({ at: fc.nat(), engine }), { maxLength: 6 }),
  });
  return holds(18, values, async ({ dir, copy, chain }, { max, runs }) => {
    const cuts = runs.map((run) => ({ ...run, at: run.at % chain.length })).sort((a, b) => a.at - b.at);
    let rotated = false;
    for (const cut of [...cuts, { at: chain.length - 1, engine: 'native' as const }]) {
      git(dir, 'update-ref', V1_REF, chain[cut.at] as string);
      const { refs: moved } = await migrateIn(dir, { maxCheckpoints: max, engine: cut.engine });
      rotated = moved.some(({ ref, old }) => old === null && ref !== V2_CURRENT);
      await expectConsistent(dir, { maxCheckpoints: max });
    }
    const once = copy();
    await migrateIn(once, { maxCheckpoints: max });
    expect(v2State(dir)).toEqual(v2State(once));
    // A full/current that has just started again tells nothing of how it came about.
    if (rotated) expect(v2Refs(dir)).toEqual(v2Refs(once));
  });
});

test('wherever in its history V1 was, V2 becomes what a fresh clone makes of where it is now', () => {
  const values = fc.record({ max: maxCheckpoints, stops: fc.array(fc.nat(), { maxLength: 5 }), engine });
  return holds(36, values, async ({ dir, copy }, { max, stops, engine: name }) => {
    const tip = git(dir, 'rev-parse', V1_REF);
    // Also the commits of what was merged, and those of side branches with a root of their own.
    const commits = git(dir, 'rev-list', '--topo-order', '--reverse', V1_REF).split('\n');
    const chosen = stops.map((stop) => stop % commits.length).sort((a, b) => a - b);
    let was: string | undefined;
    for (const commit of [...chosen.map((at) => commits[at] as string), tip]) {
      if (was !== undefined && gitResult(dir, ['merge-base', '--is-ancestor', was, commit]).status !== 0) continue;
      was = commit;
      git(dir, 'update-ref', V1_REF, commit);
      await normalizeIn(dir, name, max);
      const fresh = copy();
      git(fresh, 'update-ref', V1_REF, commit);
      await migrateIn(fresh, { maxCheckpoints: max });
      expect(held(dir)).toEqual(held(fresh));
    }
  });
});

/** As `v2State`, without the manifest, which also has the numbers that archives had before V1 was rewritten. */
function held(dir: string): Record<string, string> {
  const { 'refs/entire/checkpoints/v2/generations': _, ...state } = v2State(dir);
  return state;
}

test('where checkpoints are deleted now and then, migrating now and then gives the same history', () => {
  const values = fc.record({ max: maxCheckpoints, runs: fc.array(fc.nat(), { maxLength: 4 }) });
  return holds(
    12,
    values,
    async ({ dir, copy, chain }, { max, runs }) => {
      for (const at of [...runs.map((run) => run % chain.length).sort((a, b) => a - b), chain.length - 1]) {
        git(dir, 'update-ref', V1_REF, chain[at] as string);
        await migrateIn(dir, { maxCheckpoints: max });
        const findings = await expectConsistent(dir, { maxCheckpoints: max });
        expect(findings.filter(({ code }) => code === 'CHECKPOINT_ONLY_IN_V2')).toEqual([]);
      }
      const once = copy();
      await migrateIn(once, { maxCheckpoints: max });
      expect(v2Refs(dir)[V2_MAIN]).toBe(v2Refs(once)[V2_MAIN]);
    },
    { deletions: true },
  );
});

test('a second run moves no ref and writes no object, and neither does a rebuild of what is right', () =>
  holds(
    8,
    fc.record({ maxCheckpoints, engine }),
    async ({ dir }, options) => {
      await migrateIn(dir, options);
      const before = listing(dir);
      expect(await migrateIn(dir, options)).toMatchObject({ status: 'up-to-date', refs: [] });
      expect(listing(dir)).toEqual(before);
      expect(await migrateIn(dir, { ...options, rebuild: true })).toMatchObject({ status: 'up-to-date', refs: [] });
      expect(listing(dir)).toEqual(before);
    },
    { deletions: true },
  ));

test('a dry run writes nothing, and announces what the run then does', () => {
  const values = fc.record({ maxCheckpoints, engine, cut: fc.nat() });
  return holds(8, values, async ({ dir, chain }, { cut, ...options }) => {
    for (const at of [cut % chain.length, chain.length - 1]) {
      git(dir, 'update-ref', V1_REF, chain[at] as string);
      const before = { files: listing(dir), objects: git(dir, 'count-objects', '-v') };
      const planned = await migrateIn(dir, { ...options, dryRun: true });
      expect({ files: listing(dir), objects: git(dir, 'count-objects', '-v') }).toEqual(before);
      const done = await migrateIn(dir, options);
      expect(planned).toEqual({
        ...done,
        status: done.status === 'migrated' ? 'planned' : done.status,
        dryRun: true,
      });
    }
    // A rebuild: the same, but for the backup's name, which is the time.
    rewriteV1(dir);
    const before = listing(dir);
    const planned = await migrateIn(dir, { ...options, rebuild: true, dryRun: true });
    expect(listing(dir)).toEqual(before);
    const done = await migrateIn(dir, { ...options, rebuild: true });
    const v2 = (refs: typeof done.refs) => refs.filter(({ ref }) => ref.startsWith('refs/entire/'));
    expect(v2(planned.refs)).toEqual(v2(done.refs));
  });
});

test('a rebuild after V1 was rewritten keeps the old refs', () =>
  holds(8, fc.record({ maxCheckpoints, engine }), async ({ dir, copy }, options) => {
    await migrateIn(dir, options);
    const old = v2Refs(dir);
    rewriteV1(dir);
    const result = await migrateIn(dir, { ...options, rebuild: true });
    expect(result).toMatchObject({ status: 'migrated', mode: 'rebuild' });
    expect(result.backup).toMatch(/^refs\/ckpt\/backup\/[0-9TZ]+\/$/);
    const kept = Object.entries(refs(dir, result.backup as string)).map(([ref, id]) => {
      return [`refs/entire/checkpoints/v2/${ref.slice(result.backup?.length)}`, id];
    });
    expect(Object.fromEntries(kept)).toEqual(old);
    await expectConsistent(dir, options);
    const fresh = copy();
    rewriteV1(fresh);
    await migrateIn(fresh, options);
    expect(v2Refs(dir)).toEqual(v2Refs(fresh));
  }));

/** Puts V1 on another history: its tip's tree in one commit without parents. */
function rewriteV1(dir: string): void {
  const commit = gitBytes(dir, ['commit-tree', '-m', 'Rewritten', `${V1_REF}^{tree}`], {
    env: { GIT_AUTHOR_DATE: '1750000000 +0000', GIT_COMMITTER_DATE: '1750000000 +0000' },
  });
  git(dir, 'update-ref', V1_REF, commit.toString().trim());
}

test.each(ENGINES)('%s: a history without checkpoints', async (name) => {
  await withTempDir(async (temp) => {
    const dir = join(temp, 'repo');
    materialize({ operations: [], storage: 'loose' }, dir);
    await migrateIn(dir, { engine: name });
    await expectConsistent(dir);
    expect(v2Refs(dir)).toEqual(reference(dir).refs);
  });
});
