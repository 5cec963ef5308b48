import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type JsonEditor, type JsonPath, openJson } from '../../src/json/editor.ts';
import { JsonSource } from '../../src/json/source.ts';
import { JSON_FORMS, jsonForm } from './forms.ts';

function open(content: string | Buffer, comments = false): JsonEditor {
  const json = openJson(Buffer.from(content), { comments });
  if ('why' in json) throw new Error(json.why);
  return json;
}

/** The text after an edit; `undefined` takes the value out. */
function edited(text: string, path: JsonPath, value: unknown): string {
  const json = open(text);
  if (value === undefined) json.remove(path);
  else json.set(path, value);
  return json.content.toString();
}

const pretty = (value: unknown, indent: number | string = 2) => `${JSON.stringify(value, null, indent)}\n`;

describe('an edit', () => {
  it.each<[string, string, JsonPath, unknown, string]>([
    ['a member is replaced', '{"a":1,"b" : 2}', ['b'], [1, 2], '{"a":1,"b" : [1,2]}'],
    ['a member is added as the others are', '{"a":1,"b":2}', ['c'], 3, '{"a":1,"b":2,"c": 3}'],
    ['a member is added after one alone', '{ "a": 1 }', ['c'], 3, '{ "a": 1, "c": 3 }'],
    ['a member is added to nothing', '{}', ['c'], { d: 1 }, '{\n  "c": {\n    "d": 1\n  }\n}'],
    ['a member is added to nothing on one line', '{"a":{}}', ['a', 'c'], { d: 1 }, '{"a":{"c": {"d":1}}}'],
    ['the last of two counts', '{"a":1,"a":2}', ['a'], 3, '{"a":1,"a":3}'],
    ['both of two are taken out', '{"a":1,"b":0,"a":2}', ['a'], undefined, '{"b":0}'],
    ['what is not there is not taken out', '{"a":1}', ['b'], undefined, '{"a":1}'],
    ['odd white space stays', '{ "a" :\n1 ,\t"b":2}', ['a'], 5, '{ "a" :\n5 ,\t"b":2}'],
    ['commas first', '{\n  "a": 1\n, "b": 2\n}', ['c'], 3, '{\n  "a": 1\n, "b": 2\n, "c": 3\n}'],
    ['a name with escapes is the same name', '{"\\u0061":1}', ['a'], 2, '{"\\u0061":2}'],
    ['a name in UTF-8', '{"ü":1,"é":"€"}', ['ü'], 'ö', '{"ü":"ö","é":"€"}'],
  ])('%s', (_, text, path, value, expected) => {
    expect(edited(text, path, value)).toBe(expected);
  });

  const value = fc.jsonValue({ maxDepth: 2 });
  const name = fc.string({ maxLength: 4 }).filter((text) => !/^\d+$/.test(text) && text !== '__proto__');
  const members = fc.dictionary(name, value, { maxKeys: 4, noNullPrototype: true });

  it.each([2, 4, '\t'])('gives what printing with the indentation %j would', (indent) => {
    fc.assert(
      fc.property(members, name, value, (object, key, member) => {
        fc.pre(Object.keys(object).length > 0);
        for (const path of [[key], ['in', key]]) {
          const wrap = (inner: object) => (path.length === 1 ? inner : { first: 1, in: inner, last: [] });
          const text = pretty(wrap(object), indent);
          expect(edited(text, path, member)).toBe(pretty(wrap({ ...object, [key]: member }), indent));
          const { [key]: _, ...rest } = object;
          expect(edited(text, path, undefined)).toBe(pretty(wrap(rest), indent));
        }
      }),
      { numRuns: 200 },
    );
  });

  it('leaves every byte beside it, in every form, and what was added goes without a trace', () => {
    const documents = fc.record({ object: members, list: fc.array(members, { maxLength: 3 }) });
    const edit = fc.oneof(
      fc.record({ kind: fc.constantFrom('set', 'remove'), key: fc.nat(), value }),
      fc.record({ kind: fc.constant('add'), key: name, value }),
      fc.record({ kind: fc.constant('append'), key: fc.nat(), value }),
    );
    fc.assert(
      fc.property(documents, jsonForm, fc.array(edit, { minLength: 1, maxLength: 4 }), (document, form, edits) => {
        let model = structuredClone(document) as Record<string, unknown> & typeof document;
        let text = JSON_FORMS[form](document);
        for (const { kind, key, value: member } of edits) {
          const before = text;
          if (kind === 'append') {
            text = edited(before, ['list', model.list.length], member);
            model = { ...model, list: [...model.list, member as never] };
            expectInserted(before, text);
            expect(edited(text, ['list', model.list.length - 1], undefined)).toBe(before);
          } else if (kind === 'add') {
            fc.pre(!(String(key) in model.object));
            text = edited(before, ['object', key], member);
            model = { ...model, object: { ...model.object, [key]: member } };
            expectInserted(before, text);
            expect(edited(text, ['object', key], undefined)).toBe(before);
          } else {
            const names = Object.keys(model.object);
            const chosen = names[Number(key) % names.length];
            if (chosen === undefined) continue;
            const source = open(before).source(['object', chosen])?.toString() ?? '';
            text = edited(before, ['object', chosen], kind === 'set' ? member : undefined);
            const { [chosen]: _, ...rest } = model.object;
            if (kind === 'remove') model = { ...model, object: rest };
            else model = { ...model, object: { ...model.object, [chosen]: member } };
            if (kind === 'set') expectReplaced(before, text, source);
            else expectInserted(text, before);
          }
          expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(model)));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('appends to the summaries in which old bytes were once replaced', () => {
    const entry = (n: number) => ({ metadata: `/a3/b2c4d5e6f7/${n}/metadata.json`, prompt: '' });
    const summary = { checkpoint_id: 'a3b2c4d5e6f7', sessions: [entry(0), entry(1)], token_usage: { input_tokens: 1 } };
    for (const form of Object.values(JSON_FORMS)) {
      const before = form(summary);
      const after = edited(before, ['sessions', 2], entry(2));
      expectInserted(before, after);
      expect(JSON.parse(after).sessions).toEqual([entry(0), entry(1), entry(2)]);
    }
  });

  it('takes the tokens of a source as they are, laid out like the rest', () => {
    const source = JsonSource.parse(Buffer.from('{"n":12345678901234567890, "h":"\\u003c","2":[1.50,-0],"1":{}}'));
    expect(edited('{\n  "a": 1\n}\n', ['b'], source)).toBe(
      '{\n  "a": 1,\n  "b": {\n    "n": 12345678901234567890,\n    "h": "\\u003c",\n    "2": [\n      1.50,\n      -0\n    ],\n    "1": {}\n  }\n}\n',
    );
    expect(edited('{"a":1}', ['b'], source)).toBe(
      '{"a":1, "b": {"n":12345678901234567890,"h":"\\u003c","2":[1.50,-0],"1":{}}}',
    );
  });

  it('takes bytes as they are', () => {
    const json = open('{"a": 1}');
    json.set(['b'], Buffer.from('{ "x":1e400 }'));
    expect(json.content.toString()).toBe('{"a": 1, "b": { "x":1e400 }}');
    expect(json.source(['b'])?.toString()).toBe('{ "x":1e400 }');
  });

  it('gives the same bytes with all edits at once as one by one', () => {
    const documents = fc.record({ object: members, list: fc.array(members, { maxLength: 3 }), empty: fc.constant([]) });
    const step = fc.oneof(name, fc.constantFrom('a', 'b'));
    const path = fc.oneof<fc.Arbitrary<JsonPath>[]>(
      fc.tuple(fc.constantFrom('object', 'new'), step),
      fc.tuple(fc.constant('list'), fc.nat(5)),
      fc.tuple(fc.constant('list'), fc.nat(3), step),
      fc.tuple(fc.constant('empty'), fc.nat(3)),
      fc.tuple(fc.constantFrom('object', 'list', 'new', 'empty')),
    );
    const list = fc.array(fc.record({ path, value }), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(documents, jsonForm, list, (document, form, edits) => {
        const before = JSON_FORMS[form](document);
        const outcome = (edit: (json: JsonEditor) => void) => {
          const json = open(before);
          try {
            edit(json);
          } catch (error) {
            expect(error).toBeInstanceOf(RangeError);
            return undefined;
          }
          return json.content.toString();
        };
        const oneByOne = outcome((json) => {
          for (const { path, value } of edits) json.set(path, value);
        });
        expect(outcome((json) => json.setAll(edits))).toBe(oneByOne);
      }),
      { numRuns: 500 },
    );
  });

  it('changes nothing where one of the edits has no place', () => {
    const json = open('{"a":{"b":1}}');
    const edits = [
      { path: ['a', 'b'], value: 2 },
      { path: ['a', 'b', 'c'], value: 3 },
    ];
    expect(() => json.setAll(edits)).toThrow(RangeError);
    expect(json.content.toString()).toBe('{"a":{"b":1}}');
  });

  it('keeps comments', () => {
    const text = '{\n  // the model\n  "model": "x", /* a, b */\n  "list": [\n    1, // one\n  ],\n}\n';
    const json = open(text, true);
    json.set(['list', 1], 2);
    json.set(['more'], true);
    expect(json.content.toString()).toBe(
      '{\n  // the model\n  "model": "x", /* a, b */\n  "list": [\n    1,\n    2, // one\n  ],\n  "more": true,\n}\n',
    );
    json.remove(['more']);
    json.remove(['list', 1]);
    expect(json.content.toString()).toBe(text);
    json.remove(['list', 0]);
    expect(json.value).toEqual({ model: 'x', list: [] });
  });

  it('refuses a place that is not there', () => {
    expect(() => open('{}').set(['a', 'b'], 1)).toThrow(RangeError);
    expect(() => open('{"a":[]}').set(['a', 'b'], 1)).toThrow(RangeError);
    expect(() => open('{"a":{}}').set(['a', 0], 1)).toThrow(RangeError);
    expect(() => open('1').set([], 1)).toThrow(RangeError);
  });
});

describe('what can not be edited byte for byte', () => {
  it.each<[string, Buffer]>([
    ['begins with a byte order mark', Buffer.from('\ufeff{}')],
    ['is UTF-16 text', Buffer.from('\ufeff{}', 'utf16le')],
    ['is not UTF-8 text', Buffer.from('{"a":"caf\xe9"}', 'latin1')],
    ['has a NUL byte', Buffer.from('{}\0')],
    ['has a comment or a comma too many', Buffer.from('{} // x')],
    ['has a comment or a comma too many', Buffer.from('{"a":1,}')],
    ['is not JSON', Buffer.from('{"a":')],
    ['is not JSON', Buffer.from('')],
    ['is not JSON', Buffer.from('[,]')],
  ])('%s', (why, content) => {
    expect(openJson(content)).toEqual({ why });
  });
});

/** The new text is the old one with one stretch put in, and no byte of it gone. */
function expectInserted(before: string, after: string): void {
  const common = commonPrefix(before, after) + commonSuffix(before, after);
  expect(common, `${before}\n→\n${after}`).toBeGreaterThanOrEqual(before.length);
}

/** The new text is the old one with another value in the place of one. */
function expectReplaced(before: string, after: string, source: string): void {
  const common = commonPrefix(before, after) + commonSuffix(before, after);
  expect(common).toBeGreaterThanOrEqual(before.length - source.length);
}

function commonPrefix(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return at;
}

function commonSuffix(a: string, b: string): number {
  let count = 0;
  while (count < a.length && count < b.length && a.at(-1 - count) === b.at(-1 - count)) count++;
  return count;
}
