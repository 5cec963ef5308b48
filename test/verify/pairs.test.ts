import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { EngineName } from '../../src/git/repository.ts';
import { migrateBetween } from '../../src/migrate/between/migrate-between.ts';
import { kindOf, LAYOUT_FINDINGS } from '../../src/verify/finding.ts';
import { LOSSES } from '../../src/verify/findings/losses.ts';
import { PAIR_MEANINGS, PAIRS } from '../../src/verify/findings/pairs.ts';
import { type VerifyOptions, verify } from '../../src/verify/verify.ts';
import { git, refs } from '../fixtures/git.ts';
import { refOf } from '../fixtures/refs-reference.ts';
import { BOTH_ENGINES, ENGINES, share } from '../fixtures/scale.ts';
import { A, B } from '../fixtures/scenarios.ts';
import { tempDir } from '../fixtures/temp.ts';
import { shardPath, V1_REF } from '../fixtures/v1-builder.ts';
import { migrateIn, withRepository } from '../migrate/support.ts';
import { projectIn } from '../project/refs/support.ts';
import { editTip, treeWith } from './damage.ts';
import { goodV1, PAIR_SABOTAGES, ULID } from './pair-sabotages.ts';

const good = join(tempDir('file'), 'good');

beforeAll(async () => {
  goodV1().write(good);
  await projectIn(good);
  await migrateIn(good);
});

function copy(): string {
  const dir = join(tempDir(), 'repo');
  cpSync(good, dir, { recursive: true });
  return dir;
}

const verifyWith = (dir: string, engine: EngineName, options: VerifyOptions) =>
  withRepository(dir, engine, (repo) => verify(repo, options));

/** Codes of findings with the checkpoint that they are about, without the oddities of V1 and without notes that lose nothing. */
async function found(dir: string, engine: EngineName, options: VerifyOptions): Promise<string[]> {
  const { findings } = await verifyWith(dir, engine, options);
  const own = findings.filter(({ code }) => code in LAYOUT_FINDINGS);
  return [
    ...new Set(own.map(({ code, checkpoint }) => (checkpoint === undefined ? code : `${code} ${checkpoint}`))),
  ].sort();
}

const V1_REFS = { from: 'v1', to: 'refs' } as const;
const REFS_V1 = { from: 'refs', to: 'v1' } as const;
const V2_V1 = { from: 'v2', to: 'v1' } as const;
const V2_REFS = { from: 'v2', to: 'refs' } as const;
const REFS_V2 = { from: 'refs', to: 'v2' } as const;

describe('the damage corpus of pairs', () => {
  test('has every code that a pair can give', () => {
    const found = new Set(Object.values(PAIR_SABOTAGES).flatMap(({ finds }) => finds));
    const catalogue = new Set([...Object.keys(PAIRS), ...Object.keys(PAIR_MEANINGS)]);
    expect([...catalogue].filter((code) => !found.has(code))).toEqual([]);
  });

  // Each with one of the engines, in turns: what they read is the same (test/git/contract), and this is about what is made of it.
  const inTurns = Object.entries(PAIR_SABOTAGES).map(
    ([name, one], i) => [name, BOTH_ENGINES[i % BOTH_ENGINES.length], one] as const,
  );
  test.each(share(inTurns, 11))('finds %s (%s)', async (_, engine, { damage, options, finds }) => {
    const dir = copy();
    damage(dir);
    // Summaries have another form in each layout; what V1's past had is in losses.test.ts, absent objects are in objects.test.ts.
    const isLeftOut = (code: string) => code === 'FILE_DIFFERS' || code === 'OBJECT_GONE' || code in LOSSES;
    const isWanted = (code: string) => finds.includes(code) || !isLeftOut(code);
    const { findings } = await verifyWith(dir, engine as EngineName, options);
    const codes = findings.map(({ code }) => code as string).filter((code) => code in LAYOUT_FINDINGS);
    expect([...new Set(codes.filter(isWanted))].sort()).toEqual([...finds].sort());
  });
});

