import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { type CreatedAtLookup, type GenerationSpan, parseGenerationJson } from '../checkpoint/generation.ts';
import type { Instant } from '../checkpoint/instant.ts';
import { GENERATION_FILE, V2_CURRENT_REF, V2_MANIFEST_REF } from '../checkpoint/layout.ts';
import type { ManifestEntry } from '../checkpoint/manifest-entry.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { Ref, Repository } from '../git/repository.ts';
import { isTreeMode } from '../git/tree.ts';
import { readCreatedAt } from '../migrate/created-at.ts';
import type { LayoutRefs } from '../migrate/layout-refs.ts';
import { generationSpan } from '../stores/generation.ts';
import { readEntries, readManifest } from '../stores/manifest.ts';
import { type FolderSize, sizesBelow } from './file-sizes.ts';
import type { RefRoot } from './read-roots.ts';
import type { GenerationStatus } from './status-report.ts';

/** The refs of all generations: the archives from the first on, then `full/current`. */
export function generationRefs({ archives, current }: LayoutRefs): Ref[] {
  return [...archives, ...(current === undefined ? [] : [{ name: V2_CURRENT_REF, id: current }])];
}

/**
 * How each generation stands: those that have a ref, and those that the manifest tells of, or that must have been since their
 * numbers are left out. `roots` are those of `generationRefs`, in that order. Reads no transcript; sizes are those that git knows.
 */
export async function readGenerationStatus(
  repo: Repository,
  refs: LayoutRefs,
  roots: readonly (RefRoot | undefined)[],
  main: RefRoot | undefined,
  isPastRetention: (newest: Instant) => boolean,
): Promise<GenerationStatus[]> {
  const places = generationRefs(refs).map((ref, i) => {
    return { number: refs.archives[i]?.number ?? null, ref, root: roots[i] };
  });
  const readable = places.flatMap(({ root }) => root ?? []);
  const [sizes, spans, told] = await Promise.all([
    sizesBelow(
      repo,
      readable.map(({ checkpoints }) => checkpoints.values()),
    ),
    readSpans(repo, readable, main),
    readTold(repo, refs),
  ]);
  const sizeOf = new Map(readable.map((root, i) => [root, sizes[i]]));
  const here = places.map(({ number, root }): GenerationStatus => {
    if (root === undefined) return withoutContent(number, 'unreadable', undefined);
    return statusOf(number, root, sizeOf.get(root), spans.get(root.ref.name), isPastRetention);
  });
  const present = new Set(refs.archives.map(({ number }) => number));
  const greatest = Math.max(0, ...present, ...told.keys());
  const gone = Array.from({ length: greatest }, (_, i) => i + 1).filter((number) => !present.has(number));
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
  size: FolderSize | undefined,
  span: GenerationSpan | undefined,
  isPastRetention: (newest: Instant) => boolean,
): GenerationStatus {
  const newest = span?.newest;
  return {
    number,
    state: number === null ? 'current' : 'archived',
    checkpoints: root.checkpoints.size,
    oldest: span?.oldest?.text ?? null,
    newest: newest?.text ?? null,
    bytes: size?.bytes ?? null,
    absentFiles: size?.absentFiles ?? 0,
    isPastRetention: number !== null && newest !== undefined && isPastRetention(newest.instant),
  };
}

function withoutContent(
  number: number | null,
  state: GenerationStatus['state'],
  entry: ManifestEntry | undefined,
): GenerationStatus {
  return {
    number,
    state,
    checkpoints: entry?.checkpoints.length ?? null,
    oldest: entry?.span.oldest?.text ?? null,
    newest: entry?.span.newest?.text ?? null,
    bytes: null,
    absentFiles: 0,
    isPastRetention: false,
  };
}

/** The entries of the manifest that can be read; verify looks into what can't. */
async function readTold(repo: Repository, refs: LayoutRefs): Promise<ReadonlyMap<number, ManifestEntry>> {
  const commit = refs.v2.get(V2_MANIFEST_REF);
  if (commit === undefined) return new Map();
  const stored = await readEntries(repo, await readManifest(repo, commit), () => {});
  return new Map([...stored].map(([number, { entry }]) => [number, entry]));
}

/** The times of each generation: as its `generation.json` says, else as `main` says of its sessions. */
async function readSpans(
  repo: Repository,
  roots: readonly RefRoot[],
  main: RefRoot | undefined,
): Promise<Map<string, GenerationSpan>> {
  const files = roots.map((root) => ({ root, id: generationFile(root) }));
  const known = files.flatMap(({ root, id }) => (id === undefined ? [] : [{ root, id }]));
  const spans = new Map<string, GenerationSpan>();
  const contents = await repo.readObjects(known.map(({ id }) => id));
  known.forEach(({ root }, i) => {
    const span = parsed(contents[i]?.content);
    if (span !== undefined) spans.set(root.ref.name, span);
  });
  const others = roots.filter(({ ref }) => !spans.has(ref.name));
  const createdAt = await timesOnMain(
    repo,
    main,
    others.flatMap(({ checkpoints }) => [...checkpoints.keys()]),
  );
  for (const { ref, checkpoints } of others) spans.set(ref.name, generationSpan(checkpoints.keys(), createdAt));
  return spans;
}

function generationFile({ entries }: RefRoot): ObjectId | undefined {
  return entries.find(({ name, mode }) => name === GENERATION_FILE && !isTreeMode(mode))?.id;
}

function parsed(content: Buffer | undefined): GenerationSpan | undefined {
  try {
    return content === undefined ? undefined : parseGenerationJson(content);
  } catch {
    return undefined;
  }
}

async function timesOnMain(
  repo: Repository,
  main: RefRoot | undefined,
  ids: readonly CheckpointId[],
): Promise<CreatedAtLookup> {
  return main === undefined || ids.length === 0 ? () => [] : readCreatedAt(repo, main.entries, ids);
}
