import { describe, expect, test } from 'vitest';
import { compareFields } from '../../src/compare/field-differences.ts';
import { parseExactJson } from '../../src/json/exact.ts';

type Fields = Record<string, unknown>;

/** The differences of two objects, each as `weight change field`. */
const differences = (v1: Fields, v2: Fields) =>
  compareFields(v1, v2).map(({ field, change, weight }) => `${weight} ${change} ${field}`);

const DATA = {
  session_id: 's',
  created_at: '2025-03-01T08:00:00.5Z',
  cli_version: '0.5.6',
  checkpoints_count: 2,
  files_touched: ['a', 'b'],
  token_usage: { input_tokens: 5, api_call_count: 1 },
  prompt_attributions: [{ lines: 1 }],
  summary: { intent: 'x', learnings: { code: [] } },
  unknown_field: 1,
};
const without = (...fields: string[]) =>
  Object.fromEntries(Object.entries(DATA).filter(([key]) => !fields.includes(key)));

describe('a field of metadata', () => {
  test.each([
    'session_id',
    'created_at',
    'files_touched',
    'token_usage',
    'prompt_attributions',
    'summary',
    'unknown_field',
  ])('%s: lost is an error, added a note', (field) => {
    expect(differences(DATA, without(field))).toEqual([`error lost ${field}`]);
    expect(differences(without(field), DATA)).toEqual([`note added ${field}`]);
  });

  test.each(['cli_version', 'checkpoints_count'])('%s: every difference is a note', (field) => {
    expect(differences(DATA, without(field))).toEqual([`note lost ${field}`]);
    expect(differences(DATA, { ...DATA, [field]: 'other' })).toEqual([`note changed ${field}`]);
  });

  test('within an object or a list is named by its place', () => {
    const changed = {
      ...DATA,
      token_usage: { input_tokens: 6, output_tokens: 1 },
      prompt_attributions: [{ lines: 1 }, { lines: 2 }],
    };
    expect(differences(DATA, changed)).toEqual([
      'error changed token_usage.input_tokens',
      'error lost token_usage.api_call_count',
      'note added token_usage.output_tokens',
      'note added prompt_attributions[1]',
    ]);
  });

  test('that differs in many places is one difference', () => {
    const list = Array.from({ length: 30 }, (_, i) => i + 1);
    expect(differences({ list }, { list: list.map((n) => n + 1) })).toEqual(['error changed list']);
    expect(differences({ list: [] }, { list })).toEqual(['note added list']);
  });

  test('that is empty means the same as none', () => {
    const empty = { a: null, b: '', c: 0, d: false, e: [], f: {} };
    expect(differences(empty, {})).toEqual([]);
    expect(differences({}, empty)).toEqual([]);
    expect(differences({ files_touched: null }, { files_touched: [] })).toEqual([]);
    expect(differences({ nested: { a: 1, b: '' } }, { nested: { a: 1 } })).toEqual([]);
    expect(differences({ count: 5 }, { count: 0 })).toEqual(['error lost count']);
  });

  test('created_at is a moment, in whatever spelling', () => {
    const at = (text: string) => differences(DATA, { ...DATA, created_at: text });
    expect(at('2025-03-01T09:00:00.500+01:00')).toEqual(['note changed created_at']);
    expect(at('2025-03-01T08:00:00Z')).toEqual(['error changed created_at']);
    expect(at('yesterday')).toEqual(['error changed created_at']);
  });

  test('files_touched is a set', () => {
    const files = (...paths: string[]) => differences(DATA, { ...DATA, files_touched: paths });
    expect(files('b', 'a')).toEqual(['note changed files_touched']);
    expect(files('a', 'b', 'c')).toEqual(['note changed files_touched']);
    expect(files('a', 'a')).toEqual(['error changed files_touched']);
    expect(differences({ files_touched: ['a', 'b', 'a'] }, { files_touched: ['a', 'b'] })).toEqual([
      'note changed files_touched',
    ]);
  });

  test('whose name an object has by nature is a field like any other', () => {
    expect(differences({ constructor: 1 }, {})).toEqual(['error lost constructor']);
    expect(differences(JSON.parse('{"__proto__": 1}'), {})).toEqual(['error lost __proto__']);
  });
});

describe('numbers', () => {
  const same = (a: string, b: string) =>
    compareFields(parseExactJson(`{"n":${a}}`) as Fields, parseExactJson(`{"n":${b}}`) as Fields).length === 0;

  test.each([
    ['12345678901234567890', '12345678901234567890'],
    ['1', '1.0'],
    ['100', '1e2'],
    ['0.1', '1E-1'],
    ['-0', '0'],
    ['1e400', '10e399'],
    ['12345678901234567890', '1234567890123456789e1'],
  ])('%s and %s are the same', (a, b) => expect(same(a, b)).toBe(true));

  test.each([
    ['12345678901234567890', '12345678901234567000'],
    ['0.1000000000000000055511151231257827', '0.1'],
    ['9007199254740993', '9007199254740992'],
    ['1e400', '1e401'],
    ['1', '-1'],
  ])('%s and %s are not', (a, b) => expect(same(a, b)).toBe(false));

  test('in strings are text', () => {
    expect(parseExactJson('{"a": "12345678901234567890", "b\\"1e400": [1.50]}')).toEqual({
      a: '12345678901234567890',
      'b"1e400': [1.5],
    });
  });

  test.each(['', '{', '[1,]', '{"a": 01}', '{"a": 1 2}', 'undefined'])('%s is not JSON', (text) => {
    expect(() => parseExactJson(text)).toThrow(SyntaxError);
  });
});
