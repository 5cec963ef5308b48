import { createHash } from 'node:crypto';
import { shardPath } from '../../checkpoint/checkpoint-id.ts';
import { BadObjectError } from '../../git/errors.ts';
import { displayName, isTreeMode, type TreeEntry } from '../../git/tree.ts';
import { findTranscript } from '../../layout/transcript-reader.ts';
import { folderIn, isSessionFolder } from '../../migrate/foreign/checkpoint-sides.ts';
import { explainAbsent } from '../compare-transcripts.ts';
import { compareTrees } from '../compare-trees.ts';
import { type Finding, type FindingPlace, finding } from '../finding.ts';
import { type HeldPart, type PairedCheckpoint, placeIn } from './paired-checkpoint.ts';
import { haveSamePieces, type SessionTranscript, transcriptOf } from './session-transcript.ts';

/** A session's folder in a generation. */
interface HeldSession {
  readonly ref: string;
  readonly entries: readonly TreeEntry[];
  readonly transcript: SessionTranscript;
}

/**
 * Compares what the generations have of a checkpoint: transcripts, whatever their files are called, hashes and task files.
 * Sessions may lie in several generations; of one that lies in two the first counts, since a reader looks there first.
 * `prunedWith` is the number of the generation that the checkpoint was pruned with, if it was.
 */
export async function compareOnFull(checkpoint: PairedCheckpoint, prunedWith: number | undefined): Promise<Finding[]> {
  const { id, v1Full, v2Full } = checkpoint;
  if (v1Full.size > 0 && v2Full.length === 0) return [explainAbsent(id, prunedWith)];
  const findings: Finding[] = [];
  for (const entry of v1Full.values()) {
    findings.push(...(await (isSessionFolder(entry) ? compareSession : compareOther)(checkpoint, entry)));
  }
  return [...findings, ...onlyInV2(checkpoint)];
}

async function compareSession(checkpoint: PairedCheckpoint, ours: TreeEntry): Promise<Finding[]> {
  const session = ours.name;
  const number = checkpoint.numbers.get(session) ?? session;
  const held = checkpoint.numbers.has(session) ? await heldSessions(checkpoint, number) : [];
  const theirs = held.find(({ transcript }) => transcript.pieces.length > 0) ?? held[0];
  const mine = transcriptOf(await checkpoint.trees.tree(ours.id));
  if (theirs === undefined) {
    const message = `the transcript of session ${session} of ${checkpoint.id} is in no generation`;
    return [finding('TRANSCRIPT_MISSING', message, placeIn(checkpoint, number, { session }))];
  }
  const placeOf = (path: string) => placeIn(checkpoint, `${number}/${path}`, { ref: theirs.ref, session });
  return [
    ...(await compareContent(checkpoint, { number, session }, mine, theirs, placeOf)),
    ...(await compareFiles(checkpoint, mine, theirs, placeOf)),
  ];
}

async function heldSessions({ trees, v2Full }: PairedCheckpoint, number: string): Promise<HeldSession[]> {
  const held: HeldSession[] = [];
  for (const { ref, entries } of v2Full) {
    const folder = folderIn(entries, number);
    if (folder === undefined) continue;
    const files = await trees.tree(folder);
    held.push({ ref, entries: files, transcript: transcriptOf(files) });
  }
  return held;
}

/** The transcript and its hash. A hash of the same transcript that differs is the other writer's own. */
async function compareContent(
  checkpoint: PairedCheckpoint,
  { number, session }: { number: string; session: string },
  ours: SessionTranscript,
  { ref, entries, transcript: theirs }: HeldSession,
  placeOf: (path: string) => FindingPlace,
): Promise<Finding[]> {
  const named = (entry: TreeEntry | undefined) => placeOf(displayName(entry?.name ?? ''));
  const [first] = ours.pieces;
  if (first !== undefined && theirs.pieces.length === 0) {
    const message = `the transcript of session ${session} of ${checkpoint.id} is in no generation`;
    return [finding('TRANSCRIPT_MISSING', message, named(first))];
  }
  if (first !== undefined && !haveSamePieces(ours, theirs)) {
    const place = named(theirs.pieces[0]);
    const outcome = await compareBytes(checkpoint, ours, { ref, number, entries, transcript: theirs });
    if (outcome === 'absent') {
      return [finding('FILE_NOT_COMPARED', `${place.path} is cut in other pieces, and some are absent here`, place)];
    }
    if (outcome === 'different') {
      return [finding('TRANSCRIPT_CHANGED', `${place.path} has other content than in V1`, place)];
    }
    return [finding('FILE_DIFFERS', `${place.path} has the same content as in V1, in other pieces`, place)];
  }
  if (ours.hash === undefined || ours.hash.id === theirs.hash?.id) return [];
  if (theirs.hash === undefined) {
    return [finding('TRANSCRIPT_MISSING', `${named(ours.hash).path} is in no generation`, named(ours.hash))];
  }
  const place = named(theirs.hash);
  return [finding('FILE_DIFFERS', `${place.path} is another hash of the same transcript`, place)];
}

