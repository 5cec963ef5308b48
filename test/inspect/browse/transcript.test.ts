import { describe, expect, it } from 'vitest';
import { TranscriptPages } from '../../../src/inspect/browse/transcript-pages.ts';
import type { TranscriptEntry } from '../../../src/transcripts/entry.ts';
import { searchableText } from '../../../src/transcripts/text-of.ts';

/** A text in pieces of so many bytes. */
async function* inPieces(text: string, size = 7): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const lines = (...values: unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');

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
    const first = async (number: number) => searchableText((await pages.page(number)).entries[0] as TranscriptEntry);
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

  it('finds the next prompt and the last match before, reading nothing twice for a page', async () => {
    const said = lines(
      { role: 'assistant', text: 'Hello' },
      { role: 'user', text: 'One needle' },
      { type: 'progress', data: 'needle' },
      { role: 'assistant', content: [{ type: 'tool_use', name: 'Bash', input: { command: 'grep NEEDLE' } }] },
      { role: 'user', text: 'Two' },
    );
    const pages = new TranscriptPages(async () => inPieces(said));
    const prompt = { text: undefined, showsHidden: false };
    expect(await pages.find(prompt, -1, 1)).toBe(1);
    expect(await pages.find(prompt, 1, 1)).toBe(4);
    expect(await pages.find(prompt, 4, 1)).toBeUndefined();
    expect(await pages.find(prompt, 4, -1)).toBe(1);
    const needle = { text: 'needle', showsHidden: false };
    expect(await pages.find(needle, 1, 1)).toBe(3);
    expect(await pages.find({ ...needle, showsHidden: true }, 1, 1)).toBe(2);
    expect(await pages.find(needle, 3, -1)).toBe(1);
    await pages.close();
  });

  it('has one empty page where there is nothing, and says why where it can not be read', async () => {
    expect(await new TranscriptPages(async () => inPieces('')).page(0)).toEqual({ entries: [], isLast: true });
    const broken = new TranscriptPages(() => Promise.reject(new Error('absent')));
    await expect(broken.page(0)).rejects.toThrow('absent');
    await broken.close();
  });
});
