import { createHash } from 'node:crypto';
import { CONTENT_HASH_FILE, TRANSCRIPT_FILE } from './files.ts';

/** The names that a session's transcript files have: those of V1 and of our V2, or those of Entire CLI 0.5.6–0.6.2. */
export interface TranscriptNames {
  readonly transcript: string;
  readonly contentHash: string;
}

/** The names that this program gives. */
export const OUR_NAMES: TranscriptNames = { transcript: TRANSCRIPT_FILE, contentHash: CONTENT_HASH_FILE };

/** The names that Entire CLI 0.5.6–0.6.2 gave in V2. Beside these, `checkpoint_transcript_start` counts lines of the compact transcript. */
export const ENTIRE_SPLIT_NAMES: TranscriptNames = {
  transcript: 'raw_transcript',
  contentHash: 'raw_transcript_hash.txt',
};

/** The sets of names that a reader accepts, in the order in which it looks for them. */
export const TRANSCRIPT_NAMES: readonly TranscriptNames[] = [
  OUR_NAMES,
  ENTIRE_SPLIT_NAMES,
  // The first writers of V1; the hash file is the newer one's.
  { transcript: 'full.log', contentHash: CONTENT_HASH_FILE },
];

/** The compact transcript that Entire CLI 0.5.6–0.6.2 wrote on `main`, and newer writers beside the raw one, without a hash. */
export const COMPACT_NAMES: TranscriptNames = { transcript: 'transcript.jsonl', contentHash: 'transcript_hash.txt' };

/** What the hash file says of a transcript. */
export function contentHashOf(content: Buffer | string): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

/** A path with the name that V1 gives to a transcript's file, where another writer has given it one of its own. */
export function plainPath(path: string): string {
  return path
    .replace(/(^|\/)raw_transcript(?=$|\.\d{3,}$)/, `$1${TRANSCRIPT_FILE}`)
    .replace(/(^|\/)raw_transcript_hash\.txt$/, `$1${CONTENT_HASH_FILE}`);
}

/**
 * The files among `names` that make up a transcript, in order: the first piece bears the plain name, the following ones
 * `.001`, `.002` … Empty when there is none.
 */
export function pieceNames(names: Iterable<string>, transcript: string): string[] {
  const numbers: Array<{ name: string; number: number }> = [];
  for (const name of names) {
    // Asked of every file of every session: most differ in their first letters.
    if (!name.startsWith(transcript)) continue;
    const suffix = name.slice(transcript.length);
    if (suffix === '' || /^\.\d{3,}$/.test(suffix)) numbers.push({ name, number: Number(suffix.slice(1)) });
  }
  return numbers.sort((a, b) => a.number - b.number).map(({ name }) => name);
}

/** The files of a transcript that has these names in a folder; `undefined` where there is none. */
export function transcriptNamed<F>(
  folder: ReadonlyMap<string, F>,
  names: TranscriptNames,
): { readonly pieces: readonly F[]; readonly hash: F | undefined } | undefined {
  const pieces = pieceNames(folder.keys(), names.transcript).flatMap((name) => folder.get(name) ?? []);
  return pieces.length === 0 ? undefined : { pieces, hash: folder.get(names.contentHash) };
}

/** The files of the raw transcript in a folder, under whichever names it has there; `undefined` where there is none. */
export function rawTranscript<F>(folder: ReadonlyMap<string, F>): ReturnType<typeof transcriptNamed<F>> {
  for (const names of TRANSCRIPT_NAMES) {
    const transcript = transcriptNamed(folder, names);
    if (transcript !== undefined) return transcript;
  }
  return undefined;
}

/** The set of names that the raw transcript among some files has; `undefined` where there is none. */
export function namesInUse(files: readonly string[], known = TRANSCRIPT_NAMES): TranscriptNames | undefined {
  return known.find(({ transcript }) => pieceNames(files, transcript).length > 0);
}

/** As `namesInUse`, of the names that generations are written in: `full.log` is read, but carried along as a file of its own. */
export function namesToWrite(entries: ReadonlyArray<{ readonly name: string }>): TranscriptNames | undefined {
  const files = entries.map(({ name }) => name);
  return namesInUse(files, TRANSCRIPT_NAMES.slice(0, 2));
}