/** Whether two transcripts that are cut in different pieces are the same bytes when they are put together; both are streamed. */
async function compareBytes(
  { repo, id }: PairedCheckpoint,
  ours: SessionTranscript,
  { ref, number, transcript: theirs }: HeldSession & { readonly number: string },
): Promise<'same' | 'different' | 'absent'> {
  // One blob each: other ids are other bytes.
  if (ours.pieces.length === 1 && theirs.pieces.length === 1) return 'different';
  const hashes: string[] = [];
  for (const { pieces, hash } of [ours, theirs]) {
    const entries = hash === undefined ? pieces : [...pieces, hash];
    const transcript = await findTranscript(repo, ref, `${shardPath(id)}/${number}`, entries);
    const sum = createHash('sha256');
    try {
      for await (const part of transcript?.stream() ?? []) sum.update(part);
    } catch (error) {
      if (error instanceof BadObjectError) return 'absent';
      throw error;
    }
    hashes.push(sum.digest('hex'));
  }
  return hashes[0] === hashes[1] ? 'same' : 'different';
}

/** What a session has in a generation besides its transcript: task folders, and files of older writers. */
async function compareFiles(
  { trees }: PairedCheckpoint,
  ours: SessionTranscript,
  theirs: HeldSession,
  placeOf: (path: string) => FindingPlace,
): Promise<Finding[]> {
  const byName = new Map(theirs.transcript.others.map((entry) => [entry.name, entry]));
  const blobs = new Set(theirs.entries.map(({ id }) => id));
  const findings: Finding[] = [];
  for (const entry of ours.others) {
    const other = byName.get(entry.name);
    byName.delete(entry.name);
    // Another program may have carried a file over under another name.
    if (other === undefined && blobs.has(entry.id)) continue;
    findings.push(...(await compareEntry(trees, entry, other, placeOf)));
  }
  for (const { name } of byName.values()) findings.push(extra(placeOf(displayName(name))));
  return findings;
}

/** What lies at the checkpoint's root in a generation: task folders of older writers. */
async function compareOther(checkpoint: PairedCheckpoint, ours: TreeEntry): Promise<Finding[]> {
  const { trees, v2Full } = checkpoint;
  const holder = v2Full.find(({ entries }) => entries.has(ours.name)) ?? v2Full[0];
  const where = holder === undefined ? {} : { ref: holder.ref };
  return compareEntry(trees, ours, holder?.entries.get(ours.name), (path) => placeIn(checkpoint, path, where));
}

async function compareEntry(
  trees: PairedCheckpoint['trees'],
  ours: TreeEntry,
  theirs: TreeEntry | undefined,
  placeOf: (path: string) => FindingPlace,
): Promise<Finding[]> {
  const path = displayName(ours.name);
  if (theirs === undefined) {
    return [finding('TRANSCRIPT_MISSING', `${placeOf(path).path} is in no generation`, placeOf(path))];
  }
  const areFolders = isTreeMode(ours.mode) && isTreeMode(theirs.mode);
  const differences = areFolders
    ? await compareTrees(trees, ours.id, theirs.id, { prefix: `${path}/`, descend: () => false })
    : [{ path, expected: ours, actual: theirs }];
  return differences.flatMap(({ path: at, expected, actual }) => {
    const place = placeOf(at);
    if (expected === undefined) return [extra(place)];
    if (actual === undefined) return [finding('TRANSCRIPT_MISSING', `${place.path} is in no generation`, place)];
    if (expected.id === actual.id) {
      if (expected.mode === actual.mode) return [];
      const message = `${place.path} has the mode ${actual.mode}, in V1 ${expected.mode}`;
      return [finding('FILE_DIFFERS', message, place)];
    }
    return [finding('TRANSCRIPT_CHANGED', `${place.path} has other content than in V1`, place)];
  });
}

/** What generations have of a session, or at the checkpoint's root, that V1 has nothing of. */
function onlyInV2(checkpoint: PairedCheckpoint): Finding[] {
  const { v1Full, v2Full, numbers, onlyInV2: sessions } = checkpoint;
  const known = new Set([...v1Full.keys()].map((name) => numbers.get(name) ?? name).concat(sessions));
  return v2Full.flatMap(({ ref, entries }: HeldPart) =>
    [...entries.values()]
      .filter(({ name }) => !known.has(name))
      .map(({ name }) => extra(placeIn(checkpoint, displayName(name), { ref }))),
  );
}

function extra(place: FindingPlace): Finding {
  return finding('FILE_ONLY_IN_V2', `${place.path} is in V2, but not in V1`, place);
}
