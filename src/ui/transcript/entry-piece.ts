import type { Cut, TranscriptEntry, Work } from '../../transcripts/entry.ts';
import { sanitizeBlock } from '../sanitize.ts';
import { countOf, formatCount } from '../words.ts';
import type { Line, Look } from './line.ts';
import { markdownLines } from './markdown-lines.ts';

/** An entry as it is shown: what stands above it, its lines, and, of a long one, those that are shown until somebody opens it. */
export interface EntryPiece {
  readonly heading: string;
  readonly lines: readonly Line[];
  readonly folded?: readonly Line[];
  readonly kind: TranscriptEntry['kind'];
}

/** Lines of a result, a thought or an edit that are shown before it is opened. */
const SHOWN = { result: 4, thinking: 6, edit: 24, text: 60 };

const HEADINGS = { prompt: 'User', answer: 'Assistant', thinking: 'Assistant, thinking', note: 'Note' } as const;

/** Makes the pieces of a transcript one after another: each has its time, and its day where that is another one than above. */
export function entryPieces(): (entry: TranscriptEntry) => EntryPiece {
  let above = '';
  return (entry) => {
    const [day = '', time = ''] = entry.at === undefined ? [] : whenUtc(entry.at);
    if (entry.kind === 'hidden' || day === above) return entryPiece(entry, time);
    above = day === '' ? above : day;
    return entryPiece(entry, day === '' ? time : `${day} ${time}`);
  };
}

/** An entry as a person reads it. */
function entryPiece(entry: TranscriptEntry, when: string): EntryPiece {
  const heading = (words: string) => (when === '' ? words : `${words}  ${when}`);
  switch (entry.kind) {
    case 'prompt':
    case 'answer':
    case 'thinking':
    case 'note': {
      const lines = [...markdownLines(shown(entry.text)), ...imageLines(entry.images)];
      const most = entry.kind === 'thinking' ? SHOWN.thinking : SHOWN.text;
      return { kind: entry.kind, heading: heading(HEADINGS[entry.kind]), ...folding(lines, most, entry.text) };
    }
    case 'call':
      return { kind: 'call', heading: heading(workHeading(entry.name, entry.work)), ...workLines(entry.work) };
    case 'result': {
      const lines = [...plainLines(shown(entry.text)), ...imageLines(entry.images)];
      const words = entry.isError ? 'Result: failed' : 'Result';
      return { kind: 'result', heading: heading(words), ...folding(lines, SHOWN.result, entry.text) };
    }
    case 'hidden':
      return {
        kind: 'hidden',
        heading: heading(`Bookkeeping: ${entry.what}`),
        ...folding(plainLines(shown(entry.raw)), 2, entry.raw),
      };
    case 'raw':
      return {
        kind: 'raw',
        heading: heading('Not understood'),
        ...folding(plainLines(shown(entry.raw)), 4, entry.raw),
      };
  }
}

/** What stands for entries of bookkeeping that are not shown: how many there are, and of which kinds. */
export function hiddenLine(whats: readonly string[]): Line {
  const counts = new Map<string, number>();
  for (const what of whats) counts.set(what, (counts.get(what) ?? 0) + 1);
  const kinds = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 3);
  const more = counts.size > kinds.length ? ', …' : '';
  const words = kinds.map(([what, count]) => `${what} ${formatCount(count)}`).join(', ');
  return { text: `· ${countOf(whats.length, 'line')} of bookkeeping (${sanitizeBlock(words)}${more})`, look: 'dim' };
}

/** The day of a time, and its hour and minute, in UTC, as it was written elsewhere: `2026-07-18`, `12:31Z`. */
function whenUtc(at: string): string[] {
  const date = new Date(at);
  return Number.isNaN(date.getTime())
    ? []
    : date
        .toISOString()
        .replace(/:\d\d\.\d+Z$/, 'Z')
        .split('T');
}

function shown(cut: Cut): string {
  return sanitizeBlock(cut.text);
}

/** The lines, and the first of them where there are many: one line more is no reason to fold. */
function folding(lines: readonly Line[], most: number, { text, length }: Cut): Pick<EntryPiece, 'lines' | 'folded'> {
  const isCut = length > text.length;
  const rest = isCut
    ? [{ text: `… ${formatCount(length - text.length)} more characters are not kept`, look: 'dim' as Look }]
    : [];
  const all = [...lines, ...rest];
  if (lines.length <= most + 1 && length < 4000) return { lines: all };
  const first = lines
    .slice(0, most)
    .map((line) => (line.text.length > 400 ? { ...line, text: `${line.text.slice(0, 400)}…` } : line));
  const more = `… ${countOf(lines.length, 'line')}, ${formatCount(length)} characters in all`;
  return { lines: all, folded: [...first, { text: more, look: 'dim' }] };
}

function workHeading(name: string, work: Work): string {
  const tool = sanitizeBlock(name);
  switch (work.form) {
    case 'command':
      return `${toolWords('Command', tool)}${work.purpose === undefined ? '' : `: ${oneLine(work.purpose)}`}`;
    case 'edit':
      return `${toolWords('Edit', tool)}${work.path === undefined ? '' : `: ${oneLine(work.path)}`}`;
    case 'code':
      return toolWords('Code', tool);
    case 'other':
      return `${tool}${work.subject === '' ? '' : `: ${oneLine(work.subject)}`}`;
  }
}

/** What is done, and by which tool, where its name says something else. */
function toolWords(form: string, tool: string): string {
  return tool === '' || tool.toLowerCase() === form.toLowerCase() ? form : `${form} (${tool})`;
}

function workLines(work: Work): Pick<EntryPiece, 'lines' | 'folded'> {
  switch (work.form) {
    case 'command': {
      const lines = shown(work.command)
        .split('\n')
        .map((text, i): Line => ({ text: `${i === 0 ? '$ ' : '  '}${text}`, look: 'code' }));
      return folding(lines, SHOWN.edit, work.command);
    }
    case 'edit':
      return folding(patchLines(shown(work.patch)), SHOWN.edit, work.patch);
    case 'code':
      return folding(plainLines(shown(work.code), 'code'), SHOWN.edit, work.code);
    case 'other': {
      const lines = plainLines(shown(work.fields));
      // The heading says the most of it already.
      return work.fields.length <= 2
        ? { lines: [] }
        : { lines, folded: [{ text: clip(lines[0]?.text ?? ''), look: 'dim' }] };
    }
  }
}

function clip(text: string): string {
  return text.length > 160 ? `${text.slice(0, 160)}…` : text;
}

function patchLines(patch: string): Line[] {
  if (patch === '') return plainLines(patch);
  return patch.split('\n').map((text): Line => {
    if (text.startsWith('+')) return { text, look: 'added' };
    if (text.startsWith('-')) return { text, look: 'removed' };
    return /^(?:@@|\*\*\* )/.test(text) ? { text, look: 'place' } : { text };
  });
}

function plainLines(text: string, look?: Look): Line[] {
  const trimmed = text.replace(/\n+$/, '');
  return trimmed === ''
    ? [{ text: '(nothing)', look: 'dim' }]
    : trimmed.split('\n').map((line) => ({ text: line, look }));
}

function imageLines(images: readonly string[] | undefined): Line[] {
  return (images ?? []).map((image) => ({ text: `[image: ${oneLine(image)}]`, look: 'dim' }));
}

function oneLine(text: string): string {
  return sanitizeBlock(text).replace(/\s+/g, ' ').trim();
}
