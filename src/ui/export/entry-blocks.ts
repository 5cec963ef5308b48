import type { Cut, TranscriptEntry, Work } from '../../transcripts/entry.ts';
import { sanitize, sanitizeBlock } from '../sanitize.ts';
import { formatCount } from '../words.ts';

/** An entry as pages show it: who it is from, and its text; `isCode` for what is not prose, `isLong` for what is folded. */
export interface EntryBlock {
  readonly kind: TranscriptEntry['kind'];
  readonly heading: string;
  readonly text: string;
  readonly isCode: boolean;
  readonly isLong: boolean;
}

const NAMES = { prompt: 'User', answer: 'Assistant', thinking: 'Assistant, thinking', note: 'Note' } as const;
/** Lines of a result, a thought or a call from which on it is folded. */
const LONG = 12;

/** What a page shows of an entry; `undefined` for bookkeeping. No control character is left in it. */
export function entryBlock(entry: TranscriptEntry): EntryBlock | undefined {
  switch (entry.kind) {
    case 'hidden':
      return undefined;
    case 'prompt':
    case 'answer':
    case 'note':
      return blockOf(entry, NAMES[entry.kind], whole(entry.text, entry.images), { isCode: false, folds: false });
    case 'thinking':
      return blockOf(entry, NAMES.thinking, whole(entry.text), { isCode: false, folds: true });
    case 'call':
      return blockOf(entry, `${sanitize(entry.name)}${subjectOf(entry.work)}`, workText(entry.work));
    case 'result':
      return blockOf(entry, entry.isError ? 'Result: failed' : 'Result', whole(entry.text, entry.images));
    case 'raw':
      return blockOf(entry, 'Other line', whole(entry.raw));
  }
}

function blockOf(
  { kind, at }: TranscriptEntry,
  words: string,
  text: string,
  { isCode = true, folds = true } = {},
): EntryBlock {
  const time = at === undefined ? '' : `, ${sanitize(at.slice(0, 19)).replace('T', ' ')}`;
  const isLong = folds && text.split('\n').length > LONG;
  return { kind, heading: `${words}${time}`, text, isCode, isLong };
}

function whole({ text, length }: Cut, images: readonly string[] = []): string {
  const rest = length > text.length ? [`… ${formatCount(length - text.length)} more characters`] : [];
  const pictures = images.map((type) => `[image: ${type}]`);
  return sanitizeBlock([text.trimEnd(), ...rest, ...pictures].join('\n'));
}

function subjectOf(work: Work): string {
  const subject = work.form === 'edit' ? work.path : work.form === 'other' ? work.subject : undefined;
  return subject === undefined || subject === '' ? '' : `: ${sanitize(subject)}`;
}

function workText(work: Work): string {
  switch (work.form) {
    case 'command':
      return `${work.purpose === undefined ? '' : `# ${sanitize(work.purpose)}\n`}$ ${whole(work.command)}`;
    case 'edit':
      return whole(work.patch);
    case 'code':
      return whole(work.code);
    case 'other':
      return work.fields.length <= 2 ? '' : whole(work.fields); // the heading says it all
  }
}
