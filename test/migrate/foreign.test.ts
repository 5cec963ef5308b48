import { cpSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CHECKPOINT_IDS, histories, materialize, replay } from '../fixtures/arbitraries.ts';
import { type ForeignSpec, writeForeignV2 } from '../fixtures/foreign-v2.ts';
import { git, gitBytes, refs, withTempDir } from '../fixtures/git.ts';
import { V2_CURRENT, V2_FULL, V2_MAIN } from '../fixtures/reference.ts';
import { share } from '../fixtures/scale.ts';
import { realScenarios } from '../fixtures/scenarios.ts';
import { tempDir } from '../fixtures/temp.ts';
import { type CheckpointSpec, shardPath, transcriptText, V1_REF, V1Builder } from '../fixtures/v1-builder.ts';
import { allFiles, expectAllThere, expectNothingLost, type Files, filesAt } from './foreign-expectations.ts';
import { assertProperty, ENGINES, listing, migrateIn, v2Refs } from './support.ts';

const A = 'a3b2c4d5e6f7';
const B = 'b1c2d3e4f506';
const C = 'c0ffee000001';
const D = 'a3ffffffffff';
/** Only in V2; no generated history has it. */
const X = 'e0e0e0e0e0e0';
/** A run that moves no ref: where the other tool's content differs from V1's, that is said. */
const NOTHING_ADDED = expect.stringMatching(/^(?:up-to-date|differs)$/);
const ARCHIVE_1 = `${V2_FULL}0000000000001`;

/** A V1 with one checkpoint for each thing that other tools get wrong. */
function buildV1(checkpoints: Readonly<Record<string, CheckpointSpec>>): V1Builder {
  const v1 = new V1Builder();
  v1.init();
  for (const [id, spec] of Object.entries(checkpoints)) v1.checkpoint(id, spec);
  return v1;
}

function prepare(checkpoints: Readonly<Record<string, CheckpointSpec>>, spec: ForeignSpec = {}) {
  const dir = join(tempDir(), 'repo.git');
  const v1 = buildV1(checkpoints);
  v1.write(dir);
  writeForeignV2(dir, v1, spec);
  return { dir, v1, before: allFiles(dir), refsBefore: refs(dir) };
}

/** Everything of the list in one repository. */
const EVERYTHING: Readonly<Record<string, CheckpointSpec>> = {
  [A]: {
    sessions: [{ number: 0 }, { number: 2 }, { number: 3, tasks: { toolu_1: 'usual' } }],
    tasks: { root: 'usual' },
  },
  [B]: { sessions: [{ sessionId: 'same' }, { sessionId: 'same', transcript: transcriptText('another') }, {}] },
  [C]: { sessions: [{ fields: { prompt_attributions: [{ a: 1 }] }, context: '# c\n', compact: '{"v1":true}\n' }] },
  [D]: { sessions: [{ transcript: transcriptText('d', 40), chunkBytes: 400 }, { transcript: null }] },
};

async function expectSecondRunMovesNothing(dir: string): Promise<void> {
  const state = refs(dir);
  expect(await migrateIn(dir)).toMatchObject({ status: NOTHING_ADDED, mode: 'foreign', refs: [] });
  expect(refs(dir)).toEqual(state);
}

describe.each(ENGINES)('%s', (engine) => {
  test.each<[string, ForeignSpec]>([
    ['all in full/current', { extra: [X] }],
    ['a checkpoint lost', { lost: [D], extra: [X] }],
    ['archives, no generation.json', { archives: { 1: [A, C] }, extra: [X] }],
    ['archived transcripts copied back', { archives: { 1: [A, B] }, doubled: [A, B] }],
    ['summaries on one line', { indent: undefined, lost: [C] }],
    ['the names of V1', { names: 'own', lost: [B] }],
    ['no full/current', { archives: { 1: [A, B, C, D] }, withoutCurrent: true }],
    ['full/current replaced with each write', { replacesCurrent: true, extra: [X] }],
    ['no transcripts arrived', { withoutTranscripts: [A, B, C, D] }],
  ])('%s: what is missing is added, what is there stays', async (_, spec) => {
    const { dir, before, refsBefore } = prepare(EVERYTHING, spec);
    const result = await migrateIn(dir, { engine });
    expect(result).toMatchObject({ status: 'migrated', mode: 'foreign' });
    expectNothingLost(dir, before);
    expectAllThere(dir, before);
    expect(git(dir, 'rev-parse', V1_REF)).toBe(refsBefore[V1_REF]);
    expect(git(dir, 'rev-parse', `${V2_MAIN}^`)).toBe(refsBefore[V2_MAIN]);
    expect(git(dir, 'fsck', '--no-dangling')).toBe('');
    await expectSecondRunMovesNothing(dir);
  });
});

