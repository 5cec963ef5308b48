import { describe, expect, it } from 'vitest';
import { rawStart } from '../../../src/project/back/raw-start.ts';

async function* stream(text: string, size = 7): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
const jsonl = (...lines: object[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join('');
const startOf = (start: number, compact: string, raw: string) => rawStart(start, stream(compact), stream(raw));

const user = (timestamp: string, content: unknown) => ({ type: 'user', timestamp, message: { role: 'user', content } });
const assistant = (id: string, timestamp: string) => ({
  type: 'assistant',
  timestamp,
  message: { id, role: 'assistant', content: [{ type: 'text', text: id }] },
});
const answer = (timestamp: string) => user(timestamp, [{ type: 'tool_result', tool_use_id: 't', content: 'ok' }]);
const compactUser = (ts?: string) => ({ v: 1, type: 'user', ...(ts && { ts }), content: [{ text: 'x' }] });
const compactAssistant = (id: string, ts: string) => ({ v: 1, type: 'assistant', ts, id, content: [] });

describe('rawStart', () => {
  // 0 mode, 1 user, 2 attachment of the same time, 3–4 one message, 5 an answer, 6 assistant, 7 mode, 8 user, 9 assistant
  const raw = jsonl(
    { type: 'permission-mode' },
    user('t1', 'first'),
    { type: 'attachment', timestamp: 't1' },
    assistant('m1', 't2'),
    assistant('m1', 't3'),
    answer('t4'),
    assistant('m2', 't5'),
    { type: 'permission-mode' },
    user('t6', 'second'),
    assistant('m3', 't7'),
  );
  const compact = jsonl(
    compactUser('t1'),
    compactAssistant('m1', 't3'),
    compactAssistant('m2', 't5'),
    compactUser('t6'),
    compactAssistant('m3', 't7'),
  );

  it('finds the line that a compact line begins with', async () => {
    expect(await Promise.all([1, 2, 3, 4, 5].map((start) => startOf(start, compact, raw)))).toEqual([3, 6, 8, 9, 10]);
  });

  it('counts a last line without a line feed', async () => {
    expect(await startOf(5, compact, raw.trimEnd())).toBe(10);
  });

  it('tells prompts of one time, and parts of one message, by their order', async () => {
    const both = jsonl(user('t', 'a'), user('t', 'b'), assistant('m', 't1'), answer('t2'), assistant('m', 't3'));
    const parts = jsonl(
      compactUser('t'),
      compactUser('t'),
      compactAssistant('m', 't1'),
      { v: 1, type: 'user', ts: 'gone', content: [] },
      compactAssistant('m', 't3'),
    );
    expect(await startOf(1, parts, both)).toBe(1);
    expect(await startOf(4, parts, both)).toBe(4);
  });

  it('counts prompts where lines have neither IDs nor times', async () => {
    const lines = jsonl(
      { role: 'user', message: { content: [{ type: 'text', text: 'a' }] } },
      { role: 'assistant', message: { content: [{ type: 'text', text: 'b' }] } },
      { role: 'assistant', message: { content: [{ type: 'text', text: 'c' }] } },
      { role: 'user', message: { content: [{ type: 'text', text: 'd' }] } },
    );
    const shorter = jsonl(compactUser(), { v: 1, type: 'assistant', content: [] }, compactUser());
    expect(await startOf(2, shorter, lines)).toBe(3);
    expect(await startOf(1, shorter, lines)).toBeUndefined();
  });

  it.each([
    ['more lines than there are', 6, raw],
    ['a line that the raw transcript does not have', 3, raw.replace('t6', 'gone')],
    ['one document', 3, JSON.stringify({ messages: [{ type: 'user' }] }, null, 2)],
    ['a document on one line', 3, JSON.stringify({ messages: [{ type: 'user' }] })],
    ['an empty transcript', 3, ''],
  ])('says nothing of %s', async (_, start, text) => {
    expect(await startOf(start, compact, text)).toBeUndefined();
  });
});
