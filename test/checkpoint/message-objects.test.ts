import { describe, expect, it } from 'vitest';
import {
  beginsOtherwise,
  isMessageObject,
  joinMessageObjects,
  splitMessageObject,
} from '../../src/checkpoint/message-objects.ts';

const bytes = (text: string) => Buffer.from(text);

describe('isMessageObject', () => {
  it.each([
    '{"messages":[1]}',
    '{"messages":[1]}\n',
    '{"messages":[1]}\r\n\n',
    '{\n  "sessionId": "x",\n  "messages": [\n    {}\n  ]\n}\n',
    '{"messages":[{"messages":[]}],"more":"\\u003c"}',
  ])('takes %j as one', (text) => {
    expect(isMessageObject(bytes(text))).toBe(true);
  });

  it.each([
    '',
    '{',
    '[]',
    '{"messages":[]}',
    '{"messages":{}}',
    '{"a":{"messages":[1]}}',
    '{"messages":[1]}\n{"messages":[2]}\n',
    '{"a":1}\n',
    'null',
  ])('does not take %j as one', (text) => {
    expect(isMessageObject(bytes(text))).toBe(false);
  });
});

describe('beginsOtherwise', () => {
  it.each(['{"messages":[1]}\n\n', '{\n  "id": "x",\n  "messages": [\n    {}\n  ]\n}\n', '{"a":\n1,"messages":[{}]}'])(
    'says nothing of any beginning of %j',
    (text) => {
      for (let end = 1; end <= text.length; end++) expect(beginsOtherwise(bytes(text.slice(0, end)))).toBe(false);
    },
  );

  it.each([
    ['{"type":"user"}\n{"type', true],
    ['{"messages":[1]}\n{', true],
    ['[1', true],
    ['not', true],
    ['\n{"messages":[1]}', true],
    ['{"type":"user"}\n', false],
    ['{"type":"us', false],
    ['{not json}\n{"a":1}\n', false],
  ])('of %j: %s', (text, expected) => {
    expect(beginsOtherwise(bytes(text))).toBe(expected);
    if (expected) expect(isMessageObject(bytes(text))).toBe(false);
  });
});

describe('splitMessageObject', () => {
  it.each([
    ['on one line', JSON.stringify({ id: 'x', messages: [{ a: 1 }, { b: [2, { messages: [3] }] }, 'ü', null], z: {} })],
    ['with two spaces', `${JSON.stringify({ messages: [{ a: 1 }, [1, 2, 3], 'x,]', 4.5e300], z: [1] }, null, 2)}\n`],
    ['as Python prints it', '{"messages": [{"a": 1}, {"b": 2}, {"c": 3}], "n": 12345678901234567890}'],
    ['with words in strings', '{"x":"messages","y":["messages"],"messages":[{"t":"[{\\"messages\\":"},{"t":"]}"}]}'],
    ['with a list of the same name deeper', '{"a":{"messages":[9,9]},"messages":[1,2,3]}'],
  ])('splits one %s without loss, at any limit', (_, text) => {
    for (let limit = 1; limit <= text.length; limit++) {
      const pieces = splitMessageObject(bytes(text), limit);
      if (pieces === undefined) continue; // one message a piece, and the separator is not the usual one
      for (const piece of pieces) expect(isMessageObject(piece)).toBe(true);
      expect(joinMessageObjects(pieces).toString()).toBe(text);
    }
    const half = splitMessageObject(bytes(text), Math.ceil(text.length * 0.9));
    expect(half?.length).toBeGreaterThan(1);
  });

  it('puts as many messages into a piece as fit', () => {
    const pieces = splitMessageObject(bytes('{"messages":[1,2,3,4,5]}'), 18);
    expect(pieces?.map(String)).toEqual(['{"messages":[1,2]}', '{"messages":[3,4]}', '{"messages":[5]}']);
  });

  it('does not split where joining would not give the same bytes', () => {
    expect(splitMessageObject(bytes('{"messages":[1, 2,3]}'), 18)).toBeUndefined();
    expect(splitMessageObject(Buffer.from('{"messages":["\xff","\xfe","x"]}', 'latin1'), 18)).toBeUndefined();
  });

  it('is not stopped by deep nesting', () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    const text = `{"messages":[${deep},1,2]}`;
    expect(splitMessageObject(bytes(text), 100)?.length).toBe(2);
  });
});
