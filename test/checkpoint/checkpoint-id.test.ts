import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type CheckpointId,
  checkpointIdPrefixes,
  checkpointOfShardPath,
  isCheckpointId,
  isShardName,
  parseCheckpointId,
  shardNames,
  shardPath,
  timeOfId,
} from '../../src/checkpoint/checkpoint-id.ts';

const hex = fc.constantFrom(...'0123456789abcdef');
const hexId = fc.string({ unit: hex, minLength: 12, maxLength: 12 });
const base32 = fc.constantFrom(...'0123456789ABCDEFGHJKMNPQRSTVWXYZ');
const ulid = fc
  .tuple(fc.constantFrom(...'01234567'), fc.string({ unit: base32, minLength: 25, maxLength: 25 }))
  .map((parts) => parts.join(''));
const checkpoint = fc.oneof(hexId, ulid).map((text) => text as CheckpointId);
const ULID = '01JZX4T9QK3M8V7W6P5R4S3T2A';

test('a checkpoint is known by its shard path', () => {
  fc.assert(
    fc.property(checkpoint, (id) => {
      expect(isCheckpointId(id)).toBe(true);
      const [shard, rest] = shardNames(id);
      expect(isShardName(shard)).toBe(true);
      expect(`${shard}/${rest}`).toBe(shardPath(id));
      expect(checkpointOfShardPath(shard, rest)).toBe(id);
    }),
  );
  expect(shardPath('a3b2c4d5e6f7' as CheckpointId)).toBe('a3/b2c4d5e6f7');
});

test.each([
  '',
  'a3b2c4d5e6f',
  'a3b2c4d5e6f70',
  'A3B2C4D5E6F7',
  'g3b2c4d5e6f7',
  'a3b2c4d5e6f7\n',
  ' a3b2c4d5e6f7',
  '../../../etc',
  '01JZX4T9QK3M8V7W6P5R4S3T2',
  '01JZX4T9QK3M8V7W6P5R4S3T2AA',
  '81JZX4T9QK3M8V7W6P5R4S3T2A',
  '01jzx4t9qk3m8v7w6p5r4s3t2a',
  '01JZX4T9QK3M8V7W6P5R4S3T2I',
  '01JZX4T9QK3M8V7W6P5R4S3T2L',
  '01JZX4T9QK3M8V7W6P5R4S3T2O',
  '01JZX4T9QK3M8V7W6P5R4S3T2U',
  `${ULID}\n`,
])('%j is not a checkpoint ID', (text) => {
  expect(isCheckpointId(text)).toBe(false);
});

test('other folders are not shard paths', () => {
  for (const name of ['', 'a', 'a3b', 'A3', '8Z', '0I', '0z', 'zz', '..', 'a3\n'])
    expect(isShardName(name)).toBe(false);
  expect(checkpointOfShardPath('a3', 'b2c4d5e6f')).toBeUndefined();
  expect(checkpointOfShardPath('a3b', '2c4d5e6f7')).toBeUndefined();
  expect(checkpointOfShardPath('zz', 'b2c4d5e6f7')).toBeUndefined();
});

test('one shard has checkpoints of both kinds', () => {
  expect(checkpointOfShardPath('01', 'b2c4d5e6f7')).toBe('01b2c4d5e6f7');
  expect(checkpointOfShardPath('01', ULID.slice(2))).toBe(ULID);
  expect(isShardName('7Z')).toBe(true);
});

test('users may write an ID, or the beginning of one, in upper or lower case', () => {
  expect(parseCheckpointId('A3B2C4D5E6F7')).toBe('a3b2c4d5e6f7');
  expect(parseCheckpointId(ULID.toLowerCase())).toBe(ULID);
  expect(parseCheckpointId('a3b2')).toBeUndefined();
  expect(checkpointIdPrefixes('01')).toEqual(['01']);
  expect(checkpointIdPrefixes('0a')).toEqual(['0a', '0A']);
  expect(checkpointIdPrefixes('01jz')).toEqual(['01JZ']);
  expect(checkpointIdPrefixes('A3')).toEqual(['a3']);
  expect(checkpointIdPrefixes(ULID)).toEqual([ULID]);
  for (const text of ['', '8Z', '0u', 'x', 'a3b2c4d5e6f70', `${ULID}0`]) expect(checkpointIdPrefixes(text)).toEqual([]);
});

test('a ULID says when it was made', () => {
  expect(timeOfId('01ARZ3NDEKTSV4RRFFQ69G5FAV' as CheckpointId)).toBe(1_469_922_850_259);
  expect(timeOfId('00000000000000000000000000' as CheckpointId)).toBe(0);
  expect(timeOfId(`7${'Z'.repeat(25)}` as CheckpointId)).toBe(2 ** 48 - 1);
  expect(timeOfId('a3b2c4d5e6f7' as CheckpointId)).toBeUndefined();
});
