import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gitDate, parseInstant } from '../../src/checkpoint/instant.ts';

const MILLISECOND = 1_000_000n;
const date = fc.date({
  min: new Date('0001-01-01T00:00:00Z'),
  max: new Date('9999-12-31T23:59:59.999Z'),
  noInvalidDate: true,
});

test('to the millisecond it agrees with Date', () => {
  fc.assert(
    fc.property(date, (when) => {
      expect(parseInstant(when.toISOString())).toBe(BigInt(when.getTime()) * MILLISECOND);
    }),
    { numRuns: 1000 },
  );
});

test('the same moment in any offset is the same instant', () => {
  const min = new Date('0002-01-01T00:00:00Z');
  const max = new Date('9998-12-31T00:00:00Z');
  fc.assert(
    fc.property(
      fc.date({ min, max, noInvalidDate: true }),
      fc.integer({ min: -23 * 60 - 59, max: 23 * 60 + 59 }),
      (when, offset) => {
        const two = (value: number) => String(value).padStart(2, '0');
        const local = new Date(when.getTime() + offset * 60_000).toISOString().slice(0, -1);
        const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
        const text = `${local}${offset < 0 ? '-' : '+'}${two(hours)}:${two(minutes)}`;
        expect(parseInstant(text)).toBe(BigInt(when.getTime()) * MILLISECOND);
      },
    ),
    { numRuns: 500 },
  );
});

test('fractions count to the nanosecond; what follows is cut', () => {
  const digits = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 15 }).map((list) => list.join(''));
  fc.assert(
    fc.property(date, digits, (when, fraction) => {
      const seconds = when.toISOString().slice(0, 19);
      const whole = parseInstant(`${seconds}Z`) as bigint;
      expect(parseInstant(`${seconds}.${fraction}Z`)).toBe(whole + BigInt(fraction.slice(0, 9).padEnd(9, '0')));
    }),
  );
});

test.each([
  ['1970-01-01T00:00:00Z', 0n],
  ['1970-01-01T00:00:00.000000001Z', 1n],
  ['1969-12-31T23:59:59.5Z', -500_000_000n],
  ['0001-01-01T00:00:00Z', -62_135_596_800_000_000_000n],
  ['0000-02-29T00:00:00Z', -62_162_121_600_000_000_000n],
  ['2024-02-29T12:00:00+01:00', 1_709_204_400_000_000_000n],
  ['2025-06-01t12:00:00z', 1_748_779_200_000_000_000n],
  ['2025-06-01T12:00:00-00:00', 1_748_779_200_000_000_000n],
])('%s', (text, instant) => {
  expect(parseInstant(text)).toBe(instant);
});

describe('unreadable', () => {
  test.each([
    '',
    'yesterday',
    '2025-06-01',
    '2025-06-01T12:00:00',
    '2025-06-01 12:00:00Z',
    '2025-6-1T12:00:00Z',
    '2025-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2025-04-31T00:00:00Z',
    '2025-13-01T00:00:00Z',
    '2025-00-10T00:00:00Z',
    '2025-01-00T00:00:00Z',
    '2025-01-01T24:00:00Z',
    '2025-01-01T00:60:00Z',
    '2016-12-31T23:59:60Z',
    '2025-01-01T00:00:00.Z',
    '2025-01-01T00:00:00+24:00',
    '2025-01-01T00:00:00+00:60',
    '2025-01-01T00:00:00+0100',
    '2025-01-01T00:00:00Z ',
    '2025-01-01T00:00:00Z\n',
    '+12025-01-01T00:00:00Z',
    '١٩٧٠-01-01T00:00:00Z',
  ])('%j', (text) => {
    expect(parseInstant(text)).toBeUndefined();
  });

  test.each([undefined, null, 1_700_000_000, {}, [], new Date()])('%s, which is not text', (value) => {
    expect(parseInstant(value)).toBeUndefined();
  });
});

test('git dates are whole seconds, cut, and never before the epoch', () => {
  expect(gitDate(1_999_999_999n)).toBe('1 +0000');
  expect(gitDate(0n)).toBe('0 +0000');
  expect(gitDate(-1n)).toBe('0 +0000');
  expect(gitDate(undefined)).toBe('0 +0000');
  expect(gitDate(parseInstant('0001-01-01T00:00:00Z'))).toBe('0 +0000');
  expect(gitDate(parseInstant('2025-06-01T12:00:00.999999999+02:00'))).toBe('1748772000 +0000');
});
