import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withoutTranscriptFields } from '../../src/checkpoint/summary.ts';
import { summaryWithoutTranscripts } from '../fixtures/reference.ts';
import { SUMMARY_FORMS, summaryJson } from '../fixtures/v1-builder.ts';

const cut = (text: string) => withoutTranscriptFields(Buffer.from(text)).toString();
const usual = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/** Expects that the very bytes that went in come out. */
function expectUntouched(content: string | Buffer): void {
  const bytes = Buffer.from(content);
  expect(withoutTranscriptFields(bytes)).toBe(bytes);
}

/** Keys that matter, and others, some of which look like them. */
const key = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom('transcript', 'content_hash', 'metadata', 'prompt', 'sessions', 'Transcript'),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 6 }).filter((text) => text !== '__proto__') },
);
const json = fc.jsonValue({ maxDepth: 2 });
const session = fc.oneof(
  { weight: 5, arbitrary: fc.dictionary(key, json, { maxKeys: 6, noNullPrototype: true }) },
  { weight: 1, arbitrary: json },
);
const summary = fc
  .tuple(
    fc.dictionary(key, json, { maxKeys: 4, noNullPrototype: true }),
    fc.oneof({ weight: 6, arbitrary: fc.array(session, { maxLength: 4 }) }, { weight: 1, arbitrary: json }),
    fc.dictionary(key, json, { maxKeys: 4, noNullPrototype: true }),
  )
  .map(([before, sessions, after]) => ({ ...before, sessions, ...after }));

/** The value without the members; what is not as it should be is left as it is. */
function stripped(value: { sessions?: unknown }): unknown {
  if (!Array.isArray(value.sessions)) return value;
  const sessions = value.sessions.map((entry: unknown) => {
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return entry;
    return Object.fromEntries(
      Object.entries(entry).filter(([name]) => name !== 'transcript' && name !== 'content_hash'),
    );
  });
  return { ...value, sessions };
}

describe('in the usual form', () => {
  test('the result is what pretty-printing the value without the members gives', () => {
    fc.assert(
      fc.property(summary, (value) => {
        // Once through JSON: -0 and the order of keys that are numbers.
        const parsed = JSON.parse(JSON.stringify(value)) as typeof value;
        expect(cut(usual(parsed))).toBe(usual(stripped(parsed)));
      }),
      { numRuns: 400 },
    );
  });

  test('of a real summary', () => {
    const paths = { metadata: '/a3/b2c4d5e6f7/0/metadata.json', prompt: '/a3/b2c4d5e6f7/0/prompt.txt' };
    const before = {
      checkpoint_id: 'a3b2c4d5e6f7',
      sessions: [
        { ...paths, transcript: '/a3/b2c4d5e6f7/0/full.jsonl', content_hash: '/a3/b2c4d5e6f7/0/content_hash.txt' },
      ],
      transcript: 'not of a session',
    };
    expect(cut(usual(before))).toBe(usual({ ...before, sessions: [paths] }));
  });
});

