import { expect, test } from 'vitest';
import { parseCheckpointId } from '../../src/checkpoint/checkpoint-id.ts';
import { holdersByCheckpoint } from '../../src/layout/generation-holders.ts';

test('the generations that hold a checkpoint come in the order in which a reader looks', () => {
  const [a, b] = ['a1b2c3d4e5f6', 'b1b2c3d4e5f6'].map((id) => parseCheckpointId(id) ?? expect.fail(id));
  const generation = (ref: string, ids: Array<typeof a>) => ({
    ref,
    checkpoints: new Map(ids.flatMap((id) => (id === undefined ? [] : [[id, ref] as const]))),
  });
  const holders = holdersByCheckpoint([generation('current', [b]), generation('2', []), generation('1', [a, b])]);
  expect([...holders].map(([id, held]) => [id, held.map(({ ref }) => ref)])).toEqual([
    [b, ['current', '1']],
    [a, ['1']],
  ]);
});
