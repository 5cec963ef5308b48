import { describe, expect, test } from 'vitest';
import { FAITHFUL, type ForeignSpec } from '../fixtures/foreign-v2.ts';
import { git, refs } from '../fixtures/git.ts';
import { V2_FULL } from '../fixtures/reference.ts';
import { share } from '../fixtures/scale.ts';
import { shardPath, V1_REF } from '../fixtures/v1-builder.ts';
import { ENGINES, listing, migrateIn } from '../migrate/support.ts';
import { removeObject } from './damage.ts';
import { A, B, C, D, foreignRepository, lines, verifyIn, X } from './foreign-v2.ts';

const TIMES = { oldest: '2025-11-14T23:13:20.500+01:00', newest: '2025-11-14T22:13:20.5Z' };
const ALL = [A, B, C, D];

describe.each(ENGINES)('a foreign V2 that holds everything, %s', (engine) => {
  test.each<[string, ForeignSpec]>([
    ['other names, a compact transcript, other forms', FAITHFUL],
    ['other session numbers', { ...FAITHFUL, firstNumber: 1 }],
    ['transcripts in other pieces', { ...FAITHFUL, pieceBytes: 300 }],
    ['transcripts in one piece', { ...FAITHFUL, pieceBytes: 1e6 }],
    ['the names of V1', { ...FAITHFUL, names: 'own' }],
    ['archives with another generation.json', { ...FAITHFUL, archives: { 1: [A, C] }, generationJson: TIMES }],
    ['checkpoints that V1 lacks', { ...FAITHFUL, extra: [X] }],
    ['full/current replaced with each write', { ...FAITHFUL, replacesCurrent: true }],
  ])('%s: no error and no warning, and nothing is written', async (_, spec) => {
    const { dir } = foreignRepository(spec);
    const before = listing(dir);
    const { findings, consistent, counts } = await verifyIn(dir, engine);
    expect([...lines(findings, 'error'), ...lines(findings, 'warning')]).toEqual([]);
    expect(consistent).toBe(true);
    expect(counts).toMatchObject({ checkpoints: 4, sessions: 9, commits: 0 });
    for (const id of ALL)
      expect(await verifyIn(dir, engine, { checkpoints: [id] })).toMatchObject({ consistent: true });
    expect(listing(dir)).toEqual(before);
  });
});

test('what differs without a loss is listed, with the numbers of both layouts', async () => {
  const { dir } = foreignRepository({ ...FAITHFUL, firstNumber: 1, pieceBytes: 300, extra: [X] });
  const { findings } = await verifyIn(dir);
  const notes = lines(findings, 'note');
  expect(notes.filter((line) => line.startsWith('CHECKPOINT_ONLY_IN_V2'))).toHaveLength(1); // on main and in a generation
  expect(notes).toEqual(
    expect.arrayContaining([
      `CHECKPOINT_ONLY_IN_V2 ${X}`,
      `FIELD_DIFFERS ${A} sessions[0].transcript`,
      `FILE_DIFFERS ${A}/3`,
      `FILE_DIFFERS ${C}/0`,
      `FILE_DIFFERS ${D}/0`,
      `FILE_ONLY_IN_V2 ${A}/3`,
      `SESSION_RENUMBERED ${A}/0`,
      'V2_FOREIGN',
    ]),
  );
  expect(findings).toContainEqual(
    expect.objectContaining({
      code: 'SESSION_RENUMBERED',
      session: '0',
      v2Session: '1',
      path: `${shardPath(A)}/1`,
    }),
  );
  // Session 2 of A, the second, keeps its number.
  expect(notes).not.toContain(`SESSION_RENUMBERED ${A}/2`);
});

/** What one session of each checkpoint loses where metadata is read into a fixed structure. */
const lostFields = (session: string) =>
  ['branch', 'files_touched', 'model', 'strategy'].map((field) => `FIELD_LOST ${session} ${field}`);

interface Defect {
  readonly spec: ForeignSpec;
  readonly damage?: (dir: string) => void;
  readonly errors: readonly string[];
  readonly warnings?: readonly string[];
}

