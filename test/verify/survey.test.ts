import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ODDITIES, type OddityCode } from '../../src/checkpoint/oddity.ts';
import { LOSSES } from '../../src/verify/findings/losses.ts';
import { verify } from '../../src/verify/verify.ts';
import { share } from '../fixtures/scale.ts';
import { A, A2, B, scenarios } from '../fixtures/scenarios.ts';
import { tempDir } from '../fixtures/temp.ts';
import { SUMMARY_FORMS, shardPath } from '../fixtures/v1-builder.ts';
import { expectConsistent, migrateIn, withRepository } from '../migrate/support.ts';

/** The code, and the path below the V1 tree's root. */
type Expected = readonly [code: OddityCode, path: string];

const at = (checkpoint: string, below = '') => shardPath(checkpoint) + (below === '' ? '' : `/${below}`);
const inA = (code: OddityCode, ...paths: string[]) => paths.map((path): Expected => [code, at(A, path)]);
const badSummary = inA('V1_BAD_SUMMARY', 'metadata.json');
const dangling = (count: number) => inA('V1_DANGLING_PATH', ...Array<string>(count).fill('metadata.json'));

/** Everything that is odd in each scenario; a scenario that is not named has nothing odd, or is odd where no survey looks. */
const EXPECTED: Readonly<Record<string, readonly Expected[]>> = {
  gaps: inA('V1_SESSION_GAP', ''),
  startsAboveZero: inA('V1_SESSION_GAP', ''),
  moreFoldersThanListed: inA('V1_UNLISTED_SESSION', ''),
  duplicateSessionId: inA('V1_DUPLICATE_SESSION', '1'),
  danglingPaths: dangling(4),
  doubledPaths: dangling(4),
  metadataWithoutTranscript: inA('V1_NO_TRANSCRIPT', '0', '2'),
  noTranscriptAtAll: inA('V1_NO_TRANSCRIPT', '0'),
  noContentHash: inA('V1_NO_CONTENT_HASH', '0'),
  absentTranscript: inA('V1_ABSENT_BLOB', '0/full.jsonl'),
  // The prompt is that of B too, so that its blob is there.
  absentPromptAndHash: inA('V1_ABSENT_BLOB', '0/content_hash.txt'),
  absentSessionMetadata: inA('V1_ABSENT_BLOB', '0/metadata.json'),
  absentSummary: inA('V1_ABSENT_BLOB', 'metadata.json'),
  createdAt: [
    ...inA('V1_NO_TIME', ...[3, 4, 5, 6].map((session) => `${session}/metadata.json`)),
    ...inA('V1_ODD_TIME', '7/metadata.json'),
  ],
  beforeTheEpoch: inA('V1_ODD_TIME', '0/metadata.json', '1/metadata.json'),
  noTimeKnown: inA('V1_NO_TIME', '0/metadata.json'),
  summaryForms: SUMMARY_FORMS.flatMap((form, index): Expected[] => {
    const id = `${(16 + index).toString(16)}00000000${index.toString(16).padStart(2, '0')}`;
    return [
      ['V1_NO_TRANSCRIPT', at(id, '1')],
      ['V1_NO_CONTENT_HASH', at(id, '2')],
      // Its second `prompt`, which a reader takes, names no file.
      ...(form === 'duplicateKeys' ? Array<Expected>(3).fill(['V1_DANGLING_PATH', at(id, 'metadata.json')]) : []),
    ];
  }),
  unknownFieldsAndFiles: ['A3', 'a3/short', 'docs', 'tasks'].map((path) => ['V1_STRANGE_PATH', path]),
  tasks: inA('V1_NO_TRANSCRIPT', '1'),
  oddModes: [
    ['V1_DANGLING_PATH', at(A2, 'metadata.json')],
    ['V1_DANGLING_PATH', at(B, 'metadata.json')],
  ],
  oddNames: inA('V1_STRANGE_PATH', '00'),
  emptyFolder: [
    ...inA('V1_NO_TRANSCRIPT', '7'),
    ...inA('V1_NO_METADATA', '7'),
    ...inA('V1_SESSION_GAP', ''),
    ...inA('V1_UNLISTED_SESSION', ''),
    ['V1_NO_SUMMARY', at(B)],
  ],
  manyRoots: [...inA('V1_SESSION_GAP', ''), ...inA('V1_UNLISTED_SESSION', '')],
  truncatedSummary: badSummary,
  notJsonSummary: badSummary,
  emptySummary: badSummary,
  arraySummary: badSummary,
  scalarSummary: badSummary,
  summaryWithBom: badSummary,
  summaryWithComments: badSummary,
  summaryNotUtf8: dangling(1),
  sessionsIsObject: inA('V1_UNLISTED_SESSION', ''),
  sessionsTwice: dangling(1),
  deepSummary: dangling(1),
  deepInsideSession: dangling(1),
  truncatedSessionMetadata: inA('V1_BAD_METADATA', '0/metadata.json'),
  treeWhereBlobShouldBe: [
    ...inA('V1_NO_TRANSCRIPT', '0'),
    ...inA('V1_NO_METADATA', '0'),
    ...inA('V1_UNLISTED_SESSION', ''),
    ...inA('V1_STRANGE_PATH', '0/full.jsonl', '0/metadata.json', '0/prompt.txt'),
  ],
  treeAsSummary: [
    ...inA('V1_NO_CONTENT_HASH', '0'),
    ...inA('V1_NO_METADATA', '0'),
    ...inA('V1_NO_SUMMARY', ''),
    ...inA('V1_STRANGE_PATH', 'metadata.json'),
  ],
  blobWhereTreeShouldBe: ['77/b2c4d5e6f7', 'a3', at(B, '3'), at(B, 'tasks')].map((path) => ['V1_STRANGE_PATH', path]),
  nonHexShard: ['A3', 'a3/b2c4d5e6f7ff', 'a3/b2c4d5e6zz', 'zz'].map((path) => ['V1_STRANGE_PATH', path]),
  ulids: [
    ['V1_NO_TIME', '0A/ZX4T9QK3M8V7W6P5R4S3T2A1/1/metadata.json'],
    ...['0a/0A', '7Z/ZX4T9QK3M8V7W6P5R4S3T2A1', '8A'].map((path): Expected => ['V1_STRANGE_PATH', path]),
  ],
  invalidUtf8Names: [['V1_STRANGE_PATH', '\xff']],
  sameTreeTwice: [`77${A.slice(2)}`, '0000000000cc'].flatMap((id) =>
    Array<Expected>(4).fill(['V1_DANGLING_PATH', at(id, 'metadata.json')]),
  ),
  badTreeOrder: inA('V1_NO_SUMMARY', ''),
};

