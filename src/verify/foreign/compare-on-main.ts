import { METADATA_FILE } from '../../checkpoint/files.ts';
import type { ObjectOverlay } from '../../git/object-overlay.ts';
import { displayName, isRegularFileMode, isTreeMode, type TreeEntry } from '../../git/tree.ts';
import { V2_MAIN_REF } from '../../layout/ref-names.ts';
import { folderIn, isSessionFolder } from '../../migrate/foreign/checkpoint-sides.ts';
import { compareTrees, type TreeDifference } from '../compare-trees.ts';
import { type Finding, type FindingPlace, finding } from '../finding.ts';
import { compareMetadata } from './compare-metadata.ts';
import { compareSummary } from './compare-summary.ts';
import { type PairedCheckpoint, placeIn } from './paired-checkpoint.ts';

/** The compact transcript: made out of the transcript, by each program in its own way. */
const COMPACT_TRANSCRIPT = 'transcript.jsonl';

/** Compares what `main` has of a checkpoint: its sessions, its summary, and what else lies beside them. */
export async function compareOnMain(checkpoint: PairedCheckpoint): Promise<Finding[]> {
  const { id, v1Main, v2Main } = checkpoint;
  if (v1Main.size === 0) return [];
  if (v2Main === undefined) {
    return [finding('CHECKPOINT_MISSING', `the checkpoint ${id} is not on main`, placeIn(checkpoint, '', MAIN))];
  }
  const findings: Finding[] = [];
  for (const entry of v1Main.values()) {
    if (isSessionFolder(entry)) findings.push(...(await compareSession(checkpoint, entry)));
  }
  const isOther = (entry: TreeEntry) => !isSessionFolder(entry);
  findings.push(...(await compareEntries(checkpoint, [...v1Main.values()].filter(isOther), v2Main)));
  for (const { name } of [...v2Main.values()].filter(isOther)) {
    if (!v1Main.has(name)) findings.push(onlyInV2(displayName(name), placeIn(checkpoint, displayName(name), MAIN)));
  }
  return findings;
}

const MAIN = { ref: V2_MAIN_REF };
/** A folder that only one side has is one difference. */
const WHOLE = { descend: () => false };

async function compareSession(checkpoint: PairedCheckpoint, ours: TreeEntry): Promise<Finding[]> {
  const { trees, id, v2Main = new Map(), numbers } = checkpoint;
  const session = ours.name;
  const number = numbers.get(session) ?? session;
  const where = { ...MAIN, session };
  const theirs = numbers.has(session) ? folderIn(v2Main, number) : undefined;
  if (theirs === undefined) {
    const place = placeIn(checkpoint, number, where);
    return [finding('SESSION_MISSING', `session ${session} of ${id} is not on main`, place)];
  }
  const findings: Finding[] = [];
  for (const difference of await compareTrees(trees, ours.id, theirs, WHOLE)) {
    const place = placeIn(checkpoint, `${number}/${difference.path}`, where);
    findings.push(...(await explain(trees, difference, place, difference.path === METADATA_FILE)));
  }
  return findings;
}

/** Files and folders at a checkpoint's root that V1 has; a summary has rules of its own. */
async function compareEntries(
  checkpoint: PairedCheckpoint,
  ours: readonly TreeEntry[],
  theirs: ReadonlyMap<string, TreeEntry>,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const entry of ours) {
    const other = theirs.get(entry.name);
    if (other?.id === entry.id && other.mode === entry.mode) continue;
    if (entry.name === METADATA_FILE && other !== undefined && isRegularFileMode(other.mode) && other.id !== entry.id) {
      findings.push(...(await compareSummary(checkpoint, entry.id, other.id)));
      continue;
    }
    findings.push(...(await compareEntry(checkpoint.trees, entry, other, (path) => placeIn(checkpoint, path, MAIN))));
  }
  return findings;
}

/** A file or folder that V1 has, and what V2 has under its name. `placeOf` gives the place of a path. */
export async function compareEntry(
  trees: ObjectOverlay,
  ours: TreeEntry,
  theirs: TreeEntry | undefined,
  placeOf: (path: string) => FindingPlace,
): Promise<Finding[]> {
  const path = displayName(ours.name);
  const areFolders = theirs !== undefined && isTreeMode(ours.mode) && isTreeMode(theirs.mode);
  const differences = areFolders
    ? await compareTrees(trees, ours.id, theirs.id, { prefix: `${path}/` })
    : [{ path, expected: ours, ...(theirs === undefined ? {} : { actual: theirs }) }];
  const findings: Finding[] = [];
  for (const difference of differences) {
    findings.push(...(await explain(trees, difference, placeOf(difference.path), false)));
  }
  return findings;
}

async function explain(
  trees: ObjectOverlay,
  { path, expected, actual }: TreeDifference,
  place: FindingPlace,
  isMetadata: boolean,
): Promise<Finding[]> {
  if (expected === undefined) return [onlyInV2(path, place)];
  if (actual === undefined) return [finding('FILE_MISSING', `${place.path} is not on main`, place)];
  const areFiles = isRegularFileMode(expected.mode) && isRegularFileMode(actual.mode);
  if (!areFiles) return [finding('FILE_CHANGED', `${place.path} has other content than V1 gives it`, place)];
  if (expected.id === actual.id) {
    const message = `${place.path} has the mode ${actual.mode}, in V1 ${expected.mode}`;
    return [finding('FILE_DIFFERS', message, place)];
  }
  if (isMetadata) return compareMetadata(trees, expected.id, actual.id, place);
  if (path === COMPACT_TRANSCRIPT) {
    return [finding('FILE_DIFFERS', `${place.path} is another compact transcript than V1's`, place)];
  }
  return [finding('FILE_CHANGED', `${place.path} has other content than V1 gives it`, place)];
}

function onlyInV2(path: string, place: FindingPlace): Finding {
  return finding('FILE_ONLY_IN_V2', `${place.path ?? path} is in V2, but not in V1`, place);
}
