import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { parsePatch } from 'diff';
import { beforeAll, describe, expect, test } from 'vitest';
import type { CheckpointId } from '../../src/checkpoint/checkpoint-id.ts';
import type { ProgressEvent } from '../../src/checkpoint/progress.ts';
import { type CheckpointDiff, type DiffOptions, diffCheckpoint } from '../../src/verify/diff/diff-checkpoint.ts';
import { writeForeignV2 } from '../fixtures/foreign-v2.ts';
import { git } from '../fixtures/git.ts';
import { refOf } from '../fixtures/refs-reference.ts';
import { share } from '../fixtures/scale.ts';
import { A, B, realScenarios } from '../fixtures/scenarios.ts';
import { tempDir } from '../fixtures/temp.ts';
import { shardPath, transcriptText, V1_REF, V1Builder } from '../fixtures/v1-builder.ts';
import { ENGINES, listing, migrateIn, withRepository } from '../migrate/support.ts';
import { projectIn } from '../project/refs/support.ts';
import { editJson, editTip, textAt } from './damage.ts';

const MAIN = 'refs/entire/checkpoints/v2/main';
const CURRENT = 'refs/entire/checkpoints/v2/full/current';
const PLACE = shardPath(A);

type Name = keyof typeof realScenarios;

async function migrated(name: Name): Promise<string> {
  const dir = join(tempDir(), 'repo');
  await realScenarios[name](dir);
  await migrateIn(dir);
  return dir;
}

