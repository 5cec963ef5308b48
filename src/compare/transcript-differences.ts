import { createHash } from 'node:crypto';
import { shardPath } from '../checkpoint/checkpoint-id.ts';
import { BadObjectError } from '../git/errors.ts';
import { idsOf, type RefName } from '../git/object-id.ts';
import type { ObjectOverlay } from '../git/object-overlay.ts';
import type { Repository } from '../git/repository.ts';
import type { TreeEntry } from '../git/tree.ts';
import { isSessionEntry } from '../layout/folder-files.ts';
import { findTranscript } from '../layout/transcript-reader.ts';
import { folderIn } from './checkpoint-sides.ts';
import type { Difference, DifferencePlace } from './difference.ts';
import { addedFile, compareNamed, placeIn, WHOLE } from './entry-differences.ts';
import type { PairedCheckpoint } from './paired-checkpoint.ts';
import { haveSamePieces, type SessionTranscript, transcriptOf } from './session-transcript.ts';

/** A session's folder in a generation. */
interface HeldSession {
  readonly ref: RefName;
  readonly entries: readonly TreeEntry[];
  readonly transcript: SessionTranscript;
}

/**
 * What the generations have of a checkpoint: transcripts, whatever their files are called, hashes and task files. Sessions may lie in
 * several generations; of one that lies in two the first counts, since a reader looks there first.
 */
export async function compareTranscripts(repo: Repository, checkpoint: PairedCheckpoint): Promise<Difference[]> {
  const { trees, expected, actual } = checkpoint;
  if (expected.full.size > 0 && actual.full.length === 0) {
    return [{ ...placeIn(checkpoint, 'full', ''), kind: 'checkpoint', change: 'lost' }];
  }
  const found: Difference[] = [];
  for (const entry of expected.full.values()) {
    if (isSessionEntry(entry)) {
      for (const one of await compareSession(repo, checkpoint, entry)) found.push(one);
      continue;
    }
    // At the checkpoint's root: task folders of older writers.
    const holder = actual.full.find(({ entries }) => entries.has(entry.name)) ?? actual.full[0];
    const placeOf = (path: string) => placeIn(checkpoint, 'full', path, { ref: holder?.ref });
    for (const one of await compareEntry(trees, entry, holder?.entries.get(entry.name), placeOf)) found.push(one);
  }
  return [...found, ...addedEntries(checkpoint)];
}

async function compareSession(
  repo: Repository,
  checkpoint: PairedCheckpoint,
  expected: TreeEntry,
): Promise<Difference[]> {
  const { trees, numbers } = checkpoint;
  const session = expected.name;
  const number = numbers.get(session) ?? session;
  const held = numbers.has(session) ? await heldSessions(checkpoint, number) : [];
  const theirs = held.find(({ transcript }) => transcript.pieces.length > 0) ?? held[0];
  const ours = transcriptOf(await trees.tree(expected.id));
  if (theirs === undefined) {
    return [{ ...placeIn(checkpoint, 'full', number, { session }), kind: 'session', change: 'lost' }];
  }
  const { ref } = theirs;
  const placeOf = (path: string) => placeIn(checkpoint, 'full', `${number}/${path}`, { ref, session });
  const folder = `${shardPath(checkpoint.id)}/${number}`;
  return [
    ...(await compareContent(repo, folder, ours, theirs, placeOf)),
    ...(await compareOthers(trees, ours, theirs, placeOf)),
  ];
}

async function heldSessions({ trees, actual }: PairedCheckpoint, number: string): Promise<HeldSession[]> {
  const held: HeldSession[] = [];
  for (const { ref, entries } of actual.full) {
    const folder = folderIn(entries, number);
    if (folder === undefined) continue;
    const files = await trees.tree(folder);
    held.push({ ref, entries: files, transcript: transcriptOf(files) });
  }
  return held;
}

