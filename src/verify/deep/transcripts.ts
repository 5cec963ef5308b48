import { TRANSCRIPT_NAMES, type TranscriptNames, transcriptPieces } from '../../checkpoint/transcript.ts';
import { placeOf } from '../compare-main.ts';
import type { PlacedObject } from './layout-files.ts';

/** A transcript at one place of a layout, raw or compact. */
export interface PlacedTranscript {
  /** In their order. */
  readonly pieces: readonly PlacedObject[];
  readonly hash: PlacedObject | undefined;
  /** Where it is compact, on `main`: then it needs no hash. */
  readonly isCompact: boolean;
}

/** The compact transcript that Entire CLI 0.5.6–0.6.2 wrote on `main`; newer writers of V1 give it no hash. */
const COMPACT: TranscriptNames = { transcript: 'transcript.jsonl', contentHash: 'transcript_hash.txt' };

/** Lines of these are JSON; `full.log` of the first writers may be anything. */
const JSON_LINES = /(?:\.jsonl|\/raw_transcript)(?:\.\d{3,})?$/;

/** The transcripts among the files of a ref, each with the hash beside it. */
export function transcriptsAmong(files: readonly PlacedObject[]): PlacedTranscript[] {
  const folders = new Map<string, Map<string, PlacedObject>>();
  for (const file of files) {
    const { session, rest } = placeOf(file.path);
    if (session === undefined || rest.length !== 1) continue;
    const folder = `${file.ref} ${file.path.slice(0, file.path.lastIndexOf('/'))}`;
    const named = folders.get(folder) ?? new Map<string, PlacedObject>();
    folders.set(folder, named.set(rest[0] ?? '', file));
  }
  return [...folders.values()].flatMap((folder) => [
    ...TRANSCRIPT_NAMES.flatMap((names) => transcriptIn(folder, names)).slice(0, 1),
    ...transcriptIn(folder, COMPACT),
  ]);
}

function transcriptIn(folder: ReadonlyMap<string, PlacedObject>, names: TranscriptNames): PlacedTranscript[] {
  const pieces = transcriptPieces(folder.keys(), names.transcript).flatMap((name) => folder.get(name) ?? []);
  if (pieces.length === 0) return [];
  return [{ pieces, hash: folder.get(names.contentHash), isCompact: names === COMPACT }];
}

/** Whether the lines of a file should be JSON, by its path. */
export function hasJsonLines(path: string): boolean {
  return JSON_LINES.test(path);
}
