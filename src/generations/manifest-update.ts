import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { spanOf } from '../checkpoint/created-at.ts';
import { addTree } from '../git/add-tree.ts';
import { GitError } from '../git/errors.ts';
import { emptyTreeId, type ObjectId } from '../git/object-id.ts';
import type { ObjectSink, RefUpdate, Repository } from '../git/repository.ts';
import { generationName, MANIFEST_REF, manifestFile } from '../layout/ref-names.ts';
import { generationSpan, readGeneration, readSpans } from './generation.ts';
import { generationCommit } from './generation-commit.ts';
import type { GenerationState } from './generation-state.ts';
import { type Manifest, readStoredEntries, type StoredEntry } from './manifest.ts';
import { type EntryHistory, type ManifestEntry, manifestEntryJson } from './manifest-entry.ts';
import { isSameSize, recordedSize, SIZE_FILE, type SizeRecord, sizeFile } from './size.ts';
import { readTimesOnMain } from './times.ts';

/** What becomes of a generation. */
export type GenerationChange =
  /** It is archived, or its archive gets other content. */
  | ({ readonly kind: 'archived'; readonly number: number } & Omit<ManifestEntry, keyof EntryHistory>)
  /** Nothing is left of it: V1 has none of its checkpoints any more. Its number stays taken. */
  | { readonly kind: 'emptied'; readonly number: number }
  /** All generations get another size, and none has its number: as if it had never been there. */
  | { readonly kind: 'forgotten'; readonly number: number }
  /** Its archive is removed on purpose. */
  | { readonly kind: 'pruned'; readonly number: number }
  /** Its archive is there again after it was pruned. */
  | { readonly kind: 'restored'; readonly number: number }
  /** Another clone knows more of it: how often it was brought back, and what else went with it when it was pruned there. */
  | {
      readonly kind: 'noted';
      readonly number: number;
      readonly restoreCount: number;
      readonly pruned?: ReadonlySet<CheckpointId> | undefined;
    };

/** What the manifest is brought up to date from. */
export interface ManifestSources {
  readonly repo: Repository;
  readonly sink: ObjectSink;
  /** The generations before the change: archives that the manifest lacks get their entry. */
  readonly state: GenerationState;
  /** The commit of `main`: it has the times of an archive whose `generation.json` is absent or can't be read. */
  readonly main: ObjectId | undefined;
  /** The size of generations that is to be recorded; without it what is recorded stays. */
  readonly sizeRecord?: SizeRecord | undefined;
}

/**
 * The move of the manifest's ref that belongs to some changes, for the same transaction; none where the manifest stays as it
 * is. Its commit follows from what it says alone. Throws a `CkptError` where an entry can't be read, a `RangeError` for a
 * generation to prune or restore of which the manifest has no entry.
 */
export async function manifestUpdate(
  sources: ManifestSources,
  changes: readonly GenerationChange[],
): Promise<RefUpdate[]> {
  const { repo, sink, state } = sources;
  if (changes.length === 0 && state.refs.archives.length === 0 && sources.sizeRecord === undefined) return [];
  const found = await state.manifest();
  const manifest = await withSize(sources, found);
  const written = new Set(changes.flatMap((change) => (change.kind === 'archived' ? change.number : [])));
  const missing = await missingEntries(sources, manifest, written);
  if (changes.length === 0 && missing.size === 0 && manifest === found) return [];
  const before = await readStoredEntries(repo, manifest);
  const entries = new Map([...[...before].map(([number, { entry }]) => [number, entry] as const), ...missing]);
  for (const change of changes) {
    if (change.kind === 'forgotten') entries.delete(change.number);
    else entries.set(change.number, entryAfter(repo, change, entries));
  }
  const commit = manifestCommit(sink, manifest, entries, before);
  const old = state.refs.v2.get(MANIFEST_REF) ?? null;
  return commit === old ? [] : [{ ref: MANIFEST_REF, old, new: commit }];
}

