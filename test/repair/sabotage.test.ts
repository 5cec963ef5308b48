import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { kindOf, LAYOUT_FINDINGS } from '../../src/verify/finding.ts';
import { refs } from '../fixtures/git.ts';
import { share } from '../fixtures/scale.ts';
import { tempDir } from '../fixtures/temp.ts';
import { V1_REF } from '../fixtures/v1-builder.ts';
import { BOTH_ENGINES, complaints, migrateIn } from '../migrate/support.ts';
import { CURRENT, GOOD, MAIN, MAX_CHECKPOINTS, SABOTAGES, type Sabotage } from '../verify/sabotages.ts';
import { planOf, repairIn, verifyIn } from './support.ts';

const good = join(tempDir('file'), 'good');

beforeAll(async () => {
  GOOD.v1.write(good);
  await migrateIn(good, { maxCheckpoints: MAX_CHECKPOINTS });
});

function sabotaged({ damage, elsewhere }: Sabotage): string {
  const dir = join(tempDir(), 'repo');
  cpSync(good, dir, { recursive: true });
  damage(dir);
  return elsewhere?.(dir) ?? dir;
}

/** What the V1 that is here can't supply, or nothing on top of V2 can mend; every other error and warning of the corpus is mended. */
const LEFT = new Set<string>([
  'V2_MISSING',
  'V2_BEHIND',
  'V2_AHEAD',
  'V1_REWRITTEN',
  'METADATA_ABSENT',
  'FILE_NOT_COMPARED',
  'FILE_EXTRA',
  'TRANSCRIPT_EXTRA',
  'TRANSCRIPT_DOUBLED',
  'AUTHORS_LOST',
  'REF_UNKNOWN',
  ...Object.keys(LAYOUT_FINDINGS).filter((code) => code.startsWith('COMMIT_')),
]);

const isProblem = ({ code }: { code: string }) =>
  code in LAYOUT_FINDINGS && LAYOUT_FINDINGS[code as keyof typeof LAYOUT_FINDINGS].severity !== 'note';
const codesOf = (findings: readonly { code: string }[]) => findings.map(({ code }) => code).sort();

/** What a repair asks verify. */
const cases = Object.entries(SABOTAGES).filter(
  ([, { options, findings }]) => options === undefined && findings.some(isProblem),
);

describe('the damage corpus', () => {
  test.each(
    share(cases, 11).map(([name, sabotage], i) => ({ name, sabotage, engine: BOTH_ENGINES[i % 2] ?? 'native' })),
  )('$name ($engine)', async ({ name, sabotage, engine }) => {
    const dir = sabotaged(sabotage);
    const [before, complained] = [refs(dir), complaints(dir)];
    const planned = await repairIn(dir, engine === 'native' ? 'isomorphic' : 'native', { dryRun: true });
    expect(refs(dir)).toEqual(before);
    const result = await repairIn(dir, engine);
    // What was planned, and the same on both engines.
    expect(planOf(result)).toEqual(planOf(planned));

    const problems = sabotage.findings.filter(isProblem);
    const left = result.left.map(({ finding }) => finding);
    // What another writer stored follows from nothing.
    const isTheirs = (code: string) => code === 'OBJECT_GONE' && name.startsWith('foreign:');
    const isLeft = ({ code }: { code: string }) => LEFT.has(code) || isTheirs(code) || OUT_OF_REACH.test(name);
    expect(codesOf(left)).toEqual(codesOf(problems.filter(isLeft)));
    for (const { reason, remedy } of result.left) expect([reason, remedy]).not.toContain('');
    const mended = result.mended.flatMap(({ code, count }) => Array.from({ length: count }, () => ({ code })));
    expect(codesOf(mended)).toEqual(codesOf(problems.filter((problem) => !isLeft(problem))));

    // What verify says to do is this command, where it is the one.
    for (const { code } of result.mended)
      expect(kindOf(code).remedy).toMatch(/`ckpt (?:repair|migrate)`|pruned, fetch/);
    for (const { remedy } of result.left) expect(remedy).not.toContain('`ckpt repair`');

    // Verify says the same: nothing of what was mended, and what was left as it was.
    const report = await verifyIn(dir);
    expect(report.findings.filter(isProblem)).toEqual([...left, ...(NEW[name] ?? [])]);
    expect(result.isWhole).toBe(report.consistent);

    const after = refs(dir);
    expect(after[V1_REF]).toBe(before[V1_REF]);
    if (mended.length === 0) expect(after).toEqual(before);
    else if (left.length === 0 && NEW[name] === undefined && !OTHERWISE.test(name)) expectOnTop(after, refs(good));
    expect(complaints(dir).filter((line) => !complained.includes(line))).toEqual([]);
  });
});

/** What has refs of its own: where archives were pruned, and in a V2 of another writer. */
const OTHERWISE = /pruned|^foreign:|^V2 written by something else/;

/** Where V1 is gone nothing can be mended; nor are trees of a generation written again whose checkpoints are all as they should be. */
const OUT_OF_REACH = /^V1 gone|^an? (?:empty shard in|shard twice in) full\/current$/;

/** A checkpoint that V1 does not have stays in the archive, which gets back what it had. */
const NEW: Readonly<Record<string, readonly object[]>> = {
  'a checkpoint too many in an archive': [expect.objectContaining({ code: 'GENERATION_TOO_LARGE' })],
};

/** `main` and `full/current` have a commit on top; everything else of our own V2 has the ids that it had. */
function expectOnTop(after: Record<string, string>, wanted: Record<string, string>): void {
  const others = (all: Record<string, string>) =>
    Object.fromEntries(
      Object.entries(all).filter(([ref]) => ref.startsWith('refs/entire/') && ref !== MAIN && ref !== CURRENT),
    );
  expect(others(after)).toEqual(others(wanted));
}
