import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { type CreatedAtLookup, type GenerationSpan, tryGenerationJson } from '../checkpoint/created-at.ts';
import { GENERATION_FILE } from '../checkpoint/files.ts';
import { greatest } from '../checkpoint/greatest.ts';
import type { Instant } from '../checkpoint/instant.ts';
import { generationSpan } from '../generations/generation.ts';
import { readManifest, readStoredEntries } from '../generations/manifest.ts';
import type { ManifestEntry } from '../generations/manifest-entry.ts';
import { missingNumbers } from '../generations/missing-numbers.ts';
import { newestOf } from '../generations/newest-time.ts';
import { BadObjectError } from '../git/errors.ts';
import { inCaseOf } from '../git/in-case-of.ts';
import type { ObjectId } from '../git/object-id.ts';
import { contentIn, readDocuments } from '../git/read-usable.ts';
import type { Repository } from '../git/repository.ts';
import { isTreeMode } from '../git/tree.ts';
import { generationsOf, type LayoutRefs } from '../layout/layout-refs.ts';
import { generationNumber } from '../layout/ref-names.ts';
import type { RefRoot } from '../layout/ref-roots.ts';
import { readCreatedAt } from '../project/read-created-at.ts';
import { type FolderSize, sizesBelow } from './file-sizes.ts';
import type { GenerationStatus } from './status-report.ts';

/** Where else the state of generations is read. */
export interface GenerationStatusSources {
  readonly main: RefRoot | undefined;
  readonly v1: RefRoot | undefined;
  /** Whether this program wrote `main`. */
  readonly isOwn: Promise<boolean>;
  /** What the manifest says, by the number. */
  readonly telling: Promise<ReadonlyMap<number, ManifestEntry>>;
}

/**
 * How each generation stands: those that have a ref, and those that the manifest lists, or that must have been since their
 * numbers are left out. `roots` are those of `generationsOf`, in that order. Reads no transcript; sizes are those that git knows.
 */
export async function readGenerationStatus(
  repo: Repository,
  refs: LayoutRefs,
  roots: readonly (RefRoot | undefined)[],
  { main, v1, isOwn, telling }: GenerationStatusSources,
  isPastRetention: (newest: Instant) => boolean,
): Promise<GenerationStatus[]> {
  const places = generationsOf(refs).map(({ name }, i) => ({ number: generationNumber(name) ?? null, root: roots[i] }));
  const readable = places.flatMap(({ root }) => root ?? []);
  const [sizes, spans, told] = await Promise.all([
    sizesBelow(
      repo,
      readable.map(({ checkpoints }) => checkpoints.values()),
    ),
    telling.then(async (known) => readSpans(repo, places, main, (await isOwn) ? known : new Map())),
    telling,
  ]);
  const sizeOf = new Map(readable.map((root, i) => [root, sizes[i]]));
  const here = places.map(({ number, root }): GenerationStatus => {
    const size = root && sizeOf.get(root);
    if (root === undefined || size === undefined) return withoutContent(number, 'unreadable', undefined);
    return { ...statusOf(number, root, size, spans.get(root), isPastRetention), isInV1: isIn(root, v1) };
  });
  const present = new Set(refs.archives.map(({ number }) => number));
  const newest = greatest([...present, ...told.keys()], 0);
  const notThere = [...told.keys()].filter((number) => !present.has(number));
  const gone = [...new Set([...missingNumbers(present, 1, newest + 1), ...notThere])];
  const absent = gone.map((number) => {
    const entry = told.get(number);
    return withoutContent(number, entry?.isPruned === true ? 'pruned' : 'missing', entry);
  });
  const last = Number.POSITIVE_INFINITY;
  return [...here, ...absent].sort((a, b) => (a.number ?? last) - (b.number ?? last));
}