/** The transcript and its hash. A hash of the same transcript that differs is the other writer's own. */
async function compareContent(
  repo: Repository,
  folder: string,
  ours: SessionTranscript,
  theirs: HeldSession,
  placeOf: (path: string) => DifferencePlace,
): Promise<Difference[]> {
  const { pieces, hash } = theirs.transcript;
  const [first] = ours.pieces;
  const transcript = { kind: 'file', expected: first, actual: pieces[0] } as const;
  if (first !== undefined && pieces.length === 0) {
    return [{ ...placeOf(first.name), kind: 'session', change: 'lost' }];
  }
  if (first !== undefined && !haveSamePieces(ours, theirs.transcript)) {
    const place = placeOf(pieces[0]?.name ?? '');
    const outcome = await compareBytes(repo, folder, ours, theirs);
    if (outcome === 'same') return [{ ...place, ...transcript, change: 'form', form: 'pieces' }];
    return [{ ...place, ...transcript, change: outcome }];
  }
  if (ours.hash === undefined || ours.hash.id === hash?.id) return [];
  const file = { kind: 'file', expected: ours.hash, actual: hash } as const;
  if (hash === undefined) return [{ ...placeOf(ours.hash.name), ...file, change: 'lost' }];
  return [{ ...placeOf(hash.name), ...file, change: 'form', form: 'hash' }];
}

/** Whether two transcripts that are cut in different pieces are the same bytes when they are put together; both are streamed. */
async function compareBytes(
  repo: Repository,
  folder: string,
  ours: SessionTranscript,
  { ref, transcript: theirs }: HeldSession,
): Promise<'same' | 'changed' | 'absent'> {
  // One blob each: other ids are other bytes.
  if (ours.pieces.length === 1 && theirs.pieces.length === 1) return 'changed';
  const hashes: string[] = [];
  for (const { pieces, hash } of [ours, theirs]) {
    const transcript = await findTranscript(repo, ref, folder, hash === undefined ? pieces : [...pieces, hash]);
    const sum = createHash('sha256');
    try {
      for await (const part of transcript?.stream() ?? []) sum.update(part);
    } catch (error) {
      if (error instanceof BadObjectError) return 'absent';
      throw error;
    }
    hashes.push(sum.digest('hex'));
  }
  return hashes[0] === hashes[1] ? 'same' : 'changed';
}

/** What a session has in a generation besides its transcript: task folders, and files of older writers. */
async function compareOthers(
  trees: ObjectOverlay,
  ours: SessionTranscript,
  theirs: HeldSession,
  placeOf: (path: string) => DifferencePlace,
): Promise<Difference[]> {
  const byName = new Map(theirs.transcript.others.map((entry) => [entry.name, entry]));
  const blobs = new Set(idsOf(theirs.entries));
  const found: Difference[] = [];
  for (const entry of ours.others) {
    const other = byName.get(entry.name);
    byName.delete(entry.name);
    // Another program may have carried a file over under another name.
    if (other === undefined && blobs.has(entry.id)) continue;
    for (const one of await compareEntry(trees, entry, other, placeOf)) found.push(one);
  }
  return [...found, ...[...byName.values()].map((entry) => addedFile(placeOf(entry.name), entry))];
}

async function compareEntry(
  trees: ObjectOverlay,
  ours: TreeEntry,
  theirs: TreeEntry | undefined,
  placeOf: (path: string) => DifferencePlace,
): Promise<Difference[]> {
  return (await compareNamed(trees, ours, theirs, WHOLE)).flatMap(({ path, expected, actual }): Difference[] => {
    const file = { ...placeOf(path), kind: 'file', expected, actual } as const;
    if (expected === undefined) return [{ ...file, change: 'added' }];
    if (actual === undefined) return [{ ...file, change: 'lost' }];
    if (expected.id !== actual.id) return [{ ...file, change: 'changed' }];
    return expected.mode === actual.mode ? [] : [{ ...file, change: 'form', form: 'mode' }];
  });
}

/** What generations have of a session, or at the checkpoint's root, of which nothing should be there. */
function addedEntries(checkpoint: PairedCheckpoint): Difference[] {
  const { expected, actual, numbers, added } = checkpoint;
  const known = new Set([...[...expected.full.keys()].map((name) => numbers.get(name) ?? name), ...added]);
  return actual.full.flatMap(({ ref, entries }) =>
    [...entries.values()]
      .filter(({ name }) => !known.has(name))
      .map((entry) => addedFile(placeIn(checkpoint, 'full', entry.name, { ref }), entry)),
  );
}
