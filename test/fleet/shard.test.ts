import { describe, expect, it } from 'vitest';
import { parseShard, shardOf } from '../../src/fleet/shard.ts';

describe('parseShard', () => {
  it.each([
    ['3/16', {}, { index: 3, total: 16 }],
    ['auto', { CI_NODE_INDEX: '1', CI_NODE_TOTAL: '4' }, { index: 1, total: 4 }],
    ['auto/8', { CI_NODE_INDEX: '8', CI_NODE_TOTAL: '4' }, { index: 8, total: 8 }],
    ['auto/16', { JOB_COMPLETION_INDEX: '0' }, { index: 1, total: 16 }],
    ['auto/16', { JOB_COMPLETION_INDEX: '', CI_NODE_INDEX: '2' }, { index: 2, total: 16 }],
    ['auto/16', { JOB_COMPLETION_INDEX: '15' }, { index: 16, total: 16 }],
  ])('%s with %o is %o', (text, env, shard) => {
    expect(parseShard(text, env)).toEqual(shard);
  });

  it.each([
    ['0/4', {}],
    ['5/4', {}],
    ['3', {}],
    ['1/99999', {}],
    ['x/2', {}],
    ['auto', {}],
    ['auto', { JOB_COMPLETION_INDEX: '1' }],
    ['auto/4', { JOB_COMPLETION_INDEX: '4' }],
    ['auto', { CI_NODE_INDEX: '2' }],
    ['auto', { CI_NODE_INDEX: '', CI_NODE_TOTAL: '3' }],
    ['auto/4', { JOB_COMPLETION_INDEX: '' }],
  ])('%s with %o is none, and says why', (text, env) => {
    expect(parseShard(text, env)).toEqual(expect.stringMatching(/\S/));
  });
});

describe('shardOf', () => {
  it('goes by the name alone: these never change, since machines with other versions work beside each other', () => {
    const shards = ['a', 'team/shop', 'https://git.example.com/x.git'].map((name) => shardOf(name, 16));
    expect(shards).toEqual([12, 9, 6]);
  });

  it('gives each shard some of many names', () => {
    const counts = new Map<number, number>();
    for (let i = 0; i < 1600; i++) counts.set(shardOf(`r${i}`, 16), (counts.get(shardOf(`r${i}`, 16)) ?? 0) + 1);
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual(Array.from({ length: 16 }, (_, i) => i + 1));
    expect(Math.min(...counts.values())).toBeGreaterThan(50);
  });
});
