import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { treeDifferences } from '../../src/git/tree-differences.ts';
import { findLost } from '../../src/layout/lost-checkpoints.ts';
import { git } from '../fixtures/git.ts';
import { tempDir } from '../fixtures/temp.ts';
import { shardPath, V1_REF, V1Builder } from '../fixtures/v1-builder.ts';
import { ENGINES, withRepository } from '../migrate/support.ts';

const A = 'a3b2c4d5e6f7';
const SIBLING = 'a3ffffffffff';
const B = 'b1c2d3e4f506';
const C = 'c0ffee000001';
const ULID = '01JQ6F3N8ZKXW4T2V9B7C5D1EM';

/** A history with the checkpoints A, its sibling and B. */
function threeCheckpoints(): V1Builder {
  const builder = new V1Builder();
  builder.init();
  for (const id of [A, SIBLING, B]) builder.checkpoint(id);
  return builder;
}

describe.each(ENGINES)('what V1 has lost, %s', (engine) => {
  const lostOf = async (builder: V1Builder) => {
    const dir = join(tempDir('test'), 'repo');
    const tip = builder.write(dir);
    const lost = await withRepository(dir, engine, (repo) => findLost(repo, { name: V1_REF, id: tip as never }));
    for (const { id, last, tree } of lost) expect(git(dir, 'rev-parse', `${last.id}:${shardPath(id)}`)).toBe(tree);
    return lost.map(({ id, deletedBy, last, isWhole, sessions }) => ({
      id,
      by: deletedBy?.id,
      last: last.id,
      isWhole,
      sessions: sessions.join(),
    }));
  };

  test('a sibling in the shard that a write dropped, with both of its sessions', async () => {
    const builder = threeCheckpoints();
    const last = builder.checkpoint(SIBLING, { sessions: [{}] });
    const by = builder.commit({
      message: `Checkpoint: ${C}\n`,
      files: { ...builder.checkpointFiles(C, {}), [shardPath(SIBLING)]: null },
    });
    builder.finalize(A, 0, 'more\n');
    expect(await lostOf(builder)).toEqual([{ id: SIBLING, by, last, isWhole: true, sessions: '0,1' }]);
  });

  test('what was deleted and added again is not lost; what was deleted twice is lost by the last commit', async () => {
    const builder = threeCheckpoints();
    builder.remove(A);
    builder.remove(B);
    builder.checkpoint(A);
    const last = builder.checkpoint(B);
    const by = builder.remove(B);
    expect(await lostOf(builder)).toEqual([{ id: B, by, last, isWhole: true, sessions: '0' }]);
  });

  test('deleted on a side branch that was merged', async () => {
    const builder = threeCheckpoints();
    builder.branch('side');
    const by = builder.remove(B);
    builder.checkout('v1');
    const ours = builder.checkpoint(C);
    builder.commit({ message: 'Merge\n', files: { [shardPath(B)]: null }, parents: [ours, by] });
    builder.finalize(A, 0, 'more\n');
    expect(await lostOf(builder)).toMatchObject([{ id: B, by, isWhole: true }]);
  });

  test('dropped by a merge that took one side alone', async () => {
    const builder = threeCheckpoints();
    builder.branch('side');
    const last = builder.checkpoint(ULID);
    builder.checkout('v1');
    const ours = builder.checkpoint(C);
    const by = builder.commit({ message: 'Merge, ours\n', parents: [ours, last] });
    expect(await lostOf(builder)).toEqual([{ id: ULID, by, last, isWhole: true, sessions: '0' }]);
  });

  test('a session of a checkpoint that is still there, unless it has another folder now', async () => {
    const builder = threeCheckpoints();
    builder.checkpoint(A, { sessions: [{ sessionId: 'moved' }] });
    const last = builder.checkpoint(B, { sessions: [{ sessionId: 'lost' }] });
    const by = builder.commit({ message: 'Clean up\n', files: { [`${shardPath(B)}/1`]: null } });
    builder.commit({ message: 'Move\n', files: { [`${shardPath(A)}/1`]: null } });
    builder.checkpoint(A, { sessions: [{ number: 4, sessionId: 'moved' }] });
    expect(await lostOf(builder)).toEqual([{ id: B, by, last, isWhole: false, sessions: '1' }]);
  });

  test('a session that did not come back with its checkpoint', async () => {
    const builder = threeCheckpoints();
    const last = builder.checkpoint(A, { sessions: [{ sessionId: 'second' }] });
    const by = builder.remove(A);
    builder.checkpoint(A);
    expect(await lostOf(builder)).toEqual([{ id: A, by, last, isWhole: false, sessions: '1' }]);
  });

  test('all of a tip that was emptied, and nothing where nothing was deleted', async () => {
    const builder = threeCheckpoints();
    expect(await lostOf(builder)).toEqual([]);
    const last = builder.tip as string;
    const by = builder.commit({ message: 'Empty\n', files: { [A.slice(0, 2)]: null, [B.slice(0, 2)]: null } });
    expect(await lostOf(builder)).toEqual(
      [A, SIBLING, B].map((id) => ({ id, by, last, isWhole: true, sessions: '0' })),
    );
  });
});

describe('entries that differ', () => {
  const id = (char: string) => Buffer.alloc(20, char);
  const tree = (...entries: Array<[string, string]>) =>
    Buffer.concat(entries.map(([name, char]) => Buffer.concat([Buffer.from(`40000 ${name}\0`), id(char)])));
  const names = (before: Buffer, after: Buffer) =>
    treeDifferences(before, after, 20)?.map(({ old, now }) => `${old.name}${now === undefined ? '-' : '*'}`);

  test.each<[string, Array<[string, string]>, Array<[string, string]>, string[]]>([
    [
      'the same',
      [
        ['a', 'x'],
        ['b', 'y'],
      ],
      [
        ['a', 'x'],
        ['b', 'y'],
      ],
      [],
    ],
    [
      'the first is gone',
      [
        ['a', 'x'],
        ['b', 'x'],
      ],
      [['b', 'x']],
      ['a-'],
    ],
    [
      'the last is gone',
      [
        ['a', 'x'],
        ['b', 'x'],
      ],
      [['a', 'x']],
      ['b-'],
    ],
    [
      'one of three that have the same id',
      [
        ['a', 'x'],
        ['ab', 'x'],
        ['b', 'x'],
      ],
      [
        ['a', 'x'],
        ['b', 'x'],
      ],
      ['ab-'],
    ],
    [
      'one has another id',
      [
        ['a', 'x'],
        ['b', 'x'],
        ['c', 'x'],
      ],
      [
        ['a', 'x'],
        ['b', 'y'],
        ['c', 'x'],
      ],
      ['b*'],
    ],
    [
      'one is added',
      [
        ['a', 'x'],
        ['c', 'x'],
      ],
      [
        ['a', 'x'],
        ['b', 'x'],
        ['c', 'x'],
      ],
      [],
    ],
    [
      'everything is gone',
      [
        ['a', 'x'],
        ['b', 'x'],
      ],
      [],
      ['a-', 'b-'],
    ],
  ])('%s', (_, before, after, expected) => {
    expect(names(tree(...before), tree(...after))).toEqual(expected);
  });

  test('a tree that is malformed', () => {
    expect(names(tree(['a', 'x'], ['b', 'x']), tree(['a', 'x']).subarray(0, 20))).toBe(undefined);
  });
});