describe('in any other form', () => {
  /** JSON text with white space anywhere, characters escaped, and keys more than once. */
  const space = fc.constantFrom('', '', ' ', '\n', '\t', '\r\n', '  \n ');
  const string = (text: string) =>
    fc.constantFrom(
      JSON.stringify(text),
      `"${[...text].map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`,
    );
  const knownKey = fc.constantFrom('transcript', 'content_hash', 'sessions', 'prompt', 'ünïcode').chain(string);
  const scalar = fc.constantFrom(
    '1',
    '-0.0',
    '12345678901234567890',
    '1.10e+400',
    '"\\u003c<\\\\\\""',
    'null',
    'true',
    '[]',
    '{}',
  );
  const { value } = fc.letrec<{ value: string; object: string; array: string }>((tie) => ({
    value: fc.oneof({ depthSize: 'medium', withCrossShrink: true }, scalar, tie('object'), tie('array')),
    object: fc
      .array(fc.tuple(space, knownKey, space, space, tie('value'), space), { maxLength: 5 })
      .map(
        (members) => `{${members.map(([a, name, b, c, inner, d]) => `${a}${name}${b}:${c}${inner}${d}`).join(',')}}`,
      ),
    array: fc
      .array(fc.tuple(space, tie('value'), space), { maxLength: 3 })
      .map((items) => `[${items.map((item) => item.join('')).join(',')}]`),
  }));
  const object = value.filter((text) => text.startsWith('{'));
  const text = fc
    .tuple(space, fc.array(object, { maxLength: 3 }), space, object, space)
    .map(
      ([a, list, b, rest, c]) =>
        `${a}{"sessions":${b}[${list.join(`,${b}`)}]${rest === '{}' ? '' : `,${rest.slice(1, -1)}`}}${c}`,
    )
    .filter((written) => {
      try {
        JSON.parse(written);
        return true;
      } catch {
        return false;
      }
    });

  test('the result is what the rules of the format give', () => {
    fc.assert(
      fc.property(text, (before) => {
        expect(cut(before)).toBe(summaryWithoutTranscripts(before));
      }),
      { numRuns: 1000 },
    );
  });

  test('it is JSON without the members; a second time nothing changes', () => {
    fc.assert(
      fc.property(text, (before) => {
        const after = cut(before);
        expect(JSON.parse(after)).toEqual(stripped(JSON.parse(before)));
        expectUntouched(after);
      }),
      { numRuns: 500 },
    );
  });

  test.each(SUMMARY_FORMS)('%s', (form) => {
    const sessions = [0, 2].map((number) => ({
      metadata: `/a3/b2c4d5e6f7/${number}/metadata.json`,
      transcript: `/a3/b2c4d5e6f7/${number}/full.jsonl`,
      content_hash: `/a3/b2c4d5e6f7/${number}/content_hash.txt`,
      prompt: '',
    }));
    const before = summaryJson({ checkpoint_id: 'a3b2c4d5e6f7', sessions, files_touched: ['ünïcode'] }, form);
    expect(cut(before)).toBe(summaryWithoutTranscripts(before));
    expect(cut(before)).not.toBe(before);
  });

  test.each([
    ['{"sessions":[{"transcript":1,"a":2}]}', '{"sessions":[{"a":2}]}'],
    ['{"sessions":[{"a":2,"transcript":1}]}', '{"sessions":[{"a":2}]}'],
    ['{"sessions":[{"a":2,"transcript":1,"b":3}]}', '{"sessions":[{"a":2,"b":3}]}'],
    ['{"sessions":[{ "transcript" : 1 , "a" : 2 }]}', '{"sessions":[{ "a" : 2 }]}'],
    ['{"sessions":[{ "a" : 2 , "transcript" : 1 }]}', '{"sessions":[{ "a" : 2 }]}'],
    ['{"sessions":[{\n"transcript":1,\n"content_hash":2\n}]}', '{"sessions":[{}]}'],
    ['{"sessions":[{"transcript":{"transcript":[{"a":1}]},"a":2}]}', '{"sessions":[{"a":2}]}'],
    ['{"sessions":[{"transcript":1,"a":2,"transcript":3}]}', '{"sessions":[{"a":2}]}'],
    ['{"sessions":[{"\\u0074ranscript":1,"a":"\\u003c"}]}', '{"sessions":[{"a":"\\u003c"}]}'],
    ['{"\\u0073essions":[{"transcript":1}]}', '{"\\u0073essions":[{}]}'],
    ['{"sessions":[{"transcript":1}],"sessions":[{"a":1,"transcript":1}]}', '{"sessions":[{}],"sessions":[{"a":1}]}'],
    [
      '{"n":12345678901234567890,"sessions":[{"transcript":1,"x":1.10e+400}]}',
      '{"n":12345678901234567890,"sessions":[{"x":1.10e+400}]}',
    ],
    ['{"sessions":[{"é":"\ud83d\ude00","transcript":"ü","z":1}]}', '{"sessions":[{"é":"\ud83d\ude00","z":1}]}'],
  ])('%s', (before, after) => {
    expect(cut(before)).toBe(after);
  });
});

describe('untouched', () => {
  test.each([
    ['no sessions', '{"transcript":1,"content_hash":2}'],
    ['sessions that are not a list', '{"sessions":{"transcript":1}}'],
    ['a list in the list', '{"sessions":[[{"transcript":1}]]}'],
    ['deeper objects', '{"sessions":[{"a":{"transcript":1},"b":[{"content_hash":1}]}]}'],
    ['sessions deeper down', '{"a":{"sessions":[{"transcript":1}]}}'],
    ['a list as the summary', '[{"sessions":[{"transcript":1}]}]'],
    ['keys that only look like it', '{"sessions":[{"Transcript":1,"transcript ":2,"content_hash_":3}]}'],
    ['values that look like keys', '{"sessions":[{"a":"transcript","b":"\\"transcript\\": 1,"}]}'],
    ['an empty session', '{"sessions":[{}]}'],
    ['empty', ''],
    ['truncated', '{"sessions":[{"transcript":1}]'],
    ['more than one value', '{"sessions":[{"transcript":1}]}{}'],
    ['a comment', '{"sessions":[/* c */{"transcript":1}]}'],
    ['a comma too many', '{"sessions":[{"transcript":1,}]}'],
    ['a byte order mark', '\ufeff{"sessions":[{"transcript":1}]}'],
    ['a control character in a string', '{"sessions":[{"transcript":"\u0001"}]}'],
  ])('%s', (_, text) => {
    expectUntouched(text);
  });

  test('invalid UTF-8', () => {
    expectUntouched(Buffer.from('{"a":"\xff","sessions":[{"transcript":1}]}', 'latin1'));
  });

  test('any bytes that are not JSON', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => expectUntouched(Buffer.from([0x7b, ...bytes]))));
  });
});

test('no depth is too deep', () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  expect(cut(`{"deep":${deep},"sessions":[{"transcript":${deep},"a":${deep}}]}`)).toBe(
    `{"deep":${deep},"sessions":[{"a":${deep}}]}`,
  );
});
