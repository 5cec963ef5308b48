import type { CommitChanges } from '../../commits/commit-changes.ts';
import type { SessionTexts } from '../../inspect/browse/browse-source.ts';
import type { CheckpointOddity, CheckpointReport } from '../../inspect/checkpoint-report.ts';
import type { TranscriptEntry } from '../../transcripts/entry.ts';
import type { CheckpointDiff } from '../../verify/diff/diff-checkpoint.ts';
import { wholeCheckpointText } from '../checkpoint-text.ts';
import { commitPage } from '../commit-text.ts';
import { diffText } from '../diff-text.ts';
import { sanitizeBlock } from '../sanitize.ts';
import { entryPieces } from '../transcript/entry-piece.ts';
import type { Look } from '../transcript/line.ts';
import type { TextPiece } from './scroll.ts';

/** Entries of a transcript, as a person reads them. */
export function transcriptPieces(entries: readonly TranscriptEntry[]): TextPiece[] {
  const pieceOf = entryPieces();
  return entries.map((entry) => {
    const { heading, lines, folded } = pieceOf(entry);
    return { heading, lines, folded, hidden: entry.kind === 'hidden' ? entry.what : undefined };
  });
}

/** What a checkpoint holds, as `ckpt show` says it. */
export function checkpointPieces(
  report: CheckpointReport,
  meaningOf: (code: CheckpointOddity['code']) => string,
): TextPiece[] {
  return linePieces(wholeCheckpointText(report, meaningOf), () => undefined);
}

/** One session: its facts, what the user typed, and its metadata as they are. */
export function sessionPieces(
  report: CheckpointReport,
  session: string,
  texts: SessionTexts,
  meaningOf: (code: CheckpointOddity['code']) => string,
): TextPiece[] {
  const sessions = report.sessions.filter((one) => one.session === session);
  const facts = wholeCheckpointText({ ...report, sessions, oddities: [] }, meaningOf);
  const own = facts.slice(facts.indexOf(`\nSession ${session}`) + 1);
  return [
    ...linePieces(own, () => undefined),
    BLANK,
    ...partPieces('Prompts', texts.prompts),
    ...partPieces('metadata.json', texts.metadata),
  ];
}

/** The difference between the layouts. What is added and taken away can be told by its first character alone. */
export function diffPieces(diff: CheckpointDiff): TextPiece[] {
  return linePieces(diffText(diff, { argv: [] }), (line): Look | undefined => {
    if (line.startsWith('@@')) return 'place';
    if (line.startsWith('+')) return 'added';
    return line.startsWith('-') ? 'removed' : undefined;
  });
}

/** The commits that name a checkpoint, one after another. */
export function commitPieces(commits: readonly CommitChanges[]): TextPiece[] {
  if (commits.length === 0) return linePieces('No commit that is here names this checkpoint.', () => undefined);
  return commits.flatMap((commit) => [...linePieces(commitPage(commit), lookOfChange), BLANK]);
}

function lookOfChange(line: string): Look | undefined {
  if (/^[AD] {2}/.test(line)) return line.startsWith('A') ? 'added' : 'removed';
  return undefined;
}

/** Why something can't be shown. */
export function errorPieces(error: string): TextPiece[] {
  return [
    {
      heading: 'This cannot be shown',
      isError: true,
      lines: sanitizeBlock(error)
        .split('\n')
        .map((text) => ({ text })),
    },
  ];
}

/** What all keys do. */
export function helpPieces(): TextPiece[] {
  return linePieces(HELP, () => undefined);
}

const HELP = `Keys

Moving
  arrows, k j              one line up or down
  PgUp PgDn, b space       one screen up or down; also Ctrl-B and Ctrl-F
  Ctrl-U Ctrl-D            half a screen up or down
  Home End, g G            to the beginning or the end
  mouse wheel              some lines up or down
  Enter                    open the checkpoint; there: its transcript
  Esc, Backspace           back
  Tab, Shift-Tab           the next or the previous session

In the list
  /                        search: words in the ID, branch, agent, files,
                           prompts or commits; in one place alone: agent:codex
                           branch:main file:src/ text:word since:2026-01-31
                           until:2w

In a transcript
  /  then n N              search; the next and the previous match
  ] [                      the next or the previous prompt
  Enter                    open the first of what is folded; again: fold it
  e                        open or fold everything
  h                        show or hide lines of bookkeeping

Anywhere
  d                        what differs between the layouts
  o                        the commit that names it, and what it changed
  v                        read all layouts, or one of them alone
  y                        copy the checkpoint ID
  ?                        this help
  q, Ctrl-C                quit`;

const BLANK: TextPiece = { lines: [{ text: '' }] };

function partPieces(heading: string, text: string | null): TextPiece[] {
  if (text === null) return [{ heading, lines: [{ text: 'none' }] }];
  // Line by line, so that a long text costs no more than what is on the screen.
  const body = sanitizeBlock(text).split('\n');
  return [
    { lines: [{ text: heading, look: 'heading' }] },
    ...body.map((line) => ({ lines: [{ text: `  ${line}` }] })),
    BLANK,
  ];
}

function linePieces(text: string, lookOf: (line: string) => Look | undefined): TextPiece[] {
  const lines = text.replace(/\n$/, '').split('\n');
  return lines.map((line, at) => ({ lines: [{ text: line, look: at === 0 ? 'heading' : lookOf(line) }] }));
}
