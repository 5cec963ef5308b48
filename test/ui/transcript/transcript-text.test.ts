import { expect, it } from 'vitest';
import { cut, type TranscriptEntry } from '../../../src/transcripts/entry.ts';
import { renderTranscript } from '../../../src/ui/transcript/transcript-text.ts';

async function text(entries: readonly TranscriptEntry[], columns = 60): Promise<string> {
  let all = '';
  for await (const piece of renderTranscript(
    (async function* () {
      yield* entries;
    })(),
    columns,
  ))
    all += piece;
  return all;
}

const hidden: TranscriptEntry = { kind: 'hidden', what: 'progress', raw: cut('{}') };

it('shows who says what, edits as differences, and counts bookkeeping', async () => {
  const patch = cut(' one\n-two\n+2');
  expect(
    await text([
      hidden,
      hidden,
      { kind: 'prompt', text: cut('Change **two**'), at: '2026-02-11T09:31:07+01:00' },
      { kind: 'call', name: 'Edit', work: { form: 'edit', path: 'a.txt', patch } },
      { kind: 'result', text: cut('ok'), isError: false, images: ['image/png'] },
      hidden,
    ]),
  ).toBe(`· 2 lines of bookkeeping (progress 2)

User  2026-02-11 08:31Z
  Change two

Edit: a.txt
   one
  -two
  +2

Result
  ok
  [image: image/png]

· 1 line of bookkeeping (progress 1)

`);
});

it('wraps what counts bookkeeping, too', async () => {
  const of = (what: string): TranscriptEntry => ({ ...hidden, what });
  expect(await text([of('file-history-snapshot'), of('progress'), of('mode')], 40)).toBe(
    '· 3 lines of bookkeeping\n(file-history-snapshot 1, progress 1,\nmode 1)\n\n',
  );
});

it('names the day with the first time of it, by UTC, and not for bookkeeping', async () => {
  const said = (at: string): TranscriptEntry => ({ kind: 'answer', text: cut('x'), at });
  const shown = await text([
    said('2026-02-11T09:31:07Z'),
    { kind: 'prompt', text: cut('without a time') },
    said('2026-02-11T23:59:59Z'),
    { ...hidden, at: '2026-02-12T00:00:00Z' },
    said('2026-02-11T23:30:00-01:00'),
    said('2026-02-12T10:00:00Z'),
  ]);
  expect(shown.match(/^\S.*$/gm)).toEqual([
    'Assistant  2026-02-11 09:31Z',
    'User',
    'Assistant  23:59Z',
    '· 1 line of bookkeeping (progress 1)',
    'Assistant  2026-02-12 00:30Z',
    'Assistant  10:00Z',
  ]);
});

it('wraps lines, cuts long results, and lets no control character through', async () => {
  const long = Array.from({ length: 9 }, (_, i) => `\x1b[31mline ${i}\x07`).join('\n');
  const shown = await text([{ kind: 'result', text: cut(long), isError: true }], 20);
  expect(shown).not.toMatch(/[\x07\x1b]/);
  expect(shown.split('\n')[0]).toBe('Result: failed');
  expect(shown).toContain('… 9 lines');
  expect(shown).not.toContain('line 5');
  expect(Math.max(...shown.split('\n').map((line) => line.length))).toBeLessThanOrEqual(20);
});
