import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type CreatedAt,
  generationIdentity,
  generationJson,
  parseCreatedAt,
  parseGenerationJson,
  spanOf,
} from '../../src/checkpoint/created-at.ts';
import { createdAt } from '../fixtures/arbitraries.ts';

const at = (text: string) => parseCreatedAt(text) as CreatedAt;

describe('the span', () => {
  test('is of instants, not of texts', () => {
    const { oldest, newest } = spanOf(
      ['2025-06-01T12:00:00+02:00', '2025-06-01T10:00:00.000000001Z', '2025-06-01T11:59:59.999999999+02:00'].map(at),
    );
    expect(oldest?.text).toBe('2025-06-01T11:59:59.999999999+02:00');
    expect(newest?.text).toBe('2025-06-01T10:00:00.000000001Z');
  });

  test('of several texts for one instant has the first', () => {
    const times = ['2025-06-01T12:00:00+02:00', '2025-06-01T10:00:00Z', '2025-06-01T10:00:00.0Z'].map(at);
    expect(spanOf(times)).toEqual({ oldest: times[0], newest: times[0] });
    expect(spanOf([...times].reverse())).toEqual({ oldest: times[2], newest: times[2] });
  });

  test('of nothing is not known', () => {
    expect(spanOf([])).toEqual({ oldest: undefined, newest: undefined });
  });

  test('encloses all times that can be read', () => {
    fc.assert(
      fc.property(fc.array(createdAt), (texts) => {
        const times = texts.flatMap((text) => parseCreatedAt(text) ?? []);
        const { oldest, newest } = spanOf(times);
        expect(oldest === undefined).toBe(times.length === 0);
        for (const { instant } of times) {
          expect(oldest !== undefined && oldest.instant <= instant).toBe(true);
          expect(newest !== undefined && newest.instant >= instant).toBe(true);
        }
      }),
    );
  });
});

describe('generation.json', () => {
  test('has the texts as they were written', () => {
    const span = spanOf([at('2025-06-01T12:00:00+02:00'), at('2025-06-02T00:00:00.50Z')]);
    expect(generationJson(span).toString()).toBe(
      '{\n  "oldest_checkpoint_at": "2025-06-01T12:00:00+02:00",\n  "newest_checkpoint_at": "2025-06-02T00:00:00.50Z"\n}\n',
    );
  });

  test('has null where no time is known', () => {
    expect(generationJson(spanOf([])).toString()).toBe(
      '{\n  "oldest_checkpoint_at": null,\n  "newest_checkpoint_at": null\n}\n',
    );
  });

  test('is read back', () => {
    fc.assert(
      fc.property(fc.array(createdAt), (texts) => {
        const span = spanOf(texts.flatMap((text) => parseCreatedAt(text) ?? []));
        expect(parseGenerationJson(generationJson(span))).toEqual(span);
      }),
    );
  });

  test('of another writer: fields that are absent or no times are not known', () => {
    const read = (text: string) => parseGenerationJson(Buffer.from(text));
    const unknown = { oldest: undefined, newest: undefined };
    expect(read('{"generation":1}')).toEqual(unknown);
    expect(read('{"oldest_checkpoint_at":5,"newest_checkpoint_at":"soon"}')).toEqual(unknown);
    for (const text of ['', '{', '[]', 'null', '"2025-06-01T10:00:00Z"']) expect(() => read(text)).toThrow(SyntaxError);
  });
});

test('the identity is dated by the newest session, in whole seconds', () => {
  expect(generationIdentity(at('2025-06-01T12:00:00.999+02:00'))).toBe('ckpt <ckpt@localhost> 1748772000 +0000');
  expect(generationIdentity(undefined)).toBe('ckpt <ckpt@localhost> 0 +0000');
});
