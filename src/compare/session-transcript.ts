import { isPartOfTranscript } from '../checkpoint/roles.ts';
import { rawTranscript, TRANSCRIPT_NAMES } from '../checkpoint/transcript.ts';
import { isTreeMode, type TreeEntry } from '../git/tree.ts';

/** The entries of a session's folder that make up its transcript, and all others. */
export interface SessionTranscript {
  /** In order; none where the session has no transcript. */
  readonly pieces: readonly TreeEntry[];
  readonly hash: TreeEntry | undefined;
  readonly others: readonly TreeEntry[];
}

/** Finds the transcript in a session's folder, under whichever names it has there. */
export function transcriptOf(entries: readonly TreeEntry[]): SessionTranscript {
  const files = new Map<string, TreeEntry>();
  for (const entry of entries)
    if (!isTreeMode(entry.mode) && isPartOfTranscript(entry.name)) files.set(entry.name, entry);
  const pieces = rawTranscript(files)?.pieces ?? [];
  const hash = TRANSCRIPT_NAMES.map(({ contentHash }) => files.get(contentHash)).find((file) => file !== undefined);
  const parts = new Set<TreeEntry | undefined>([...pieces, hash]);
  return { pieces, hash, others: entries.filter((entry) => !parts.has(entry)) };
}

/** True where two transcripts are the same objects in the same order, whatever their files are called. */
export function haveSamePieces(a: SessionTranscript, b: SessionTranscript): boolean {
  return a.pieces.length === b.pieces.length && a.pieces.every(({ id }, i) => id === b.pieces[i]?.id);
}
