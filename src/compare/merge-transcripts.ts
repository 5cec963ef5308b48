import { TRANSCRIPT_FILE } from '../checkpoint/files.ts';
import { isPartOfTranscript } from '../checkpoint/roles.ts';
import {
  namesToWrite,
  OUR_NAMES,
  pieceNames,
  TRANSCRIPT_NAMES,
  type TranscriptNames,
} from '../checkpoint/transcript.ts';
import type { ObjectOverlay } from '../git/object-overlay.ts';
import type { TreeEntry } from '../git/tree.ts';
import { type Merged, mergeEntries } from './merge-entries.ts';

/** The entries of a session's transcript, in order, and of its hash. */
interface Transcript {
  readonly names: TranscriptNames;
  readonly pieces: readonly TreeEntry[];
  readonly hash: TreeEntry | undefined;
}

/** The blobs of a session's transcript, whatever its files are called; `undefined` where it has none. */
export function transcriptKey(entries: readonly TreeEntry[]): string | undefined {
  const found = TRANSCRIPT_NAMES.map((names) => transcriptIn(entries, names)).find(({ pieces }) => pieces.length > 0);
  return found?.pieces.map(({ id }) => id).join(' ');
}

/**
 * Adds to a session's folder in a generation what V1's has and it lacks. The transcript, all its pieces and its hash, is one
 * thing: where V2 has another one, no piece of V1's goes between. It keeps V2's names; `names` are for a folder that has
 * none yet. `base` is as in `mergeEntries`.
 */
export async function mergeSessionTranscripts(
  trees: ObjectOverlay,
  v2: readonly TreeEntry[],
  v1: readonly TreeEntry[],
  base: readonly TreeEntry[] | undefined,
  names: TranscriptNames,
): Promise<Merged> {
  const ours = transcriptIn(v1, OUR_NAMES);
  const theirs = transcriptIn(v2, namesToWrite(v2) ?? names);
  const before = base === undefined ? undefined : transcriptIn(base, OUR_NAMES);
  const chosen = chooseTranscript(ours, theirs, before);
  const [ourParts, theirParts] = [new Set(partsOf(ours)), new Set(partsOf(theirs))];
  const others = v2.filter((entry) => !theirParts.has(entry));
  const blobs = new Set(v2.map(({ id }) => id));
  // `full.log` is there too where another program has carried it over under another name.
  const missing = v1.filter((entry) => !ourParts.has(entry) && !blobs.has(entry.id));
  const merged = await mergeEntries(trees, others, missing, base);
  return { entries: [...merged.entries, ...chosen.entries], kept: merged.kept + chosen.kept };
}

function chooseTranscript(ours: Transcript, theirs: Transcript, before: Transcript | undefined): Merged {
  const isChanged = before !== undefined && idsOf(before) !== idsOf(ours);
  const hasNone = theirs.pieces.length === 0;
  if (ours.pieces.length > 0 && (isChanged || hasNone)) return { entries: renamed(ours, theirs), kept: 0 };
  if (ours.pieces.length === 0) {
    // A hash without its transcript, of which V2 has nothing at all.
    return { entries: hasNone && theirs.hash === undefined ? renamed(ours, theirs) : partsOf(theirs), kept: 0 };
  }
  const expected = renamed(ours, theirs);
  const expectedIds = new Map(expected.map(({ name, id }) => [name, id]));
  const hasOnlyOurs = partsOf(theirs).every(({ name, id }) => expectedIds.get(name) === id);
  if (hasOnlyOurs) return { entries: expected, kept: 0 };
  const isSame = transcriptKey(ours.pieces) === theirs.pieces.map(({ id }) => id).join(' ');
  return { entries: partsOf(theirs), kept: isSame || before !== undefined ? 0 : 1 };
}

function transcriptIn(entries: readonly TreeEntry[], names: TranscriptNames): Transcript {
  const byName = new Map<string, TreeEntry>();
  for (const entry of entries) if (isPartOfTranscript(entry.name)) byName.set(entry.name, entry);
  const pieces = pieceNames(byName.keys(), names.transcript).flatMap((name) => byName.get(name) ?? []);
  const hashNames = [names.contentHash, ...TRANSCRIPT_NAMES.map(({ contentHash }) => contentHash)];
  const hashName = hashNames.find((name) => byName.has(name)) ?? names.contentHash;
  return { names: { ...names, contentHash: hashName }, pieces, hash: byName.get(hashName) };
}

function partsOf({ pieces, hash }: Transcript): readonly TreeEntry[] {
  return hash === undefined ? pieces : [...pieces, hash];
}

function idsOf(transcript: Transcript): string {
  return partsOf(transcript)
    .map(({ name, id }) => `${name} ${id}`)
    .join('\n');
}

/** V1's transcript in the names that V2 uses. */
function renamed({ pieces, hash }: Transcript, { names }: Transcript): TreeEntry[] {
  const renamedPieces = pieces.map((piece) => ({
    ...piece,
    name: names.transcript + piece.name.slice(TRANSCRIPT_FILE.length),
  }));
  return hash === undefined ? renamedPieces : [...renamedPieces, { ...hash, name: names.contentHash }];
}
