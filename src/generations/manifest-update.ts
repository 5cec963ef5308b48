import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { type GenerationSpan, parseGenerationJson, spanOf } from '../checkpoint/created-at.ts';
import { GitError } from '../git/errors.ts';
import { emptyTreeId, type ObjectId } from '../git/object-id.ts';
import type { ObjectSink, Ref, RefUpdate, Repository } from '../git/repository.ts';
import { compareEntries, serializeTree } from '../git/tree.ts';
import type { CheckpointFolders } from '../layout/checkpoint-folders.ts';
import { generationName, generationNumber, manifestFile, V2_MANIFEST_REF } from '../layout/ref-names.ts';
import { generationSpan, orphanCommit, readGeneration, type WrittenArchive } from './generation.ts';
import { readTimes } from './main-times.ts';
import { type Manifest, readEntries, type StoredEntry } from './manifest.ts';
import { type ManifestEntry, manifestEntryJson } from './manifest-entry.ts';

/** What becomes of a generation. */
export type GenerationChange =
  /** It is archived, or its archive gets other content. */
  | ({ readonly kind: 'archived' } & Omit<WrittenArchive, 'commit'>)
  /** Nothing is left of it: V1 has none of its checkpoints any more. Its number stays taken. */
  | { readonly kind: 'emptied'; readonly number: number }
  /** Its archive is removed on purpose. */
  | { readonly kind: 'pruned'; readonly number: number }
  /** Its archive is there again as it was. */
  | { readonly kind: 'restored'; readonly number: number };

/** What the manifest is brought up to date from. */
export interface ManifestSources {
  readonly repo: Repository;
  readonly sink: ObjectSink;
  readonly manifest: Manifest;
  /** The archives that there are before the change: those that the manifest lacks get their entry. */
  readonly archives: readonly Ref[];
  /** Tells the times of an archive whose `generation.json` is absent or can't be read. */
  readonly main: CheckpointFolders;
}

/**
 * The move of the manifest's ref that belongs to some changes, for the same transaction; `undefined` where the manifest stays
 * as it is. Its commit follows from what it tells alone. Throws a `CkptError` where an entry can't be read, a `RangeError`
 * for a generation to prune or restore that the manifest knows nothing of.
 */
export async function manifestUpdate(
  sources: ManifestSources,
  changes: readonly GenerationChange[],
): Promise<RefUpdate | undefined> {
  const { repo, sink, manifest } = sources;
  const written = new Set(changes.flatMap((change) => (change.kind === 'archived' ? change.number : [])));
  const missing = await missingEntries(sources, written);
  if (changes.length === 0 && missing.size === 0) return undefined;
  const before = await readEntries(repo, manifest);
  const entries = new Map([...[...before].map(([number, { entry }]) => [number, entry] as const), ...missing]);
  for (const change of changes) entries.set(change.number, entryAfter(repo, change, entries));
  const commit = manifestCommit(sink, manifest, entries, before);
  return commit === manifest.commit ? undefined : { ref: V2_MANIFEST_REF, old: manifest.commit ?? null, new: commit };
}

/** The entries of archives that the manifest does not tell of: made by another program, or by an earlier version of this one. */
async function missingEntries(
  { repo, manifest, archives, main }: ManifestSources,
  written: ReadonlySet<number>,
): Promise<Map<number, ManifestEntry>> {
  const entries = new Map<number, ManifestEntry>();
  for (const { name, id } of archives) {
    const number = generationNumber(name);
    if (number === undefined || manifest.files.has(number) || written.has(number)) continue;
    const entry = await entryOfArchive(repo, id, main);
    if (entry !== undefined) entries.set(number, entry);
  }
  return entries;
}

/** What the manifest tells of an archive that is there; `undefined` where the archive can't be read, which verify tells. */
export async function entryOfArchive(
  repo: Repository,
  commit: ObjectId,
  main: CheckpointFolders,
): Promise<ManifestEntry | undefined> {
  try {
    const { tree, checkpoints, json } = await readGeneration(repo, commit);
    const ids = [...checkpoints.keys()];
    const span = (await spanIn(repo, json)) ?? generationSpan(ids, await readTimes(main, ids));
    return { span, checkpoints: ids, tree, isPruned: false };
  } catch (error) {
    if (error instanceof GitError) return undefined;
    throw error;
  }
}

/** What a `generation.json` tells; `undefined` where it is absent or can't be read. */
async function spanIn(repo: Repository, json: ObjectId | undefined): Promise<GenerationSpan | undefined> {
  const [blob] = json === undefined ? [] : await repo.readObjects([json]);
  try {
    return blob === undefined ? undefined : parseGenerationJson(blob.content);
  } catch {
    return undefined;
  }
}

function entryAfter(
  repo: Repository,
  change: GenerationChange,
  entries: ReadonlyMap<number, ManifestEntry>,
): ManifestEntry {
  if (change.kind === 'archived') {
    const { span, checkpoints, tree } = change;
    return { span, checkpoints, tree, isPruned: false };
  }
  if (change.kind === 'emptied') {
    const none: CheckpointId[] = [];
    return { span: spanOf([]), checkpoints: none, tree: emptyTreeId(repo.objectFormat), isPruned: false };
  }
  const entry = entries.get(change.number);
  if (entry === undefined) throw new RangeError(`no archive ${generationName(change.number)} was ever made`);
  return { ...entry, isPruned: change.kind === 'pruned' };
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
  return orphanCommit(
    sink,
    sink.add('tree', serializeTree(tree.sort(compareEntries))),
    'Manifest of the generations\n',
    newest,
  );
}