test('the commit on main: one, on top, with V1 named and dated', async () => {
  const { dir, v1, refsBefore } = prepare(EVERYTHING, { lost: [D] });
  await migrateIn(dir);
  const date = git(dir, 'log', '-1', '--format=%ct %cd', '--date=format:%z', V1_REF);
  expect(git(dir, 'cat-file', 'commit', V2_MAIN)).toBe(
    [
      `tree ${git(dir, 'rev-parse', `${V2_MAIN}^{tree}`)}`,
      `parent ${refsBefore[V2_MAIN]}`,
      `author ckpt <ckpt@localhost> ${date}`,
      `committer ckpt <ckpt@localhost> ${date}`,
      '',
      'Add checkpoints missing from V2',
      '',
      `Ckpt-V1-Tip: ${v1.tip}`,
    ].join('\n'),
  );
});

test('both engines give the same ids, and a dry run tells them without writing', async () => {
  const spec: ForeignSpec = { lost: [D], archives: { 1: [A], 2: [B] }, extra: [X] };
  const { dir } = prepare(EVERYTHING, spec);
  const other = join(tempDir(), 'other.git');
  cpSync(dir, other, { recursive: true });
  const files = listing(dir);
  const dry = await migrateIn(dir, { dryRun: true });
  expect(dry.status).toBe('planned');
  expect(listing(dir)).toEqual(files);
  await migrateIn(dir, { engine: 'native' });
  await migrateIn(other, { engine: 'isomorphic' });
  expect(v2Refs(dir)).toEqual(v2Refs(other));
  for (const { ref, new: id } of dry.refs) expect(v2Refs(dir)[ref]).toBe(id);
  expect(dry.refs.at(-1)?.ref).toBe(V2_MAIN);
});

test('sessions that were lost get the next number behind those that are there, without a gap', async () => {
  // V1: 0, 2, 3 → the tool's positions 0…2 have 0 and 2, which become 0 and 1. Entire reads sessions by position.
  const { dir } = prepare(EVERYTHING);
  await migrateIn(dir);
  const main = filesAt(dir, V2_MAIN);
  const numbers = (id: string) =>
    [...new Set(Object.keys(main).flatMap((p) => (p.startsWith(`${shardPath(id)}/`) ? p.split('/')[2] : [])))].filter(
      (name) => /^\d+$/.test(name ?? ''),
    );
  expect(numbers(A)).toEqual(['0', '1', '2']);
  // V1: same, same, other → the tool has the second as 0 and the third as 1; the first comes after those.
  expect(numbers(B)).toEqual(['0', '1', '2']);
  const current = filesAt(dir, V2_CURRENT);
  const v1 = filesAt(dir, V1_REF);
  expect(current[`${shardPath(B)}/2/raw_transcript`]).toBe(v1[`${shardPath(B)}/0/full.jsonl`]);
  expect(current[`${shardPath(A)}/2/raw_transcript_hash.txt`]).toBe(v1[`${shardPath(A)}/3/content_hash.txt`]);
  const summary = JSON.parse(git(dir, 'cat-file', 'blob', main[`${shardPath(B)}/metadata.json`] ?? ''));
  expect(summary.sessions.at(-1)).toEqual({
    metadata: `/${shardPath(B)}/2/metadata.json`,
    prompt: `/${shardPath(B)}/2/prompt.txt`,
  });
});

