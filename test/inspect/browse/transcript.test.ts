import { describe, expect, it } from 'vitest';
import { readEntries } from '../../../src/inspect/browse/transcript-entries.ts';
import { TranscriptPages } from '../../../src/inspect/browse/transcript-pages.ts';

/** A text in pieces of so many bytes. */
async function* inPieces(text: string, size = 7): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** The entries of a transcript, as `who: text`. */
async function entries(text: string, size?: number): Promise<string[]> {
  const all: string[] = [];
  for await (const entry of readEntries(inPieces(text, size))) all.push(`${entry.who}: ${entry.text}`);
  return all;
}

const lines = (...values: unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');

describe('readEntries knows', () => {
  it('Claude Code', async () => {
    const content = [
      { type: 'thinking', thinking: 'Hmm.' },
      { type: 'text', text: 'I look.' },
      { type: 'tool_use', name: 'Bash', input: { command: 'ls\n-l' } },
    ];
    const result = [{ type: 'tool_result', content: [{ type: 'text', text: 'a.ts' }] }];
    const text = lines(
      { type: 'user', message: { role: 'user', content: 'Fix "it"' } },
      { type: 'assistant', message: { role: 'assistant', content } },
      { type: 'user', message: { role: 'user', content: result } },
    );
    expect(await entries(text)).toEqual([
      'user: Fix "it"',
      'thinking: Hmm.',
      'assistant: I look.',
      'tool call: Bash {"command":"ls\\n-l"}',
      'tool result: a.ts',
    ]);
  });

  it('Codex', async () => {
    const item = (payload: unknown) => ({ type: 'response_item', payload });
    const text = lines(
      item({ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Do it' }] }),
      item({ type: 'function_call', name: 'shell', arguments: '{"cmd":"ls"}' }),
      item({ type: 'function_call_output', output: 'done' }),
    );
    expect(await entries(text)).toEqual(['user: Do it', 'tool call: shell {"cmd":"ls"}', 'tool result: done']);
  });

  it('Gemini, one document', async () => {
    const document = {
      sessionId: 's',
      messages: [
        { type: 'user', content: 'Hello' },
        {
          type: 'gemini',
          content: 'Hi',
          toolCalls: [{ name: 'read_file', args: { path: 'a' }, result: [{ text: 'content' }] }],
        },
      ],
    };
    const expected = ['user: Hello', 'assistant: Hi', 'tool call: read_file {"path":"a"}', 'tool result: content'];
    expect(await entries(JSON.stringify(document, null, 2))).toEqual(expected);
    expect(await entries(JSON.stringify(document))).toEqual(expected);
  });

  it('OpenCode, one document', async () => {
    const tool = { type: 'tool', tool: 'edit', state: { input: { file: 'a' }, output: 'ok' } };
    const document = {
      info: { id: 'x' },
      messages: [
        { info: { role: 'user' }, parts: [{ type: 'text', text: 'Hello' }] },
        { info: { role: 'assistant' }, parts: [{ type: 'text', text: 'Hi' }, tool] },
      ],
    };
    expect(await entries(JSON.stringify(document, null, 2))).toEqual([
      'user: Hello',
      'assistant: Hi',
      'tool call: edit {"file":"a"}',
      'tool result: ok',
    ]);
  });

  it('whatever has a role and a text, and shows the rest as it is', async () => {
    const text = `${lines({ role: 'human', text: 'Hey' }, { type: 'system', message: 'Started' })}no JSON\n\n${lines({ type: 'summary', leafUuid: 'x' }, 7, ['a'])}`;
    expect(await entries(text)).toEqual([
      'user: Hey',
      'system: Started',
      'other: no JSON',
      'other: {"type":"summary","leafUuid":"x"}',
      'other: 7',
      'other: a',
    ]);
    expect(await entries('{"cut":\n"off')).toEqual(['other: {"cut":', 'other: "off']);
    expect(await entries('')).toEqual([]);
  });

  it('long texts, of which it keeps the beginning', async () => {
    const long = 'x'.repeat(10_000);
    const text = lines(
      { role: 'user', content: long },
      { role: 'assistant', content: [{ type: 'tool_use', name: 'Write', input: long }] },
    );
    expect((await entries(text, 4096)).map((entry) => entry.replace(/x+/, 'x'))).toEqual([
      'user: x … (6000 more characters)',
      'tool call: Write x … (9800 more characters)',
    ]);
    const huge = `{"role":"user","content":"${'y'.repeat(9 * 1024 * 1024)}"}\n${lines({ role: 'user', text: 'after' })}`;
    const [first = '', ...rest] = await entries(huge, 65_536);
    expect(first.length).toBeLessThan(5000);
    expect(first).toMatch(/^other: \{"role":"user","content":"y+/);
    expect(rest.at(-1)).toBe('user: after');
  });
});

describe('TranscriptPages', () => {
  const text = lines(...Array.from({ length: 1020 }, (_, i) => ({ role: 'user', text: `line ${i}` })));

  it('reads as far as the page that is asked for, and again from the beginning only for one long past', async () => {
    let [opened, bytes, closed] = [0, 0, 0];
    const pages = new TranscriptPages(async () => {
      opened += 1;
      return (async function* () {
        try {
          for await (const piece of inPieces(text, 64)) {
            bytes += piece.length;
            yield piece;
          }
        } finally {
          closed += 1;
        }
      })();
    });
    const first = async (number: number) => (await pages.page(number)).entries[0]?.text;
    expect(await first(0)).toBe('line 0');
    expect(bytes).toBeLessThan(text.length / 15);
    expect(await first(13)).toBe('line 650');
    expect(await first(2)).toBe('line 100');
    expect(opened).toBe(1);
    expect(await first(1)).toBe('line 50');
    expect([opened, closed]).toEqual([2, 1]);
    const last = await pages.page(20);
    expect(last).toMatchObject({ isLast: true, entries: { length: 20 } });
    expect(await pages.page(21)).toEqual({ entries: [], isLast: true });
    await pages.close();
    expect(closed).toBe(opened);
  });

  it('has one empty page where there is nothing, and says why where it can not be read', async () => {
    expect(await new TranscriptPages(async () => inPieces('')).page(0)).toEqual({ entries: [], isLast: true });
    const broken = new TranscriptPages(() => Promise.reject(new Error('absent')));
    await expect(broken.page(0)).rejects.toThrow('absent');
    await broken.close();
  });
});
