import { describe, expect, test } from 'vitest';
import { parseInstant } from '../../src/checkpoint/instant.ts';
import { parseSince } from '../../src/verify/scope/since.ts';

const NOW = Date.UTC(2026, 0, 31, 12);
const DAY = 86_400_000;

describe('--since', () => {
  test.each([
    ['0h', '2026-01-31T12:00:00Z'],
    ['12h', '2026-01-31T00:00:00Z'],
    ['14d', '2026-01-17T12:00:00Z'],
    ['2w', '2026-01-17T12:00:00Z'],
    ['999d', new Date(NOW - 999 * DAY).toISOString()],
    ['2026-01-30', '2026-01-30T00:00:00Z'],
    ['2026-01-31T09:30:00+01:00', '2026-01-31T08:30:00Z'],
    ['2026-01-31T09:30:00.123456789Z', '2026-01-31T09:30:00.123456789Z'],
  ])('%s is the moment %s', (text, moment) => {
    expect(parseSince(text, NOW)).toEqual({ moment: parseInstant(moment) });
  });

  test.each([
    'entire/checkpoints/v1~3',
    'HEAD',
    '1234d', // the start of an object id
    '0000000d',
    '14',
    '14m',
    '14D',
    '-1d',
    ' 14d',
    '1.5d',
    '2026-02-30',
    '2026-1-1',
    'yesterday',
    '',
  ])('%s is a revision', (text) => {
    expect(parseSince(text, NOW)).toEqual({ revision: text });
  });
});