describe.each(ENGINES)('verify of any two layouts (%s)', (engine) => {
  test.each([V1_REFS, REFS_V1, V2_V1, V2_REFS, REFS_V2, { from: 'v1', to: 'v2' } as const])(
    '$from to $to finds no error in what is whole, and writes nothing',
    async (pair) => {
      const before = refs(good, 'refs/');
      const report = await verifyWith(good, engine, pair);
      expect(report.findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
      expect(report.pairs).toMatchObject([{ ...pair, checkpointCount: 3, errorCount: 0 }]);
      expect(refs(good, 'refs/')).toEqual(before);
    },
  );

  test('without flags compares each layout that is here with the primary one', async () => {
    const dir = copy();
    expect((await verifyWith(dir, engine, {})).pairs.map(({ from, to }) => `${from} ${to}`)).toEqual([
      'v1 v2',
      'v1 refs',
    ]);
    const env = { ENTIRE_CHECKPOINTS_PRIMARY: 'git-refs' };
    const pairs = (await verifyWith(dir, engine, { env })).pairs.map(({ from, to }) => `${from} ${to}`);
    expect(pairs).toEqual(['refs v1', 'refs v2']);
  });

  test('of git-refs alone says that there is nothing to compare, and reads them; commits may name ULIDs', async () => {
    const dir = copy();
    git(dir, 'update-ref', '-d', V1_REF);
    for (const ref of Object.keys(refs(dir, 'refs/entire/checkpoints/v2/'))) git(dir, 'update-ref', '-d', ref);
    const alone = await verifyWith(dir, engine, {});
    expect(alone).toMatchObject({
      consistent: true,
      pairs: [],
      source: { layout: 'refs' },
      counts: { checkpoints: 3 },
    });
    expect(alone.findings.map(({ code }) => code)).toEqual(['COVERAGE_NOT_COMPARED']);
    const tree = git(dir, 'rev-parse', `${refOf(A)}^{tree}`);
    const commitOf = (id: string) => git(dir, 'commit-tree', '-m', `Work\n\nEntire-Checkpoint: ${id}`, tree);
    const resolved = await verifyWith(dir, engine, { commits: commitOf(ULID) });
    expect(resolved).toMatchObject({ consistent: true, scope: { checkpoints: [ULID], commitCount: 1 } });
    const lost = commitOf('01JZ8Q3V5X7K9M2N4P6R8T0W1Z');
    const report = await verifyWith(dir, engine, { commits: lost });
    expect(report.findings).toContainEqual(expect.objectContaining({ code: 'TRAILER_UNRESOLVED', commit: lost }));
  });

  test('of refs that another program wrote asks whether V1 is in their history', async () => {
    const dir = copy();
    const tree = git(dir, 'rev-parse', `${refOf(A)}^{tree}`);
    const imported = git(dir, 'commit-tree', '-m', 'Import checkpoint', tree);
    git(dir, 'update-ref', refOf(A), imported);
    expect(await found(dir, engine, V1_REFS)).toEqual([]);
    git(
      dir,
      'update-ref',
      refOf(A),
      git(dir, 'commit-tree', '-m', 'Checkpoint', treeWith(dir, refOf(A), { '0': null })),
    );
    expect(await found(dir, engine, V1_REFS)).toContain(`SESSION_MISSING ${A}`);
  });

  test('a migration makes consistent what it is about', async () => {
    const dir = copy();
    editTip(dir, V1_REF, { [shardPath(B)]: null });
    await withRepository(dir, engine, (repo) => migrateBetween(repo, { from: 'refs', to: 'v1' }));
    expect((await verifyWith(dir, engine, REFS_V1)).consistent).toBe(true);
  });
});

test('what V2 has otherwise than git-refs is for V1 to mend, as the finding says', () => {
  const { remedy } = kindOf('FILE_CHANGED', REFS_V2);
  expect(remedy).toBe('Run `ckpt migrate --from refs --to v1`, then `ckpt repair --from v1 --to v2`: V1 mends V2.');
  expect(kindOf('CHECKPOINT_MISSING', REFS_V2).remedy).toContain('`ckpt migrate --from refs --to v2`');
  expect(kindOf('GENERATION_UNREADABLE', { ...V2_REFS, isWithoutV1: true }).remedy).toContain(
    '`ckpt fetch PATH-OR-URL`',
  );
});