test.each([
  [
    'that was just started has the names of the newest archive',
    { archives: { 1: [A], 2: [B, C] }, lost: [D] },
    'raw_transcript',
  ],
  ['that is absent, too', { archives: { 1: [A], 2: [B, C] }, lost: [D], withoutCurrent: true }, 'raw_transcript'],
  ['has names of ours where the archive has', { archives: { 1: [A, B, C] }, lost: [D], names: 'own' }, 'full.jsonl'],
] as const)('a full/current %s', async (_, spec, name) => {
  const { dir } = prepare({ ...EVERYTHING, [D]: {} }, spec);
  await migrateIn(dir);
  const names = Object.keys(filesAt(dir, V2_CURRENT)).filter((path) => path.startsWith(shardPath(D)));
  expect(names).toContain(`${shardPath(D)}/0/${name}`);
});

test('an added session is listed with paths that lead somewhere, where those of V1 are doubled', async () => {
  const { dir } = prepare({ [A]: { sessions: [0, 2, 5].map((number) => ({ number, listing: 'doubled' as const })) } });
  await migrateIn(dir);
  const main = filesAt(dir, V2_MAIN);
  const { sessions } = JSON.parse(git(dir, 'cat-file', 'blob', main[`${shardPath(A)}/metadata.json`] ?? ''));
  expect(sessions.at(-1).metadata).toBe(`/${shardPath(A)}/2/metadata.json`);
  for (const path of Object.values<string>(sessions.at(-1))) expect(Object.keys(main)).toContain(path.slice(1));
  await expectSecondRunMovesNothing(dir);
});

test('an archive that is added to keeps the rest, and each gets a generation.json of V1 times', async () => {
  const { dir, before } = prepare(EVERYTHING, { archives: { 1: [A], 2: [C] } });
  await migrateIn(dir);
  const after = allFiles(dir);
  const { 'generation.json': json, ...rest } = after[`${V2_FULL}0000000000002`] ?? {};
  expect(json).toBeDefined();
  expect(rest).toEqual(before[`${V2_FULL}0000000000002`]);
  const archive = after[ARCHIVE_1] ?? {};
  expect(Object.keys(archive)).toContain(`${shardPath(A)}/2/tasks/toolu_1/checkpoint.json`);
  expect(JSON.parse(git(dir, 'cat-file', 'blob', archive['generation.json'] ?? ''))).toEqual({
    oldest_checkpoint_at: '2025-11-14T22:13:20.5Z',
    newest_checkpoint_at: '2025-11-14T22:13:20.5Z',
  });
  expect(git(dir, 'log', '--format=%s %P %ad', '--date=iso', ARCHIVE_1)).toBe(
    'Archive generation 0000000000001  2025-11-14 22:13:20 +0000',
  );
});

test('where archives were deleted, transcripts that are nowhere were pruned; where not, they are added', async () => {
  const checkpoints = { [A]: {}, [B]: {}, [C]: {} };
  const pruned = prepare(checkpoints, { archives: { 2: [B] }, withoutTranscripts: [A], lost: [C] });
  const result = await migrateIn(pruned.dir);
  expect(result.warnings).toContainEqual(expect.stringMatching(/^In V2: 1 .*pruned/));
  expectNothingLost(pruned.dir, pruned.before);
  expectAllThere(pruned.dir, pruned.before, { transcriptsOf: [A] });
  const paths = Object.values(allFiles(pruned.dir)).flatMap((files) => Object.keys(files));
  expect(paths.filter((path) => path.startsWith(shardPath(A)) && /full|raw/.test(path))).toEqual([]);
  await expectSecondRunMovesNothing(pruned.dir);

  const lost = prepare(checkpoints, { archives: { 1: [B] }, withoutTranscripts: [A], lost: [C] });
  await migrateIn(lost.dir);
  expectAllThere(lost.dir, lost.before);
});

test('a V2 that lacks nothing is left as it is', async () => {
  const { dir } = prepare({ [A]: {}, [B]: {} }, { names: 'own' });
  expect(await migrateIn(dir)).toMatchObject({ status: NOTHING_ADDED, mode: 'foreign', refs: [] });
});

