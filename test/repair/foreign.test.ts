import { describe, expect, test } from 'vitest';
import { repair } from '../../src/repair/repair.ts';
import type { ForeignSpec } from '../fixtures/foreign-v2.ts';
import { git, refs } from '../fixtures/git.ts';
import { shardPath, V1_REF } from '../fixtures/v1-builder.ts';
import { BOTH_ENGINES, complaints, migrateIn, withRepository } from '../migrate/support.ts';
import { editJson, editTip, textAt } from '../verify/damage.ts';
import { A, B, C, D, foreignRepository, verifyIn, X } from '../verify/foreign-v2.ts';
import { archive, CURRENT, MAIN } from '../verify/sabotages.ts';

const at = (id: string, below: string) => `${shardPath(id)}/${below}`;

/** A V2 of another tool, with the defects of which earlier tools are known, one after the other and all at once. */
const SPECS: Readonly<Record<string, ForeignSpec>> = {
  'sessions by position': { defects: ['positions'] },
  'metadata in a fixed structure': { defects: ['fields'] },
  'checkpoints given up': { defects: ['incomplete'] },
  'files forgotten': { defects: ['files'] },
  'everything at once, with archives': {
    defects: ['positions', 'fields', 'files'],
    lost: [B],
    archives: { 1: [A, C] },
    withoutTranscripts: [D],
    extra: [X],
  },
  'no full/current': { defects: ['fields'], withoutCurrent: true },
};

describe.each(
  Object.entries(SPECS).map(([name, spec], i) => ({ name, spec, engine: BOTH_ENGINES[i % 2] ?? 'native' })),
)('$name ($engine)', ({ spec, engine }) => {
  test('no error is left, on top of the V2 that is there', async () => {
    const { dir } = foreignRepository(spec);
    const before = refs(dir);
    expect((await verifyIn(dir)).consistent).toBe(false);
    const result = await withRepository(dir, engine, (repo) => repair(repo));
    expect(result).toMatchObject({ status: 'repaired', isWhole: true });
    expect(result.left.filter(({ finding }) => finding.severity === 'error')).toEqual([]);
    expect((await verifyIn(dir)).findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(await verifyIn(dir)).toMatchObject({ consistent: true });
    expect(git(dir, 'rev-parse', `${MAIN}^`)).toBe(before[MAIN]);
    expect(git(dir, 'log', '-1', '--format=%s', MAIN)).toBe('Repair V2');
    expect(refs(dir)[V1_REF]).toBe(before[V1_REF]);
    expect(complaints(dir)).toEqual([]);
    const after = refs(dir);
    expect((await migrateIn(dir, { engine })).status).toBe('up-to-date');
    expect((await withRepository(dir, engine, (repo) => repair(repo))).refs).toEqual([]);
    expect(refs(dir)).toEqual(after);
  });
});

test('what V2 has besides stays, and numbers that no float holds come back as they are', async () => {
  const { dir, v1 } = foreignRepository({ defects: [] });
  const exact = '{"session_id":"s","created_at":"2025-01-01T00:00:00Z","big":12345678901234567890.1}\n';
  const head = git(dir, 'rev-parse', V1_REF);
  editTip(dir, V1_REF, { [at(C, '0/metadata.json')]: exact });
  expect(git(dir, 'rev-parse', V1_REF)).not.toBe(head);
  expect(v1).toBeDefined();
  editTip(dir, MAIN, {
    [at(C, '0/metadata.json')]: '{"ours": true, "session_id": "s", "created_at": "2026-01-01T00:00:00Z"}',
  });
  const { mended, isWhole } = await withRepository(dir, 'native', (repo) => repair(repo));
  expect(mended.map(({ code }) => code)).toEqual(expect.arrayContaining(['FIELD_CHANGED', 'FIELD_LOST']));
  expect(isWhole).toBe(true);
  expect(textAt(dir, MAIN, at(C, '0/metadata.json'))).toBe(
    '{"ours": true, "session_id": "s", "created_at": "2025-01-01T00:00:00Z", "big": 12345678901234567890.1}',
  );
});

test('the generations of another writer: a wrong generation.json, one too many, an archive that is lost or empty', async () => {
  const { dir } = foreignRepository({ defects: [], archives: { 1: [A], 2: [C] }, generationJson: TIMES });
  editTip(dir, CURRENT, { 'generation.json': '{}\n' });
  editJson(dir, archive(1), 'generation.json', (value) => {
    value.newest_checkpoint_at = '2020-01-01T00:00:00Z';
  });
  await migrateIn(dir); // the manifest lists both archives
  git(dir, 'update-ref', '-d', archive(2));
  const codes = (await verifyIn(dir)).findings.filter(({ severity }) => severity === 'error').map(({ code }) => code);
  expect(new Set(codes)).toEqual(
    new Set(['GENERATION_JSON_MISPLACED', 'GENERATION_JSON_WRONG', 'GENERATION_LOST', 'TRANSCRIPT_MISSING']),
  );
  const { left } = await withRepository(dir, 'native', (repo) => repair(repo));
  expect(left.filter(({ finding }) => finding.severity === 'error')).toEqual([]);
  expect((await verifyIn(dir)).findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(await verifyIn(dir)).toMatchObject({ consistent: true });
});

const TIMES = { oldest: '2025-11-14T23:13:20.500+01:00', newest: '2025-11-14T22:13:20.5Z' };