/** The manifest with the size that is to be recorded; the same one where it is recorded already. */
async function withSize({ repo, sink, sizeRecord }: ManifestSources, manifest: Manifest): Promise<Manifest> {
  if (sizeRecord === undefined || isSameSize(await recordedSize(repo, manifest), sizeRecord)) return manifest;
  const file = { mode: '100644', name: SIZE_FILE, id: sink.add('blob', sizeFile(sizeRecord)) };
  return { ...manifest, others: [...manifest.others.filter(({ name }) => name !== SIZE_FILE), file] };
}

/** The entries of archives that the manifest lacks: made by another program, or by an earlier version of this one. */
async function missingEntries(
  { repo, state, main }: ManifestSources,
  { files }: Manifest,
  written: ReadonlySet<number>,
): Promise<Map<number, ManifestEntry>> {
  const entries = new Map<number, ManifestEntry>();
  for (const { number, id } of state.refs.archives) {
    if (files.has(number) || written.has(number)) continue;
    const entry = await entryOfArchive(repo, id, main);
    if (entry !== undefined) entries.set(number, entry);
  }
  return entries;
}

/** The manifest's entry of an archive that is there; `undefined` where the archive can't be read, which verify reports. */
export async function entryOfArchive(
  repo: Repository,
  commit: ObjectId,
  main: ObjectId | undefined,
): Promise<ManifestEntry | undefined> {
  try {
    const content = await readGeneration(repo, commit);
    const { tree, checkpoints } = content;
    const ids = [...checkpoints.keys()];
    const [told] = await readSpans(repo, [content]);
    const span = told ?? generationSpan(ids, await readTimesOnMain(repo, main, ids));
    return { span, checkpoints: ids, tree, ...NEW };
  } catch (error) {
    if (error instanceof GitError) return undefined;
    throw error;
  }
}

/** The history of an archive that was just made. */
const NEW: EntryHistory = { isPruned: false, restoreCount: 0 };

function entryAfter(
  repo: Repository,
  change: Exclude<GenerationChange, { readonly kind: 'forgotten' }>,
  entries: ReadonlyMap<number, ManifestEntry>,
): ManifestEntry {
  const before = entries.get(change.number);
  const { restoreCount } = before ?? NEW;
  const history = { isPruned: false, restoreCount };
  if (change.kind === 'archived') {
    const { span, checkpoints, tree } = change;
    return { span, checkpoints, tree, ...history };
  }
  if (change.kind === 'emptied') {
    const none: CheckpointId[] = [];
    return { span: spanOf([]), checkpoints: none, tree: emptyTreeId(repo.objectFormat), ...history };
  }
  if (before === undefined) throw new RangeError(`no archive ${generationName(change.number)} was ever made`);
  if (change.kind === 'pruned') return { ...before, isPruned: true };
  if (change.kind === 'restored') return { ...before, isPruned: false, restoreCount: restoreCount + 1 };
  const checkpoints = [...new Set([...before.checkpoints, ...(change.pruned ?? [])])];
  return { ...before, checkpoints, restoreCount: change.restoreCount };
}

function manifestCommit(
  sink: ObjectSink,
  { files, others }: Manifest,
  entries: ReadonlyMap<number, ManifestEntry>,
  before: ReadonlyMap<number, StoredEntry>,
): ObjectId {
  const tree = [...others];
  for (const [number, entry] of entries) {
    const stored = before.get(number);
    const id = stored?.entry === entry ? files.get(number) : undefined;
    const blob = id ?? sink.add('blob', manifestEntryJson(entry, stored?.content));
    tree.push({ mode: '100644', name: manifestFile(number), id: blob });
  }
  const { newest } = spanOf([...entries.values()].flatMap(({ span }) => span.newest ?? []));
  return generationCommit(sink, addTree(sink, tree), 'Manifest of the generations\n', newest);
}