describe.each(ENGINES)('the difference of one checkpoint, %s', (engine) => {
  const diffIn = (dir: string, id: string = A): Promise<CheckpointDiff> =>
    withRepository(dir, engine, (repo) => diffCheckpoint(repo, id as CheckpointId));

  test.each(share(Object.keys(realScenarios) as Name[], 9))('is none after a migration: %s', async (name) => {
    const dir = join(tempDir(), 'repo');
    const { checkpoints } = await realScenarios[name](dir);
    await migrateIn(dir);
    const before = listing(dir);
    for (const id of checkpoints) {
      expect(await diffIn(dir, id)).toMatchObject({ checkpoint: id, same: true, files: [], renumbered: [] });
    }
    expect(listing(dir)).toEqual(before);
  });

  test('of a summary and of metadata is told by line', async () => {
    const dir = await migrated('plain');
    editJson(dir, MAIN, `${PLACE}/metadata.json`, (value) => {
      value.branch = 'another';
    });
    editJson(dir, MAIN, `${PLACE}/0/metadata.json`, (value) => {
      delete value.created_at;
    });
    const { files, same, layouts } = await diffIn(dir);
    expect({ same, layouts }).toEqual({ same: false, layouts: ['v1', 'v2'] });
    expect(files.map(({ part, path, change }) => [part, path, change])).toEqual([
      ['metadata', '0/metadata.json', 'changed'],
      ['summary', 'metadata.json', 'changed'],
    ]);
    expect(files[0]?.patch).toMatch(/^-\s+"created_at": /m);
    expect(files[0]?.patch).not.toMatch(/^\+\s/m);
    expect(files[1]?.patch).toMatch(/^\+\s+"branch": "another",$/m);
    // V1's side is what V2 should have: the members that point at transcripts are not a difference.
    expect(files[1]?.patch).not.toContain('full.jsonl');
    for (const { patch = '' } of files) expect(parsePatch(patch)).toHaveLength(1);
  });

  test('of prompts, a transcript and its hash; of what one side lacks', async () => {
    const dir = await migrated('plain');
    const transcript = textAt(dir, CURRENT, `${PLACE}/0/full.jsonl`);
    editTip(dir, MAIN, { [`${PLACE}/0/prompt.txt`]: 'Something else', [`${PLACE}/0/notes.txt`]: 'new' });
    editTip(dir, CURRENT, {
      [`${PLACE}/0/full.jsonl`]: `${transcript}{"type":"more"}\n`,
      [`${PLACE}/0/content_hash.txt`]: null,
    });
    const { files } = await diffIn(dir);
    expect(files.map(({ part, path, change, ref }) => [part, path, change, ref])).toEqual([
      ['content hash', '0/content_hash.txt', 'lost', V1_REF],
      ['transcript', '0/full.jsonl', 'changed', CURRENT],
      ['other', '0/notes.txt', 'added', MAIN],
      ['prompts', '0/prompt.txt', 'changed', MAIN],
    ]);
    const [, changed] = files;
    const [patch] = parsePatch(changed?.patch ?? '');
    expect(patch).toMatchObject({ oldFileName: `v1/${PLACE}/0/full.jsonl`, newFileName: `v2/${PLACE}/0/full.jsonl` });
    expect(patch?.hunks).toHaveLength(1);
    expect(patch?.hunks[0]).toMatchObject({ oldLines: 3, newLines: 4, newStart: transcript.split('\n').length - 3 });
    expect(changed?.isCut).toBeUndefined();
  });

  test('says what it is doing', async () => {
    const dir = await migrated('plain');
    const events: ProgressEvent[] = [];
    await withRepository(dir, engine, (repo) =>
      diffCheckpoint(repo, A as CheckpointId, { onEvent: (event) => events.push(event) }),
    );
    expect(events).toEqual([
      { kind: 'phase', phase: 'read refs' },
      { kind: 'phase', phase: 'compare coverage' },
    ]);
  });

  test('of a checkpoint that one layout has', async () => {
    const dir = await migrated('plain');
    editTip(dir, MAIN, { [PLACE]: null });
    editTip(dir, CURRENT, { [PLACE]: null });
    const lost = await diffIn(dir);
    expect(lost).toMatchObject({ same: false, layouts: ['v1'] });
    expect(new Set(lost.files.map(({ change }) => change))).toEqual(new Set(['lost']));
    editTip(dir, V1_REF, { [shardPath(B)]: null });
    const added = await diffIn(dir, B);
    expect(added).toMatchObject({ same: false, layouts: ['v2'] });
    expect(new Set(added.files.map(({ change }) => change))).toEqual(new Set(['added']));
  });

  test('of a transcript that is split elsewhere, or bears another name, is none', async () => {
    const dir = await migrated('chunkedTranscript');
    const whole = transcriptText('chunked', 40);
    const names = git(dir, 'ls-tree', '--name-only', CURRENT, `${PLACE}/0/`).split('\n');
    const pieces = Object.fromEntries(names.filter((name) => name.includes('full.jsonl')).map((name) => [name, null]));
    expect(Object.keys(pieces).length).toBeGreaterThan(2);
    editTip(dir, CURRENT, { ...pieces, [`${PLACE}/0/raw_transcript`]: whole });
    expect((await diffIn(dir)).files).toEqual([]);
    editTip(dir, CURRENT, { [`${PLACE}/0/raw_transcript`]: `${whole}x\n` });
    expect((await diffIn(dir)).files).toMatchObject([
      { part: 'transcript', path: '0/full.jsonl', targetPath: '0/raw_transcript', change: 'changed' },
    ]);
  });

  test('of what another program wrote: sessions are paired by what they are', async () => {
    const dir = join(tempDir(), 'repo');
    const { v1 } = await realScenarios.gaps(dir);
    writeForeignV2(dir, v1);
    const diff = await diffIn(dir);
    expect(diff.renumbered.length).toBeGreaterThan(0);
    const transcripts = diff.files.filter(({ part }) => part === 'transcript');
    expect(transcripts.filter(({ change }) => change === 'changed')).toEqual([]);
    expect(diff.files.some(({ part, patch }) => part === 'metadata' && /^-.*created_at/m.test(patch ?? ''))).toBe(true);
  });

  test('of content that is not here can not be shown, and is said', async () => {
    const dir = await migrated('absentTranscript');
    editTip(dir, CURRENT, { [`${PLACE}/0/full.jsonl`]: 'something\n' });
    const { files } = await diffIn(dir);
    expect(files).toMatchObject([{ part: 'transcript', change: 'changed', note: expect.stringContaining('V1') }]);
    expect(files[0]?.patch).toBeUndefined();
  });

  test('of a mode', async () => {
    const dir = await migrated('plain');
    const id = git(dir, 'rev-parse', `${MAIN}:${PLACE}/0/prompt.txt`);
    editTip(dir, MAIN, { [`${PLACE}/0/prompt.txt`]: { mode: '100755', id } });
    expect((await diffIn(dir)).files).toMatchObject([{ part: 'prompts', note: 'the mode is 100755, in V1 100644' }]);
  });

  test('is not possible without both layouts', async () => {
    const dir = join(tempDir(), 'repo');
    await realScenarios.plain(dir);
    await expect(diffIn(dir)).rejects.toMatchObject({ code: 'NO_V2', exitCode: 3 });
    await migrateIn(dir);
    await expect(diffIn(dir, 'ffffffffffff')).rejects.toMatchObject({ code: 'CHECKPOINT_NOT_FOUND' });
    git(dir, 'update-ref', '-d', V1_REF);
    await expect(diffIn(dir)).rejects.toMatchObject({ code: 'ONLY_LAYOUT', exitCode: 3 });
  });
});

