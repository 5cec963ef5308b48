import type { ObjectId } from '../../git/object-id.ts';
import type { InvalidLines } from '../../json/lines.ts';
import type { SecretLine } from '../../redaction/secret-lines.ts';

/**
 * What is read as one: a transcript with all its pieces, or any other file. The same objects are read once, wherever they lie
 * in both layouts. It can be sent to another thread, and so can what is found out.
 */
export interface Document {
  readonly pieces: readonly ObjectId[];
  /** Of all pieces together. */
  readonly bytes: number;
  /** The content hashes that stand beside it, one at most in nearly all cases; empty where there is none to compare. */
  readonly expected: readonly string[];
  /** Whether its lines should be JSON. */
  readonly isJson: boolean;
  /** Only the history has it: it is compared with its id, and nothing else. */
  readonly isHistory: boolean;
}

/** A piece that could not be read, or whose content is not what its id says. */
export interface DamagedPiece {
  readonly id: ObjectId;
  readonly reason: string;
}

/** What is found out about one document. */
export interface DocumentFacts {
  readonly absent: readonly ObjectId[];
  readonly damaged: readonly DamagedPiece[];
  /** Those of the `expected` hashes that do not fit. */
  readonly wrong: readonly string[];
  /** The pieces are JSON objects that are too large to be put together, so that nothing can be said of the hash. */
  readonly isUnchecked: boolean;
  readonly invalidLines: InvalidLines;
  readonly secrets: readonly SecretLine[];
}

/** The key of a document: documents with the same objects are the same. */
export function documentKey(pieces: readonly ObjectId[]): string {
  return pieces.join(' ');
}