/** What earlier tools for this job got wrong, one by one, in a V2 that is right else. */
const DEFECTS: Readonly<Record<string, Defect>> = {
  '1: sessions copied by position': {
    spec: { defects: ['positions'] },
    errors: [
      `SESSION_MISSING ${A}/3`,
      `SESSION_MISSING ${B}/0`,
      `TRANSCRIPT_MISSING ${A}/3`,
      `TRANSCRIPT_MISSING ${B}/0`,
    ],
  },
  '2: metadata read into a fixed structure, created_at reset': {
    spec: { defects: ['fields'] },
    errors: [
      ...[`${A}/0`, `${A}/2`, `${A}/3`, `${B}/0`, `${B}/1`, `${B}/2`, `${C}/0`, `${D}/0`, `${D}/1`].flatMap(
        (session) => [...lostFields(session), `FIELD_CHANGED ${session} agent`, `FIELD_CHANGED ${session} created_at`],
      ),
      ...ALL.flatMap((id) => ['branch', 'files_touched', 'strategy'].map((field) => `FIELD_LOST ${id} ${field}`)),
      `FIELD_LOST ${C} combined_attribution`,
      `FIELD_LOST ${C}/0 prompt_attributions`,
    ],
  },
  '3: a checkpoint given up for one of its sessions': {
    spec: { defects: ['incomplete'] },
    errors: [`CHECKPOINT_MISSING ${D}`, `TRANSCRIPT_MISSING ${D}`],
  },
  '4: one author for all commits': {
    spec: { defects: ['authors'] },
    errors: [],
    warnings: ['AUTHORS_LOST'],
  },
  '5: archived transcripts copied back into full/current': {
    spec: { ...FAITHFUL, archives: { 1: [B, C] }, doubled: [C], generationJson: TIMES },
    errors: [],
    warnings: [`TRANSCRIPT_DOUBLED ${C}/0`],
  },
  '6: interrupted': {
    spec: { ...FAITHFUL, lost: [C, D], withoutTranscripts: [B] },
    errors: [
      `CHECKPOINT_MISSING ${C}`,
      `CHECKPOINT_MISSING ${D}`,
      `TRANSCRIPT_MISSING ${B}`,
      `TRANSCRIPT_MISSING ${C}`,
      `TRANSCRIPT_MISSING ${D}`,
    ],
  },
  '7: generations built again for each checkpoint': {
    spec: { ...FAITHFUL, archives: { 1: [B, C], 2: [B, C], 3: [C] }, generationJson: TIMES },
    errors: [],
    warnings: [
      ...['0', '1', '2'].map((session) => `TRANSCRIPT_DOUBLED ${B}/${session}`),
      `TRANSCRIPT_DOUBLED ${C}/0`,
      `TRANSCRIPT_DOUBLED ${C}/0`,
    ],
  },
  '8: refs moved without comparing, so that most checkpoints vanished': {
    spec: { ...FAITHFUL, lost: [A, B, C] },
    errors: [A, B, C].flatMap((id) => [`CHECKPOINT_MISSING ${id}`, `TRANSCRIPT_MISSING ${id}`]),
  },
  '9: a generation lost between full/current and its archive': {
    spec: { ...FAITHFUL, archives: { 1: [B], 2: [C] }, generationJson: TIMES },
    damage: (dir) => git(dir, 'update-ref', '-d', `${V2_FULL}0000000000002`),
    errors: [`TRANSCRIPT_MISSING ${C}`],
  },
  '10: two people have migrated, and both histories were merged': {
    spec: FAITHFUL,
    damage: (dir) => {
      const main = 'refs/entire/checkpoints/v2/main';
      const other = git(dir, 'commit-tree', '-m', 'theirs', `${main}^{tree}`);
      git(dir, 'update-ref', main, git(dir, 'commit-tree', '-p', main, '-p', other, '-m', 'merge', `${main}^{tree}`));
    },
    errors: [],
  },
  '12: stopped at a blob that a partial clone lacks': {
    spec: { ...FAITHFUL, lost: [C, D] },
    damage: (dir) => removeObject(dir, git(dir, 'rev-parse', `${V1_REF}:${shardPath(B)}/0/full.jsonl`)),
    errors: [C, D].flatMap((id) => [`CHECKPOINT_MISSING ${id}`, `TRANSCRIPT_MISSING ${id}`]),
  },
  '11: every transcript read and written again': { spec: { ...FAITHFUL, pieceBytes: 1e6 }, errors: [] },
};

