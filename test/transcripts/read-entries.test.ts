import { describe, expect, it } from 'vitest';
import { readTranscriptEntries } from '../../src/transcripts/read-entries.ts';
import { IS_THOROUGH } from '../fixtures/scale.ts';
import { describeEntry } from './describe-entry.ts';

/** A text in pieces of so many bytes. */
async function* inPieces(text: string, size = 7): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function entries(text: string, size?: number): Promise<string[]> {
  const all: string[] = [];
  for await (const entry of readTranscriptEntries(inPieces(text, size))) all.push(describeEntry(entry));
  return all;
}

const lines = (...values: unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');

describe('readEntries', () => {
  it('reads lines of JSON, and shows what is not JSON as it is', async () => {
    const text = `${lines({ role: 'human', text: 'Hey' }, { role: 'developer', content: 'Be kind' })}no JSON\n\n${lines(7, { odd: 1 })}`;
    expect(await entries(text)).toEqual([
      'prompt: Hey',
      'hidden system: Be kind',
      'raw: no JSON',
      'raw: 7',
      'raw: {"odd":1}',
    ]);
    expect(await entries('{"cut":\n"off')).toEqual(['raw: {"cut":', 'raw: "off']);
    expect(await entries('')).toEqual([]);
  });

  it('reads one document, on one line or on many', async () => {
    const document = {
      sessionId: 's',
      messages: [
        { type: 'user', content: 'Hello' },
        { type: 'gemini', content: 'Hi' },
      ],
    };
    const expected = ['prompt: Hello', 'answer: Hi'];
    expect(await entries(JSON.stringify(document, null, 2))).toEqual(expected);
    expect(await entries(JSON.stringify(document))).toEqual(expected);
  });

  it('keeps the beginning of what is long, and how long it is', async () => {
    const long = 'x'.repeat(100_000);
    expect(await entries(lines({ role: 'user', content: long }), 65_536)).toEqual([
      `prompt: ${'x'.repeat(65_536)}… of 100000`,
    ]);
  });

  it.runIf(IS_THOROUGH)('shows the beginning of a line of more than 32 MiB, and goes on behind it', async () => {
    const huge = `{"role":"user","content":"${'y'.repeat(33 * 1024 * 1024)}"}\n${lines({ role: 'user', text: 'after' })}`;
    const [first = '', ...rest] = await entries(huge, 1 << 20);
    expect(first.length).toBeLessThan(5000);
    expect(first).toMatch(/^raw: \{"role":"user","content":"y+/);
    expect(rest.at(-1)).toBe('prompt: after');
  });
});
