import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type CheckpointId,
  checkpointOfShardPath,
  isCheckpointId,
  isShardName,
  shardNames,
  shardPath,
} from '../../src/checkpoint/checkpoint-id.ts';

const hex = fc.constantFrom(...'0123456789abcdef');
const checkpoint = fc.string({ unit: hex, minLength: 12, maxLength: 12 }).map((text) => text as CheckpointId);

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
])('%j is no checkpoint ID', (text) => {
  expect(isCheckpointId(text)).toBe(false);
});

test('other folders are no shard paths', () => {
  for (const name of ['', 'a', 'a3b', 'A3', 'zz', '..', 'a3\n']) expect(isShardName(name)).toBe(false);
  expect(checkpointOfShardPath('a3', 'b2c4d5e6f')).toBeUndefined();
  expect(checkpointOfShardPath('a3b', '2c4d5e6f7')).toBeUndefined();
  expect(checkpointOfShardPath('zz', 'b2c4d5e6f7')).toBeUndefined();
});