test.each(share(Object.entries(DEFECTS), 9))('defect %s', async (_, { spec, damage, errors, warnings = [] }) => {
  const { dir } = foreignRepository(spec);
  damage?.(dir);
  const before = refs(dir);
  const { findings, consistent } = await verifyIn(dir);
  expect(lines(findings, 'error')).toEqual([...errors].sort());
  expect(lines(findings, 'warning')).toEqual(warnings);
  expect(consistent).toBe(errors.length === 0);
  expect((await verifyIn(dir, 'isomorphic')).findings).toEqual(findings);
  expect(refs(dir)).toEqual(before);
});

type Metadata = NonNullable<ForeignSpec['metadata']>;

/** What Entire's V2 client wrote to V2, some milliseconds after V1. */
const clientAfter =
  (milliseconds: number): Metadata =>
  ({ prompt_attributions: _, transcript_lines_at_start: __, ...fields }) => ({
    ...fields,
    created_at: new Date(Date.parse(String(fields.created_at)) + milliseconds).toISOString(),
    ...(fields.checkpoint_transcript_start === undefined ? {} : { checkpoint_transcript_start: 5 }),
  });
const SESSIONS = ALL.flatMap(
  (id) => ({ [A]: [0, 2, 3], [B]: [0, 1, 2], [C]: [0], [D]: [0, 1] })[id]?.map((n) => `${id}/${n}`) ?? [],
);
const STAMPS = SESSIONS.map((session) => `FIELD_CHANGED ${session} created_at`);

test.each<[string, ForeignSpec, string[]]>([
  ['0.1 s later', { metadata: clientAfter(100) }, []],
  ['0.1 s before', { metadata: clientAfter(-100) }, []],
  ['2 s later', { metadata: clientAfter(2000) }, []],
  ['with its transcripts pruned', { metadata: clientAfter(100), archives: { 1: [] } }, []],
  ['2.001 s later', { metadata: clientAfter(2001) }, [...STAMPS, `FIELD_LOST ${C}/0 prompt_attributions`]],
  ['at the same time', { metadata: clientAfter(0) }, [`FIELD_LOST ${C}/0 prompt_attributions`]],
  [
    'under other names than it gives',
    { metadata: clientAfter(100), names: 'own', withoutCompactHash: true },
    [
      ...STAMPS,
      `FIELD_CHANGED ${C}/0 checkpoint_transcript_start`,
      `FIELD_LOST ${C}/0 prompt_attributions`,
      `FIELD_LOST ${C}/0 transcript_lines_at_start`,
    ],
  ],
  [
    'with other values in what it leaves out',
    {
      metadata: (fields) => ({
        ...clientAfter(100)(fields),
        ...(fields.prompt_attributions === undefined
          ? {}
          : { prompt_attributions: [{ a: 2 }], transcript_lines_at_start: 24 }),
      }),
    },
    [`FIELD_CHANGED ${C}/0 prompt_attributions[0].a`, `FIELD_CHANGED ${C}/0 transcript_lines_at_start`],
  ],
])("what Entire's client wrote to both layouts, %s", async (_, spec, errors) => {
  const { dir } = foreignRepository({ ...FAITHFUL, ...spec });
  const { findings } = await verifyIn(dir);
  expect(lines(findings, 'error')).toEqual([...errors].sort());
  if (errors.length === 0) expect(lines(findings, 'note')).toContain(`FIELD_DIFFERS ${C}/0 prompt_attributions`);
});

/** The specs of which `ckpt migrate` can mend everything: what is missing is added, nothing is replaced. */
test.each<[string, ForeignSpec]>([
  ['sessions', { defects: ['positions'] }],
  ['a checkpoint', { defects: ['incomplete'] }],
  ['half of the checkpoints, and transcripts', { ...FAITHFUL, lost: [C, D], withoutTranscripts: [B] }],
  ['task folders and unknown files', { defects: ['files'] }],
  ['generation.json', { ...FAITHFUL, archives: { 1: [A], 2: [C] } }],
  ['full/current', { ...FAITHFUL, archives: { 1: ALL }, withoutCurrent: true, generationJson: TIMES }],
  ['all transcripts', { ...FAITHFUL, withoutTranscripts: ALL, extra: [X] }],
])('a foreign V2 that lacks %s is clean after migrate', async (_, spec) => {
  const { dir } = foreignRepository(spec);
  expect((await verifyIn(dir)).consistent).toBe(false);
  await migrateIn(dir);
  const { findings } = await verifyIn(dir);
  expect([...lines(findings, 'error'), ...lines(findings, 'warning')]).toEqual([]);
});
