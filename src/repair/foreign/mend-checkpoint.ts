import { shardPath } from '../../checkpoint/checkpoint-id.ts';
import { METADATA_FILE } from '../../checkpoint/files.ts';
import { editableSummary, editSummary, renumberSessions } from '../../checkpoint/summary-sessions.ts';
import type { ObjectId } from '../../git/object-id.ts';
import type { ObjectOverlay } from '../../git/object-overlay.ts';
import { isTreeMode, type TreeEntry } from '../../git/tree.ts';
import { folderIn, isSessionFolder } from '../../migrate/foreign/checkpoint-sides.ts';
import { mergeSessionTranscripts, OWN_NAMES } from '../../migrate/foreign/merge-transcripts.ts';
import { mergeEntries } from '../../migrate/foreign/merge-trees.ts';
import type { Finding } from '../../verify/finding.ts';
import { mendMetadata } from './mend-metadata.ts';

/** The findings about one checkpoint, and its part in V1. */
export interface WrongFolder {
  readonly findings: readonly Finding[];
  /** What the projection gives this ref. */
  readonly v1: ObjectId;
  /** What V2 has. */
  readonly folder: ObjectId;
}

/** A checkpoint's folder on `main` in which files and fields that differ from V1's with a loss are V1's. */
export async function mendOnMain(trees: ObjectOverlay, { findings, v1, folder }: WrongFolder): Promise<ObjectId> {
  const numbers = new Map(
    findings.flatMap(({ session, v2Session }) => (session && v2Session ? [[session, v2Session]] : [])),
  );
  let mended = folder;
  for (const [path, group] of byPath(findings.filter(isWrong))) {
    const [first] = group;
    if (first === undefined) continue;
    const ours = await entryAt(trees, v1, pathInV1(first, path));
    if (ours === undefined) continue;
    const isChanged = group.some(({ code }) => code === 'FILE_CHANGED');
    const theirs = isChanged ? undefined : await entryAt(trees, mended, path);
    const id =
      theirs === undefined
        ? await renumbered(trees, path, ours, numbers)
        : await mendFile(trees, theirs, ours, group, numbers);
    mended = await withEntry(trees, mended, path, { ...ours, mode: theirs?.mode ?? ours.mode, id });
  }
  return mended;
}

const WRONG: ReadonlySet<string> = new Set(['FILE_CHANGED', 'FIELD_LOST', 'FIELD_CHANGED', 'SESSION_UNLISTED']);
const isWrong = ({ code }: Finding) => WRONG.has(code);

/** The findings by the path below the checkpoint's folder, in names as trees have them. */
function byPath(findings: readonly Finding[]): Map<string, Finding[]> {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const below = (finding.path ?? '').slice(shardPath(finding.checkpoint as never).length + 1);
    const path = Buffer.from(below, 'utf8').toString('latin1');
    groups.set(path, [...(groups.get(path) ?? []), finding]);
  }
  return groups;
}

/** Where V1 has a file of a session that has another number in V2. */
function pathInV1({ session, v2Session }: Finding, path: string): string {
  return session === undefined || v2Session === undefined || !path.startsWith(`${v2Session}/`)
    ? path
    : session + path.slice(v2Session.length);
}

/** V1's file; a summary with the numbers that its sessions have in V2. */
async function renumbered(
  trees: ObjectOverlay,
  path: string,
  ours: TreeEntry,
  numbers: ReadonlyMap<string, string>,
): Promise<ObjectId> {
  if (path !== METADATA_FILE || numbers.size === 0) return ours.id;
  const summary = editableSummary(await trees.blob(ours.id));
  return summary === undefined ? ours.id : trees.add('blob', editSummary(summary, renumberSessions(summary, numbers)));
}

async function mendFile(
  trees: ObjectOverlay,
  theirs: TreeEntry,
  ours: TreeEntry,
  findings: readonly Finding[],
  numbers: ReadonlyMap<string, string>,
): Promise<ObjectId> {
  const [left, right] = [await trees.blob(theirs.id), await trees.blob(ours.id)];
  if (left === undefined || right === undefined) return theirs.id;
  const fields = findings.flatMap(({ field }) => field ?? []);
  return trees.add('blob', mendMetadata(left, right, fields, numbers));
}

/** A checkpoint's folder in a generation in which the transcripts and task files that were changed are V1's. */
export async function mendOnFull(trees: ObjectOverlay, { findings, v1, folder }: WrongFolder): Promise<ObjectId> {
  const ours = new Map((await trees.tree(v1)).map((entry) => [entry.name, entry]));
  const entries = new Map((await trees.tree(folder)).map((entry) => [entry.name, entry]));
  const sessions = new Map(
    findings.flatMap(({ session, v2Session }) => (session ? [[session, v2Session ?? session]] : [])),
  );
  for (const [from, to] of sessions) {
    const [mine, theirs] = [folderIn(ours, from), folderIn(entries, to)];
    if (mine === undefined || theirs === undefined) continue;
    // Nothing of V1 was there before, so to say: all that it has takes the place of what V2 has.
    const merged = await mergeSessionTranscripts(
      trees,
      await trees.tree(theirs),
      await trees.tree(mine),
      [],
      OWN_NAMES,
    );
    entries.set(to, { mode: '40000', name: to, id: await trees.changeTree(theirs, merged.entries) });
  }
  if (findings.every(({ session }) => session !== undefined)) return trees.changeTree(folder, entries.values());
  const others = [...ours.values()].filter((entry) => !isSessionFolder(entry));
  return trees.changeTree(folder, (await mergeEntries(trees, [...entries.values()], others, [])).entries);
}

async function entryAt(trees: ObjectOverlay, root: ObjectId, path: string): Promise<TreeEntry | undefined> {
  const [name, ...below] = path.split('/');
  const entry = (await trees.tree(root)).find((one) => one.name === name);
  if (below.length === 0 || entry === undefined) return entry;
  return isTreeMode(entry.mode) ? entryAt(trees, entry.id, below.join('/')) : undefined;
}

async function withEntry(trees: ObjectOverlay, root: ObjectId, path: string, file: TreeEntry): Promise<ObjectId> {
  const [name = '', ...below] = path.split('/');
  const entries = new Map((await trees.tree(root)).map((entry) => [entry.name, entry]));
  const old = entries.get(name);
  if (below.length === 0) entries.set(name, { ...file, name });
  else {
    const folder = old !== undefined && isTreeMode(old.mode) ? old.id : trees.addTree([]);
    entries.set(name, { mode: '40000', name, id: await withEntry(trees, folder, below.join('/'), file) });
  }
  return trees.addTree(entries.values());
}