describe.each(ENGINES)('the difference of one checkpoint in any two layouts, %s', (engine) => {
  const ULID = '01JZ8Q3V5X7K9M2N4P6R8T0W1Y';
  const good = join(tempDir('file'), 'good');
  const LAYOUTS = ['v1', 'v2', 'refs'] as const;
  const PAIRS = LAYOUTS.flatMap((from) => LAYOUTS.filter((to) => to !== from).map((to) => ({ from, to })));

  beforeAll(async () => {
    const builder = new V1Builder();
    builder.init();
    builder.checkpoint(A, { sessions: [{}, {}] });
    builder.checkpoint(ULID);
    builder.write(good);
    await migrateIn(good);
    await projectIn(good);
  });

  const copy = () => {
    const dir = join(tempDir(), 'repo');
    cpSync(good, dir, { recursive: true });
    return dir;
  };
  const diffIn = (dir: string, options: DiffOptions, id: string = A) =>
    withRepository(dir, engine, (repo) => diffCheckpoint(repo, id as CheckpointId, options));

  test.each(PAIRS)('is none where both follow from one: $from, $to', async (pair) => {
    for (const id of [A, ULID]) {
      expect(await diffIn(good, pair, id)).toMatchObject({ ...pair, same: true, files: [], layouts: LAYOUTS });
    }
  });

  test('shows lines, paths and refs of the layouts that are compared', async () => {
    const dir = copy();
    editTip(dir, refOf(A), { '0/prompt.txt': 'Something else', '1': null });
    const { files } = await diffIn(dir, { from: 'v1', to: 'refs' });
    expect(files.map(({ path, change, ref }) => [path, change, ref])).toEqual([
      ['0/prompt.txt', 'changed', refOf(A)],
      ...['content_hash.txt', 'full.jsonl', 'metadata.json', 'prompt.txt'].map((name) => [`1/${name}`, 'lost', V1_REF]),
    ]);
    expect(files[0]?.patch).toContain(`--- v1/${PLACE}/0/prompt.txt`);
    expect(files[0]?.patch).toContain(`+++ refs/${PLACE}/0/prompt.txt`);
    const back = await diffIn(dir, { from: 'refs', to: 'v2' });
    const added = back.files.filter(({ change }) => change === 'added').map(({ path, ref }) => [path, ref]);
    expect(added).toEqual([
      ['1/content_hash.txt', CURRENT],
      ['1/full.jsonl', CURRENT],
      ['1/metadata.json', MAIN],
      ['1/prompt.txt', MAIN],
    ]);
  });

  test('shows what a summary of git-refs says of transcripts', async () => {
    const dir = copy();
    editJson(dir, refOf(A), 'metadata.json', (value) => {
      value.sessions[0].transcript = '/0/elsewhere.jsonl';
    });
    const { files } = await diffIn(dir, { from: 'v1', to: 'refs' });
    expect(files).toMatchObject([{ part: 'summary', change: 'changed' }]);
    expect(files[0]?.patch).toMatch(/^\+\s+"transcript": "\/0\/elsewhere\.jsonl"/m);
    expect((await diffIn(dir, { from: 'refs', to: 'v2' })).same).toBe(true); // V2 says nothing of them
  });

  test('begins with the primary layout, and takes the first other one that has the checkpoint', async () => {
    const dir = copy();
    const refsFirst = { env: { ENTIRE_CHECKPOINTS_PRIMARY: 'git-refs' } };
    expect(await diffIn(dir, {})).toMatchObject({ from: 'v1', to: 'v2' });
    expect(await diffIn(dir, refsFirst)).toMatchObject({ from: 'refs', to: 'v1' });
    editTip(dir, V1_REF, { [PLACE]: null });
    expect(await diffIn(dir, refsFirst)).toMatchObject({ from: 'refs', to: 'v2', layouts: ['v2', 'refs'] });
    git(dir, 'update-ref', '-d', V1_REF);
    for (const ref of [MAIN, CURRENT]) git(dir, 'update-ref', '-d', ref);
    await expect(diffIn(dir, {})).rejects.toMatchObject({ code: 'ONLY_LAYOUT', exitCode: 3 });
    await expect(diffIn(dir, { to: 'v2' })).rejects.toMatchObject({ code: 'NO_V2', exitCode: 3 });
  });
});
