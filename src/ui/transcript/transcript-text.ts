import type { TranscriptEntry } from '../../transcripts/entry.ts';
import { wrap } from '../wrap.ts';
import { type EntryPiece, entryPieces, hiddenLine } from './entry-piece.ts';

/**
 * A transcript as text for people, in pieces as it is read: who says what and when, commands, edits as differences; long results are
 * cut with their size, lines of bookkeeping counted. Lines are wrapped at `columns`. What of the repository is in it is fit for a terminal.
 */
export async function* renderTranscript(
  entries: AsyncIterable<TranscriptEntry>,
  columns: number,
): AsyncGenerator<string> {
  const pieceOf = entryPieces();
  let hidden: string[] = [];
  const counted = () => {
    const line = hidden.length === 0 ? '' : `${wrap(hiddenLine(hidden).text, columns).join('\n')}\n\n`;
    hidden = [];
    return line;
  };
  for await (const entry of entries) {
    if (entry.kind === 'hidden') hidden.push(entry.what);
    else yield counted() + pieceText(pieceOf(entry), columns);
  }
  yield counted();
}

function pieceText({ heading, lines, folded = lines }: EntryPiece, columns: number): string {
  const body = folded.flatMap(({ text }) => wrap(text, columns - 2).map((row) => `  ${row}`.trimEnd()));
  return `${[...wrap(heading, columns), ...body].join('\n')}\n\n`;
}