const sorted = (list: readonly Expected[]) => list.map(([code, path]) => `${code} ${path}`).sort();

test('the table has every code, and names scenarios that exist', () => {
  const codes = new Set(Object.values(EXPECTED).flatMap((list) => list.map(([code]) => code)));
  expect([...codes].sort()).toEqual(Object.keys(ODDITIES).sort());
  expect(Object.keys(EXPECTED).filter((name) => !(name in scenarios))).toEqual([]);
});

describe.each(share(Object.keys(scenarios), 9))('%s', (name) => {
  const expected = EXPECTED[name] ?? [];

  test('has these oddities and no other, for migrate as for verify, and all of it is carried over', async () => {
    const dir = join(tempDir(), 'repo');
    await scenarios[name]?.(dir);
    const result = await migrateIn(dir, { maxCheckpoints: 2 });
    expect(await expectConsistent(dir, { maxCheckpoints: 2 })).toEqual([]);

    const { findings } = await withRepository(dir, 'native', (repo) => verify(repo, { maxCheckpoints: 2 }));
    const noted = findings
      .filter(({ code }) => !(code in LOSSES))
      .map(({ code, path }) => [code as OddityCode, path ?? ''] as const);
    expect(sorted(noted)).toEqual(sorted(expected));
    expect(findings.filter(({ severity }) => severity !== 'note')).toEqual([]);

    const counts = Object.fromEntries(result.oddities.map(({ code, count }) => [code, count]));
    const codes = [...new Set(expected.map(([code]) => code))];
    const countOf = (wanted: OddityCode) => expected.filter(([code]) => code === wanted).length;
    expect(counts).toEqual(Object.fromEntries(codes.map((code) => [code, countOf(code)])));
  });
});
