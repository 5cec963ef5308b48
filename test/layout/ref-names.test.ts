import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CheckpointId, isCheckpointId } from '../../src/checkpoint/checkpoint-id.ts';
import { isFullSessionFile, isSessionFolderName } from '../../src/checkpoint/files.ts';
import {
  backupPrefix,
  CURRENT_REF,
  checkpointOfRef,
  checkpointRef,
  generationName,
  generationNumber,
  generationRef,
  layoutOfRef,
  MAIN_REF,
} from '../../src/layout/ref-names.ts';

test('the refs are those of the format', () => {
  expect(MAIN_REF).toBe('refs/entire/checkpoints/v2/main');
  expect(CURRENT_REF).toBe('refs/entire/checkpoints/v2/full/current');
  expect(generationRef(1)).toBe('refs/entire/checkpoints/v2/full/0000000000001');
  expect(generationName(9_999_999_999_999)).toBe('9999999999999');
});

test('a generation is known by its ref', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9_999_999_999_999 }), (number) => {
      expect(generationNumber(generationRef(number))).toBe(number);
    }),
  );
});

test.each([
  CURRENT_REF,
  MAIN_REF,
  'refs/entire/checkpoints/v2/full/1',
  'refs/entire/checkpoints/v2/full/000000000001',
  'refs/entire/checkpoints/v2/full/00000000000001',
  'refs/entire/checkpoints/v2/full/000000000000a',
  'refs/entire/checkpoints/v2/full/0000000000001/x',
  'refs/heads/0000000000001',
])('%s is not an archive', (ref) => {
  expect(generationNumber(ref)).toBeUndefined();
});

test.each([
  ['refs/heads/entire/checkpoints/v1', 'v1'],
  [MAIN_REF, 'v2'],
  ['refs/entire/checkpoints/v2/generations', 'v2'],
  ['refs/entire/checkpoints/f7/a3b2c4d5e6f7', 'refs'],
  ['refs/entire/checkpoints/v1', undefined],
  ['refs/entire/checkpoints/f8/a3b2c4d5e6f7', undefined],
  ['refs/remotes/origin/entire/checkpoints/v1', undefined],
  ['refs/ckpt/v1-rest', undefined],
  ['refs/heads/main', undefined],
])('%s is of the layout %s', (ref, layout) => {
  expect(layoutOfRef(ref)).toBe(layout);
});

test('backups lie in the order of their times', () => {
  const times = ['2026-01-02T03:04:05.678Z', '2026-01-02T03:04:05.679Z', '2026-10-02T03:04:05.000Z'];
  const prefixes = times.map((time) => backupPrefix(new Date(time)));
  expect(prefixes[0]).toBe('refs/ckpt/backup/20260102T030405678Z/');
  expect([...prefixes].sort()).toEqual(prefixes);
});

test.each(['full.jsonl', 'full.jsonl.001', 'full.jsonl.999', 'full.jsonl.1000', 'full.log', 'content_hash.txt'])(
  '%s goes to a generation',
  (name) => {
    expect(isFullSessionFile(name)).toBe(true);
  },
);

test.each([
  'metadata.json',
  'prompt.txt',
  'context.md',
  'transcript.jsonl',
  'full.jsonl.1',
  'full.jsonl.01',
  'full.jsonl.001.bak',
  'full.jsonl.',
  'xfull.jsonl',
  'full.log.001',
  'FULL.jsonl',
  'content_hash.txt\n',
  'raw_transcript',
  'tasks',
])('%j goes to main', (name) => {
  expect(isFullSessionFile(name)).toBe(false);
});

test('a session folder has a number for a name', () => {
  for (const name of ['0', '1', '22', '007', '99999999999999999999']) expect(isSessionFolderName(name)).toBe(true);
  for (const name of ['', '-1', '1a', '1.0', 'tasks', ' 1', '1\n', '١']) expect(isSessionFolderName(name)).toBe(false);
});

test('a checkpoint of git-refs is known by its ref', () => {
  const ulid = '01JZX4T9QK3M8V7W6P5R4S3T2A' as CheckpointId;
  expect(checkpointRef('a3b2c4d5e6f7' as CheckpointId)).toBe('refs/entire/checkpoints/f7/a3b2c4d5e6f7');
  expect(checkpointRef(ulid)).toBe(`refs/entire/checkpoints/2A/${ulid}`);
  for (const id of [ulid, 'a3b2c4d5e6f7' as CheckpointId]) {
    expect(isCheckpointId(id)).toBe(true);
    expect(checkpointOfRef(checkpointRef(id))).toBe(id);
  }
});

test.each([
  'refs/entire/checkpoints/v1',
  'refs/entire/checkpoints/v1/main',
  MAIN_REF,
  CURRENT_REF,
  generationRef(1),
  'refs/entire/checkpoints/v2/generations',
  'refs/entire/checkpoints/a3/a3b2c4d5e6f7',
  'refs/entire/checkpoints/f7/a3b2c4d5e6f7/x',
  'refs/entire/checkpoints/f7-a3b2c4d5e6f7',
  'refs/entire/checkpoints/f7/f7',
  'refs/entire/checkpoints/2a/01JZX4T9QK3M8V7W6P5R4S3T2A',
  'refs/entire/f7/a3b2c4d5e6f7',
  'refs/heads/entire/checkpoints/f7/a3b2c4d5e6f7',
])('%s is not the ref of a checkpoint', (ref) => {
  expect(checkpointOfRef(ref)).toBeUndefined();
});