function statusOf(
  number: number | null,
  root: RefRoot,
  size: FolderSize,
  span: GenerationSpan | undefined,
  isPastRetention: (newest: Instant) => boolean,
): Omit<GenerationStatus, 'isInV1'> {
  const newest = span?.newest;
  return {
    number,
    state: number === null ? 'current' : 'archived',
    checkpointCount: root.checkpoints.size,
    oldest: span?.oldest?.text ?? null,
    newest: newest?.text ?? null,
    bytes: size.bytes,
    absentFileCount: size.absentFiles,
    isPastRetention: number !== null && newest !== undefined && isPastRetention(newest.instant),
  };
}

/** Whether V1 has all checkpoints of a generation, by their IDs. */
function isIn({ checkpoints }: RefRoot, v1: RefRoot | undefined): boolean {
  return v1 !== undefined && [...checkpoints.keys()].every((id) => v1.checkpoints.has(id));
}

function withoutContent(
  number: number | null,
  state: GenerationStatus['state'],
  entry: ManifestEntry | undefined,
): GenerationStatus {
  return {
    number,
    state,
    checkpointCount: entry?.checkpoints.length ?? null,
    oldest: entry?.span.oldest?.text ?? null,
    newest: entry?.span.newest?.text ?? null,
    bytes: null,
    absentFileCount: 0,
    isPastRetention: false,
    isInV1: false,
  };
}

/** The entries of the manifest that can be read, by their numbers. Throws a `CkptError` where it is not a manifest. */
export async function readTold(repo: Repository, refs: LayoutRefs): Promise<ReadonlyMap<number, ManifestEntry>> {
  const stored = await readStoredEntries(repo, await readManifest(repo, refs.manifest), () => {});
  return new Map([...stored].map(([number, { entry }]) => [number, entry]));
}

/** A generation that has a ref; `root` where that can be read. */
interface Place {
  readonly number: number | null;
  readonly root: RefRoot | undefined;
}

/**
 * The times of each generation, as prune takes them: what its `generation.json` says, unless `main` contradicts it. `main` is asked
 * where the manifest, which was made from the same times, does not say what `generation.json` does.
 */
async function readSpans(
  repo: Repository,
  places: readonly Place[],
  main: RefRoot | undefined,
  manifest: ReadonlyMap<number, ManifestEntry>,
): Promise<Map<RefRoot, GenerationSpan>> {
  const readable = places.flatMap(({ number, root }) => (root === undefined ? [] : [{ number, root }]));
  const files = readable.flatMap(({ root }) => generationFile(root) ?? []);
  const documents = await readDocuments(repo, files);
  const contentOf = new Map(files.map((id, i) => [id, contentIn(documents[i])]));
  const spans = new Map<RefRoot, GenerationSpan>();
  const doubtful = new Map<RefRoot, GenerationSpan | undefined>();
  for (const { number, root } of readable) {
    const file = generationFile(root);
    const span = tryGenerationJson(file && contentOf.get(file));
    const known = number === null ? undefined : manifest.get(number)?.span;
    const isConfirmed = span?.newest !== undefined && span.newest.instant === known?.newest?.instant;
    if (isConfirmed) spans.set(root, span);
    else doubtful.set(root, span);
  }
  const ids = [...doubtful.keys()].flatMap(({ checkpoints }) => [...checkpoints.keys()]);
  const createdAt = await timesOnMain(repo, main, ids);
  for (const [root, span] of doubtful) {
    const { newestFrom } = newestOf(root.checkpoints, span?.newest, createdAt);
    const isTold = newestFrom === 'generation.json' && span !== undefined;
    spans.set(root, isTold ? span : generationSpan(root.checkpoints.keys(), createdAt));
  }
  return spans;
}

function generationFile({ entries }: RefRoot): ObjectId | undefined {
  return entries.find(({ name, mode }) => name === GENERATION_FILE && !isTreeMode(mode))?.id;
}

/** The times that `main` says; none where there is no `main`, or where a tree of it can't be read. */
async function timesOnMain(
  repo: Repository,
  main: RefRoot | undefined,
  ids: readonly CheckpointId[],
): Promise<CreatedAtLookup> {
  if (main === undefined || ids.length === 0) return () => [];
  return readCreatedAt(repo, main.entries, ids).catch(inCaseOf(BadObjectError, () => () => []));
}
