import type { SessionTexts } from '../../inspect/browse/browse-source.ts';
import type { Speaker, TranscriptEntry } from '../../inspect/browse/transcript-entry.ts';
import type { CheckpointOddity, CheckpointReport } from '../../inspect/checkpoint-report.ts';
import type { CheckpointDiff } from '../../verify/diff/diff-checkpoint.ts';
import { checkpointText } from '../checkpoint-text.ts';
import { diffText } from '../diff-text.ts';
import { sanitizeBlock } from '../sanitize.ts';
import type { Look, Piece } from './scroll.ts';

/** What each speaker is called above what it says. */
const HEADINGS: Readonly<Record<Speaker, string>> = {
  user: 'User',
  assistant: 'Assistant',
  thinking: 'Assistant, thinking',
  'tool call': 'Tool call',
  'tool result': 'Tool result',
  system: 'System',
  other: 'Other line',
};

/** Entries of a transcript, as a person reads them. */
export function transcriptPieces(entries: readonly TranscriptEntry[]): Piece[] {
  return entries.map(({ who, text }) => ({ heading: HEADINGS[who], text: sanitizeBlock(text) }));
}

/** What a checkpoint holds, as `ckpt show` tells it. */
export function checkpointPieces(
  report: CheckpointReport,
  meaningOf: (code: CheckpointOddity['code']) => string,
): Piece[] {
  const text = checkpointText(report, meaningOf, Number.POSITIVE_INFINITY);
  return linePieces(text.replace(/\n\nTo read a transcript: .*\n$/, '\n'), () => undefined);
}

/** One session: its facts, what the user typed, and its metadata as they are. */
export function sessionPieces(
  report: CheckpointReport,
  session: string,
  texts: SessionTexts,
  meaningOf: (code: CheckpointOddity['code']) => string,
): Piece[] {
  const sessions = report.sessions.filter((one) => one.session === session);
  const facts = checkpointText({ ...report, sessions, oddities: [] }, meaningOf, Number.POSITIVE_INFINITY);
  const own = facts.slice(facts.indexOf(`\nSession ${session}`) + 1).replace(/\n\nTo read a transcript: .*\n$/, '\n');
  return [
    ...linePieces(own, () => undefined),
    { text: '' },
    ...partPieces('Prompts', texts.prompts),
    ...partPieces('metadata.json', texts.metadata),
  ];
}

/** The difference between the layouts. What is added and taken away can be told by its first character alone. */
export function diffPieces(diff: CheckpointDiff): Piece[] {
  return linePieces(diffText(diff), (line): Look | undefined => {
    if (line.startsWith('@@')) return 'place';
    if (line.startsWith('+')) return 'added';
    return line.startsWith('-') ? 'removed' : undefined;
  });
}

/** Why something can't be shown. */
export function errorPieces(error: string): Piece[] {
  return [{ heading: 'This can not be shown', text: sanitizeBlock(error) }];
}

/** What all keys do. */
export function helpPieces(): Piece[] {
  return linePieces(HELP, () => undefined);
}

const HELP = `Keys

  arrows, k j         one line up or down
  PgUp PgDn, b space  one screen up or down
  Home End, g G       to the beginning or the end
  Enter               open the checkpoint; in a checkpoint, its transcript
  Esc, Backspace      back
  Tab, Shift-Tab      the next or the previous session
  /                   search the list: by ID, branch, agent, touched file or prompt
  d                   what differs between V1 and V2 for this checkpoint
  v                   read both layouts, V1 alone, or V2 alone
  ?                   this help
  q, Ctrl-C           quit`;

function partPieces(heading: string, text: string | null): Piece[] {
  if (text === null) return [{ heading, text: 'none' }];
  // Line by line, so that a long text costs no more than what is on the screen.
  const [first = '', ...rest] = sanitizeBlock(text).split('\n');
  return [{ text: heading, look: 'heading' }, ...[first, ...rest].map((line) => ({ text: `  ${line}` })), { text: '' }];
}

function linePieces(text: string, lookOf: (line: string) => Look | undefined): Piece[] {
  const lines = text.replace(/\n$/, '').split('\n');
  return lines.map((line, at) => ({ text: line, look: at === 0 ? 'heading' : lookOf(line) }));
}