test('another tool writes on top of ours: only what it lacks is added', async () => {
  const { dir, v1 } = prepare(EVERYTHING, { lost: [D] });
  await migrateIn(dir);
  const tree = git(dir, 'rev-parse', `${V2_MAIN}^{tree}`);
  const foreign = git(dir, 'commit-tree', tree, '-p', V2_MAIN, '-m', 'theirs');
  git(dir, 'update-ref', V2_MAIN, foreign);
  expect(await migrateIn(dir)).toMatchObject({ status: NOTHING_ADDED, refs: [] });
  v1.checkpoint(X);
  v1.write(dir, { init: false });
  const before = allFiles(dir);
  expect(await migrateIn(dir)).toMatchObject({ status: 'migrated', counts: { checkpoints: 1 } });
  expectNothingLost(dir, before);
  expectAllThere(dir, before);
});

describe('what real and odd V1 branches hold', () => {
  test.each(share(Object.entries(realScenarios), 11))('%s', async (_, scenario) => {
    const { dir, v1, checkpoints } = await scenario(join(tempDir(), 'repo.git'));
    writeForeignV2(dir, v1, { lost: checkpoints.slice(1), extra: [X] });
    const before = allFiles(dir);
    await migrateIn(dir);
    expectNothingLost(dir, before);
    expectAllThere(dir, before);
    expect((await migrateIn(dir)).refs).toEqual([]);
    await expectForeignWriteMovesNothing(dir);
  });

  test('any history', async () => {
    const property = fc.asyncProperty(histories({ maxOperations: 25 }), fc.nat(), fc.nat(), (history, lost, archived) =>
      withTempDir(async (temp) => {
        const { dir, v1 } = materialize(history, join(temp, 'repo'));
        const bit = (bits: number) => (_: string, i: number) => ((bits >> (i % 16)) & 1) === 1;
        const ids = CHECKPOINT_IDS.filter((id) => v1.sessionNumbers(id).length > 0);
        writeForeignV2(dir, v1, {
          lost: ids.filter(bit(lost)),
          archives: { 1: ids.filter(bit(archived)) },
          extra: [X],
        });
        const before = allFiles(dir);
        const copy = join(temp, 'copy');
        cpSync(dir, copy, { recursive: true });
        await migrateIn(dir);
        expectNothingLost(dir, before);
        expectAllThere(dir, before);
        await expectForeignWriteMovesNothing(dir);
        await migrateIn(copy, { engine: 'isomorphic' });
        await expectForeignWriteMovesNothing(copy);
        expect(v2Refs(copy)).toEqual(v2Refs(dir));
      }),
    );
    await assertProperty(property, 10);
  });

  test('any history that goes on after a migration', async () => {
    const property = fc.asyncProperty(histories({ maxOperations: 25 }), fc.nat(25), fc.nat(), (history, at, lost) =>
      withTempDir(async (temp) => {
        const early = replay({ ...history, operations: history.operations.slice(0, at) });
        const dir = join(temp, 'repo');
        early.write(dir);
        const isLost = (_: string, i: number) => ((lost >> (i % 16)) & 1) === 1;
        const ids = CHECKPOINT_IDS.filter((id) => early.sessionNumbers(id).length > 0);
        writeForeignV2(dir, early, { lost: ids.filter(isLost), extra: [X] });
        const before = allFiles(dir);
        const first = await migrateIn(dir);
        replay(history).write(dir, { init: false });
        await migrateIn(dir);
        // Where nothing was missing no commit tells which V1 was compared. What V1 has changed since is then told from what
        // the other tool has changed by nobody: V2's stays, and verify names it.
        expectAllThere(dir, before, { transcriptsOf: first.refs.length === 0 ? ids : [] });
        await expectForeignWriteMovesNothing(dir);
      }),
    );
    await assertProperty(property, 10);
  });
});

/** Without our trailer at its tip everything is compared again, and nothing found missing. */
async function expectForeignWriteMovesNothing(dir: string): Promise<void> {
  const main = git(dir, 'rev-parse', V2_MAIN);
  const date = `1780000001 +0000`;
  const identity = `Bot <bot@example.com> ${date}`;
  const commit = `tree ${git(dir, 'rev-parse', `${main}^{tree}`)}\nparent ${main}\nauthor ${identity}\ncommitter ${identity}\n\ntheirs\n`;
  const id = gitBytes(dir, ['hash-object', '-t', 'commit', '-w', '--stdin'], { input: commit }).toString().trim();
  git(dir, 'update-ref', V2_MAIN, id);
  expect(await migrateIn(dir)).toMatchObject({ status: NOTHING_ADDED, mode: 'foreign', refs: [] });
}

