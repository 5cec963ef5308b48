import type { TranscriptEntry } from '../../transcripts/entry.ts';

/** What stands above a conversation: `title` names the checkpoint, facts have a label each. Plain text, from anywhere. */
export interface PageHead {
  readonly title: string;
  readonly facts: readonly (readonly [label: string, value: string])[];
}

/** A page of an index: where it lies, beside the index, and what it is about. */
export interface IndexLine {
  readonly file: string;
  readonly title: string;
  readonly note: string;
}

/** Writes pages of one format, piece by piece, so that no transcript is held. */
export interface PageWriter {
  readonly extension: 'html' | 'md';
  head(head: PageHead): string;
  /** Begins the conversation of a session. */
  session(title: string): string;
  /** Empty for what a page does not show. */
  entry(entry: TranscriptEntry): string;
  end(): string;
  index(title: string, lines: readonly IndexLine[]): string;
}
