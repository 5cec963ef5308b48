import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { EngineName } from '../../src/git/repository.ts';
import { type Finding, kindOf, LAYOUT_FINDINGS } from '../../src/verify/finding.ts';
import { LOSSES } from '../../src/verify/findings/losses.ts';
import { PAIRS } from '../../src/verify/findings/pairs.ts';
import { REMOTE } from '../../src/verify/findings/remote.ts';
import type { VerifyReport } from '../../src/verify/report.ts';
import { type VerifyOptions, verify } from '../../src/verify/verify.ts';
import { git, refs } from '../fixtures/git.ts';
import { BOTH_ENGINES, ENGINES, IS_LONG, share } from '../fixtures/scale.ts';
import { tempDir } from '../fixtures/temp.ts';
import { V1_REF } from '../fixtures/v1-builder.ts';
import { migrateIn, withRepository } from '../migrate/support.ts';
import { DEEP_SABOTAGES } from './deep-sabotages.ts';
import { type ExpectedFinding, GENERATIONS, GOOD, MAX_CHECKPOINTS, SABOTAGES, type Sabotage } from './sabotages.ts';

const good = join(tempDir('file'), 'good');
const CHECKPOINTS = GENERATIONS.flat();
const ALL = { ...SABOTAGES, ...DEEP_SABOTAGES };
/** Damage of more than a hundred megabytes is left to the whole suite. */
const TRIED = Object.entries(ALL).filter(([, { isLarge }]) => IS_LONG || isLarge !== true);

beforeAll(async () => {
  GOOD.v1.write(good);
  await migrateIn(good, { maxCheckpoints: MAX_CHECKPOINTS });
});

function verifyWith(dir: string, engine: EngineName, options: VerifyOptions = {}): Promise<VerifyReport> {
  return withRepository(dir, engine, (repo) => verify(repo, { maxCheckpoints: MAX_CHECKPOINTS, ...options }));
}

const damaged = new Map<Sabotage, string>();

/** Where a copy of the good V2 lies that has this damage: made once, since verify writes nothing. */
function sabotaged(sabotage: Sabotage): string {
  const known = damaged.get(sabotage);
  if (known !== undefined) return known;
  const copy = copyOf(good, 'file');
  sabotage.damage(copy);
  const dir = sabotage.elsewhere?.(copy) ?? copy;
  damaged.set(sabotage, dir);
  return dir;
}

function copyOf(repo: string, until: 'test' | 'file' = 'test'): string {
  const dir = join(tempDir(until), 'repo');
  cpSync(repo, dir, { recursive: true });
  return dir;
}

/** What a finding says beyond its place, which the tests of its text compare. */
const SAID = ['message', 'severity', 'old', 'new', 'cause', 'object', 'otherPaths'];

/** The findings that are not oddities of V1, without their words, in the order of their places. */
function places(findings: readonly Finding[]): ExpectedFinding[] {
  const own = findings.filter(({ code }) => code in LAYOUT_FINDINGS);
  const placeOf = (finding: Finding) => Object.entries(finding).filter(([name]) => !SAID.includes(name));
  return sorted(own.map((finding) => Object.fromEntries(placeOf(finding)) as unknown as ExpectedFinding));
}