describe('V1 goes on after a migration', () => {
  test('what V1 has changed since replaces what V2 has, where it lies', async () => {
    const { dir, v1 } = prepare(EVERYTHING, { archives: { 1: [C] } });
    await migrateIn(dir);
    v1.finalize(C, 0, transcriptText('finalized', 9));
    v1.checkpoint(A, { sessions: [{ number: 7 }], fields: { combined_attribution: { lines: 3 } } });
    v1.write(dir, { init: false });
    const before = allFiles(dir);
    const result = await migrateIn(dir);
    expect(result).toMatchObject({ status: 'migrated', mode: 'foreign', counts: { checkpoints: 2 }, warnings: [] });
    const [v1Files, after] = [filesAt(dir, V1_REF), allFiles(dir)];
    const home = shardPath(C);
    expect(after[ARCHIVE_1]?.[`${home}/0/raw_transcript`]).toBe(v1Files[`${home}/0/full.jsonl`]);
    expect(after[ARCHIVE_1]?.[`${home}/0/raw_transcript_hash.txt`]).toBe(v1Files[`${home}/0/content_hash.txt`]);
    expect(after[V2_MAIN]?.[`${home}/0/prompt.txt`]).toBe(v1Files[`${home}/0/prompt.txt`]);
    expect(after[V2_MAIN]?.[`${home}/0/metadata.json`]).toBe(before[V2_MAIN]?.[`${home}/0/metadata.json`]);
    const summary = JSON.parse(git(dir, 'cat-file', 'blob', after[V2_MAIN]?.[`${shardPath(A)}/metadata.json`] ?? ''));
    expect(summary).toMatchObject({ foreign: 'field', combined_attribution: { lines: 3 } });
    expectAllThere(dir, before);
    await expectSecondRunMovesNothing(dir);
  });

  test('where somebody else has written since, V2 is kept, and that is said', async () => {
    const { dir, v1, before } = prepare({ [A]: {}, [B]: {} }, { lost: [B] });
    v1.finalize(A, 0, transcriptText('finalized', 9));
    v1.write(dir, { init: false });
    const result = await migrateIn(dir);
    expect(result.warnings).toContainEqual(expect.stringMatching(/^In V2: 1 transcripts/));
    expectNothingLost(dir, before);
  });

  test('a clone whose V1 is older leaves V2 alone', async () => {
    const { dir, v1 } = prepare({ [A]: {}, [B]: {} }, { lost: [B] });
    const old = v1.tip ?? '';
    v1.checkpoint(C);
    v1.write(dir, { init: false });
    await migrateIn(dir);
    git(dir, 'update-ref', V1_REF, old);
    expect(await migrateIn(dir)).toMatchObject({ status: 'v2-ahead', mode: 'foreign', refs: [] });
  });
});

describe('full/current fills up', () => {
  const many = Object.fromEntries(Array.from({ length: 7 }, (_, i) => [`${i}${i}00000000${i}${i}`, {}]));
  const ids = Object.keys(many);

  test('it is rotated, oldest first', async () => {
    const { dir, before } = prepare(many, { lost: ids.slice(2) });
    const result = await migrateIn(dir, { maxCheckpoints: 3 });
    expect(result.counts).toMatchObject({ generations: 2, currentCheckpoints: 1 });
    expectAllThere(dir, before);
    expect(Object.keys(filesAt(dir, ARCHIVE_1)).filter((path) => path.endsWith('raw_transcript'))).toEqual(
      ids.slice(0, 3).map((id) => `${shardPath(id)}/0/raw_transcript`),
    );
    await expectSecondRunMovesNothing(dir);
  });

  test('not where its history alone has a checkpoint of V2', async () => {
    const { dir, before }: { dir: string; before: Record<string, Files> } = prepare(many, {
      lost: ids.slice(0, 3),
      extra: [X, 'ffffffffffff'],
      replacesCurrent: true,
    });
    const result = await migrateIn(dir, { maxCheckpoints: 3 });
    expect(result.counts.generations).toBe(0);
    expect(result.warnings).toContainEqual(expect.stringContaining('was not archived'));
    expectNothingLost(dir, before);
    expectAllThere(dir, before);
  });
});
