import { COMPACT_NAMES, ENTIRE_SPLIT_NAMES, namesInUse, pieceNames } from '../checkpoint/transcript.ts';
import type { ObjectOverlay } from '../git/object-overlay.ts';
import { isSessionEntry } from '../layout/folder-files.ts';
import { type Entries, folderIn } from './checkpoint-sides.ts';
import type { PairedCheckpoint } from './paired-checkpoint.ts';

/** One side of a checkpoint: its folder on `main`, and those in generations. */
interface Side {
  readonly main: Entries;
  readonly full: readonly Entries[];
}

/**
 * True where Entire's V2 client wrote a session on one side: the hash of its compact transcript is there, which no other writer has, or
 * its raw one has the client's name. A transcript that was pruned and brought back since may have another. A session without any is whose the
 * first other one of its checkpoint is.
 */
export async function isEntiresSession(
  { trees, expected, actual }: PairedCheckpoint,
  session: string,
  number: string,
): Promise<boolean> {
  const ours = { main: expected.main, full: [expected.full] };
  const theirs = { main: actual.main ?? new Map(), full: actual.full.map(({ entries }) => entries) };
  return (await isOfSide(trees, ours, session)) || (await isOfSide(trees, theirs, number));
}

/**
 * True where Entire's V2 client wrote a session as it should be, and there the transcript is that its compact one was made of. That
 * one is then nobody's only copy: V1 and git-refs have none of it.
 */
export async function isCompactToSpare(
  { trees, expected, actual }: PairedCheckpoint,
  session: string,
  number: string,
): Promise<boolean> {
  if (!(await isOfSide(trees, { main: expected.main, full: [expected.full] }, session))) return false;
  const names = await fullNames(
    trees,
    actual.full.map(({ entries }) => entries),
    number,
  );
  return namesInUse(names) !== undefined;
}

async function isOfSide(trees: ObjectOverlay, side: Side, session: string): Promise<boolean> {
  const others = [...side.main.values()].filter(isSessionEntry).map(({ name }) => name);
  for (const name of [session, ...others]) {
    const isWritten = await isEntiresFolder(trees, side, name);
    if (isWritten !== undefined) return isWritten;
  }
  return false;
}

/** `undefined` where a session has nothing by which to know. */
async function isEntiresFolder(trees: ObjectOverlay, { main, full }: Side, session: string) {
  if ((await trees.tree(folderIn(main, session))).some(({ name }) => name === COMPACT_NAMES.contentHash)) return true;
  const names = await fullNames(trees, full, session);
  if (pieceNames(names, ENTIRE_SPLIT_NAMES.transcript).length > 0) return true;
  return namesInUse(names) === undefined ? undefined : false;
}

/** The names of the files that generations hold of a session. */
async function fullNames(trees: ObjectOverlay, full: readonly Entries[], session: string): Promise<string[]> {
  const names: string[] = [];
  for (const folder of full) for (const { name } of await trees.tree(folderIn(folder, session))) names.push(name);
  return names;
}
