import { appendTo } from '../../checkpoint/append-to.ts';
import { COMPACT_NAMES, rawTranscript, transcriptNamed } from '../../checkpoint/transcript.ts';
import { filesByName } from '../../layout/checkpoint-view.ts';
import type { PlacedObject } from './layout-files.ts';

/** A transcript at one place of a layout, raw or compact. */
export interface PlacedTranscript {
  /** In their order. */
  readonly pieces: readonly PlacedObject[];
  readonly hash: PlacedObject | undefined;
  /** Where it is compact, on `main`: then it needs no hash. */
  readonly isCompact: boolean;
}

/** Lines of these are JSON; `full.log` of the first writers may be anything. */
const JSON_LINES = /(?:\.jsonl|\/raw_transcript)(?:\.\d{3,})?$/;

/** The transcripts among the files of a ref, each with the hash beside it. */
export function transcriptsAmong(files: readonly PlacedObject[]): PlacedTranscript[] {
  const folders = new Map<string, PlacedObject[]>();
  for (const file of files) {
    const { session, below = '', path, ref } = file;
    if (session === undefined || below.split('/').length !== 2) continue;
    const folder = `${ref} ${path.slice(0, path.lastIndexOf('/'))}`;
    appendTo(folders, folder, file);
  }
  return [...folders.values()].flatMap((inFolder): PlacedTranscript[] => {
    const named = filesByName(inFolder);
    const raw = rawTranscript(named);
    const compact = transcriptNamed(named, COMPACT_NAMES);
    return [
      ...(raw === undefined ? [] : [{ ...raw, isCompact: false }]),
      ...(compact === undefined ? [] : [{ ...compact, isCompact: true }]),
    ];
  });
}

/** Whether the lines of a file should be JSON, by its path. */
export function hasJsonLines(path: string): boolean {
  return JSON_LINES.test(path);
}
