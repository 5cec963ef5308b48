import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type JsonPath, withMemberOf, withValue } from '../../src/json/edit.ts';

const pretty = (value: unknown, indent: number | string = 2) => `${JSON.stringify(value, null, indent)}\n`;

describe('withValue', () => {
  it.each<[string, string, JsonPath, unknown, string]>([
    ['a member is replaced', '{"a":1,"b" : 2}', ['b'], [1, 2], '{"a":1,"b" : [1,2]}'],
    ['a member is added as the others are', '{"a":1,"b":2}', ['c'], 3, '{"a":1,"b":2,"c": 3}'],
    ['a member is added after one alone', '{ "a": 1 }', ['c'], 3, '{ "a": 1, "c": 3 }'],
    ['a member is added to nothing', '{}', ['c'], { d: 1 }, '{"c": {"d":1}}'],
    ['the last of two counts', '{"a":1,"a":2}', ['a'], 3, '{"a":1,"a":3}'],
    ['both of two are taken out', '{"a":1,"b":0,"a":2}', ['a'], undefined, '{"b":0}'],
    ['what is not there is not taken out', '{"a":1}', ['b'], undefined, '{"a":1}'],
    ['odd white space stays', '{ "a" :\n1 ,\t"b":2}', ['a'], 5, '{ "a" :\n5 ,\t"b":2}'],
    ['commas first', '{\n  "a": 1\n, "b": 2\n}', ['c'], 3, '{\n  "a": 1\n, "b": 2,\n "c": 3\n}'],
  ])('%s', (_, text, path, value, expected) => {
    expect(withValue(text, path, value)).toBe(expected);
  });

  const members = fc.dictionary(fc.string({ maxLength: 4 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 });

  it.each([2, 4, '\t'])('gives what printing with the indentation %j would', (indent) => {
    fc.assert(
      fc.property(members, fc.string({ maxLength: 4 }), fc.jsonValue({ maxDepth: 2 }), (object, name, value) => {
        fc.pre(Object.keys(object).length > 0 && !/^\d+$/.test(name) && name !== '__proto__');
        fc.pre(!Object.keys(object).some((key) => /^\d+$/.test(key) || key === '__proto__'));
        for (const path of [[name], ['in', name]]) {
          const wrap = (inner: object) => (path.length === 1 ? inner : { first: 1, in: inner, last: [] });
          expect(withValue(pretty(wrap(object), indent), path, value)).toBe(
            pretty(wrap({ ...object, [name]: value }), indent),
          );
          const { [name]: _, ...rest } = object;
          expect(withValue(pretty(wrap(object), indent), path, undefined)).toBe(pretty(wrap(rest), indent));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('appends to a list and replaces in it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue({ maxDepth: 2 }), { maxLength: 3 }),
        fc.jsonValue({ maxDepth: 2 }),
        (list, value) => {
          expect(withValue(pretty({ list }), ['list', list.length], value)).toBe(pretty({ list: [...list, value] }));
          if (list.length > 0)
            expect(withValue(pretty({ list }), ['list', 0], value)).toBe(pretty({ list: list.with(0, value) }));
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('withMemberOf', () => {
  it.each([
    ['{"a": 1, "b": 2}', '{"b": 12345678901234567890.10}', '{"a": 1, "b": 12345678901234567890.10}'],
    ['{"a": 1}', '{"b": {"x": "\\u003c$&"}}', '{"a": 1, "b": {"x": "\\u003c$&"}}'],
    ['{\n  "a": "\\u0000"\n}\n', '{"b": [1]}', '{\n  "a": "\\u0000",\n  "b": [1]\n}\n'],
  ])('%j with the member of %j', (text, source, expected) => {
    expect(withMemberOf(text, source, 'b')).toBe(expected);
  });

  it('refuses a member that the other one lacks', () => {
    expect(() => withMemberOf('{}', '{}', 'b')).toThrow(RangeError);
  });
});
