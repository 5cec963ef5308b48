import { describe, expect, it } from 'vitest';
import { pairSessions, placeSessions, type SessionIdentity } from '../../src/compare/pair-sessions.ts';

/** Sessions by their numbers; those with the same ID are the same session. */
function sessions(byNumber: Readonly<Record<string, string>>): SessionIdentity[] {
  return Object.entries(byNumber).map(([number, sessionId]) => ({
    number,
    sessionId,
    folder: undefined,
    metadata: undefined,
    transcript: undefined,
  }));
}

/** Entire reads sessions by position, 0 to n - 1: what lies behind a gap can't be read there. */
describe('placeSessions', () => {
  it.each<[string, Record<string, string>, Record<string, string>, Record<string, string>]>([
    [
      'keeps the numbers of a checkpoint that the other side lacks, gaps included',
      { 0: 'a', 4: 'b' },
      {},
      { 0: '0', 4: '4' },
    ],
    ['gives paired ones the number of their pair', { 0: 'a', 2: 'b' }, { 0: 'a', 1: 'b' }, { 0: '0', 2: '1' }],
    ['puts one behind theirs', { 0: 'a', 1: 'b' }, { 0: 'a' }, { 0: '0', 1: '1' }],
    ['leaves no gap behind theirs', { 0: 'a', 7: 'b' }, { 0: 'a' }, { 0: '0', 7: '1' }],
    ['leaves none between several', { 0: 'a', 5: 'b', 9: 'c' }, { 0: 'a', 1: 'x' }, { 0: '0', 5: '2', 9: '3' }],
    ['fills a gap that is there', { 0: 'a', 1: 'b', 2: 'c' }, { 0: 'a', 2: 'c' }, { 0: '0', 1: '1', 2: '2' }],
    ['does not give one number twice', { 0: 'a', 2: 'b', 3: 'c' }, { 0: 'x', 1: 'y' }, { 0: '2', 2: '3', 3: '4' }],
    [
      'leaves a folder where it is that is at no position',
      { 0: 'a', '007': 'b' },
      { 0: 'a' },
      { 0: '0', '007': '007' },
    ],
    ['takes a number that is free', { 1: 'a' }, { 0: 'x' }, { 1: '1' }],
    [
      'counts on where a number has more digits than a double can hold',
      { 0: 'a' },
      { 0: 'x', '9007199254740993': 'y' },
      { 0: '9007199254740994' },
    ],
  ])('%s', (_, ours, theirs, places) => {
    expect(Object.fromEntries(placeSessions(sessions(ours), sessions(theirs)))).toEqual(places);
  });
});

describe('pairSessions', () => {
  const one = (number: string, fields: Partial<SessionIdentity>): SessionIdentity => {
    return { number, sessionId: undefined, folder: undefined, metadata: undefined, transcript: undefined, ...fields };
  };

  it('takes the surest sign first, then the same number, then the least', () => {
    const ours = [
      one('0', { sessionId: 'a', transcript: 'x' }),
      one('1', { sessionId: 'a', transcript: 'y' }),
      one('2', { sessionId: 'b' }),
      one('3', { folder: 'f' }),
      one('4', {}),
      one('5', { sessionId: 'c' }),
    ];
    const theirs = [
      one('0', { sessionId: 'a', transcript: 'y' }),
      one('1', { sessionId: 'a' }),
      one('2', { sessionId: 'b' }),
      one('3', { sessionId: 'b' }),
      one('4', { sessionId: 'd' }),
      one('5', { sessionId: 'e' }),
      one('6', { folder: 'f' }),
    ];
    expect([...pairSessions(ours, theirs)].sort()).toEqual([
      ['0', '1'],
      ['1', '0'],
      ['2', '2'],
      ['3', '6'],
      ['4', '4'],
    ]);
  });

  it('takes time in proportion', () => {
    const many = (prefix: string) =>
      Array.from({ length: 100_000 }, (_, i) => one(`${i}`, { sessionId: `${prefix}${i}`, transcript: 'same' }));
    expect(pairSessions(many('a'), many('b')).size).toBe(100_000);
    expect(pairSessions(many('a').toReversed(), many('a')).size).toBe(100_000);
  });
});