function sorted(findings: readonly ExpectedFinding[]): ExpectedFinding[] {
  const key = ({ code, ref, path, field, commit }: ExpectedFinding) => [code, ref, path, field, commit].join(' ');
  return [...findings].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** Fills in the commit that the damage has made: it is expected by its subject. */
function withCommits(dir: string, findings: readonly ExpectedFinding[]): ExpectedFinding[] {
  return findings.map((finding) =>
    finding.commit === 'By hand'
      ? { ...finding, commit: git(dir, 'log', '--all', '--format=%H', '--grep=^By hand$') }
      : finding,
  );
}

const state = (dir: string) => ({ refs: refs(dir), objects: git(dir, 'count-objects', '-v') });

describe('the damage corpus', () => {
  test('has every code that the comparison can give', () => {
    const codes = new Set(Object.values(ALL).flatMap(({ findings }) => findings.map(({ code }) => code)));
    // Those of other layouts than V1 and V2 are in pairs.test.ts, of a remote in remote.test.ts, of V1's past in losses.test.ts.
    const elsewhere = { ...PAIRS, ...REMOTE, ...LOSSES };
    // Trees that repeat themselves are in attacks/repeated-trees.test.ts, which takes time limits.
    const ofV2 = Object.keys(LAYOUT_FINDINGS).filter((code) => !(code in elsewhere) && code !== 'TOO_MANY_PATHS');
    expect([...codes].sort()).toEqual(ofV2.sort());
  });

  test.each(ENGINES)('starts from a V2 without findings (%s)', async (engine) => {
    const report = await verifyWith(good, engine, { deep: true, secrets: true });
    expect(report.findings).toEqual([]);
    expect(report.consistent).toBe(true);
    expect(report.counts).toMatchObject({
      commits: GOOD.v1.commits,
      checkpoints: CHECKPOINTS.length,
      sessions: CHECKPOINTS.length + 2,
      generations: 3,
      currentCheckpoints: 2,
    });
  });
});

test.each(share(TRIED, 11))('%s gives exactly its findings, and verify writes nothing', async (_, sabotage) => {
  const dir = sabotaged(sabotage);
  const expected = sorted(withCommits(dir, sabotage.findings));
  const before = state(dir);
  const report = await verifyWith(dir, 'native', sabotage.options);
  expect(places(report.findings)).toEqual(expected);
  const severities = expected.map(({ code }) => LAYOUT_FINDINGS[code].severity);
  expect(report.consistent).toBe(!severities.includes('error'));
  const count = (severity: string) => severities.filter((one) => one === severity).length;
  expect(report.counts).toMatchObject({ errors: count('error'), warnings: count('warning') });
  for (const engine of withBoth.has(sabotage) ? BOTH_ENGINES.slice(1) : []) {
    expect((await verifyWith(dir, engine, sabotage.options)).findings).toEqual(report.findings);
  }
  expect(state(dir)).toEqual(before);
});

const withBoth = new Set(share(Object.values(ALL), 9));

const damagedBy = ({ findings }: Sabotage) => [...new Set(findings.flatMap(({ checkpoint }) => checkpoint ?? []))];

const aboutCheckpoints = TRIED.filter(
  ([, sabotage]) => damagedBy(sabotage).length > 0 && sabotage.options?.commits === undefined,
);

test.each(share(aboutCheckpoints, 11))('%s is found in the checkpoints alone that it is about', async (_, sabotage) => {
  const dir = sabotaged(sabotage);
  const about = damagedBy(sabotage);
  const findingsOf = async (checkpoints: readonly string[]) => {
    const { findings, counts } = await verifyWith(dir, 'native', { ...sabotage.options, checkpoints });
    return { counts, findings: places(findings).filter(({ checkpoint }) => checkpoint !== undefined) };
  };
  for (const checkpoint of about) {
    const { findings } = await findingsOf([checkpoint]);
    expect(findings).toEqual(sorted(sabotage.findings.filter((finding) => finding.checkpoint === checkpoint)));
  }
  const others = CHECKPOINTS.filter((id) => !about.includes(id));
  const { findings, counts } = await findingsOf(others);
  expect(findings).toEqual([]);
  expect(counts.checkpoints).toBe(others.length);
});

/** The damages that make the layouts inconsistent, but for those that lie in V1 itself. */
const repairable = TRIED.filter(
  ([, { findings, options, elsewhere }]) =>
    options === undefined &&
    elsewhere === undefined &&
    findings.every(({ code }) => code !== 'COVERAGE_NOT_COMPARED') &&
    findings.some(({ code }) => LAYOUT_FINDINGS[code].severity === 'error'),
);

test.each(share(repairable, 11))(
  '%s is undone by ckpt migrate: by a rebuild, where its finding does not say that V2 is only not finished',
  async (_, sabotage) => {
    const dir = copyOf(sabotaged(sabotage));
    const v1 = git(dir, 'rev-parse', V1_REF);
    const [first] = sabotage.findings.filter(({ code }) => LAYOUT_FINDINGS[code].severity === 'error');
    const isUnfinished = kindOf(first?.code ?? 'V2_MISSING').remedy.includes('`ckpt migrate`');
    await migrateIn(dir, { maxCheckpoints: MAX_CHECKPOINTS, rebuild: !isUnfinished });
    expect(places((await verifyWith(dir, 'native')).findings)).toEqual([]);
    expect(git(dir, 'rev-parse', V1_REF)).toBe(v1);
    if (v1 === GOOD.tip) expect(refs(dir, 'refs/entire/')).toEqual(refs(good, 'refs/entire/'));
  },
);
