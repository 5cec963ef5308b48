import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { type GenerationSpan, generationJson, parseGenerationJson } from '../checkpoint/created-at.ts';
import { GENERATION_FILE } from '../checkpoint/files.ts';
import {
  generationSpan,
  orphanCommit,
  startCommit,
  treeOfCommit,
  type WrittenArchive,
} from '../generations/generation.ts';
import { newestOfArchives } from '../generations/rotation.ts';
import { emptyTreeId, type ObjectId, type RefName } from '../git/object-id.ts';
import type { RefUpdate } from '../git/repository.ts';
import { isTreeMode, type TreeEntry } from '../git/tree.ts';
import { generationName, V2_CURRENT_REF } from '../layout/ref-names.ts';
import { placeFolders } from '../migrate/foreign/place-folders.ts';
import { readCreatedAt, readCreatedAtOfEither } from '../project/created-at.ts';
import { repairCommit } from '../project/repair-commit.ts';
import type { ReadManifest } from '../verify/check-manifest.ts';
import type { FindingCode } from '../verify/finding.ts';
import { PastOfCurrent } from '../verify/past-of-current.ts';
import { type ReadGeneration, readGenerations } from '../verify/read-generations.ts';
import { type Assignment, assignTranscripts, type FolderChanges, refOf } from './assign-transcripts.ts';
import { CURRENT } from './place-lost.ts';
import { type Slots, slotsOf } from './slots.ts';
import type { RepairSources } from './sources.ts';

/** The generations as they are after the repair. */
export interface RepairedGenerations {
  readonly updates: readonly RefUpdate[];
  /** The archives that are made anew. */
  readonly archives: readonly WrittenArchive[];
  /** Those that stay as they are, by their numbers. */
  readonly unchanged: ReadonlyMap<number, ReadGeneration>;
  readonly doubled: Assignment['doubled'];
}

/** What is wrong with an archive itself: it is made anew from its content. */
const ABOUT_ARCHIVES: ReadonlySet<FindingCode> = new Set([
  'GENERATION_JSON_MISSING',
  'GENERATION_JSON_WRONG',
  'GENERATION_COMMIT_WRONG',
  'GENERATION_NUMBER_WRONG',
  'MODE_CHANGED',
]);

/** Puts the transcripts where they belong, and makes the archives anew that are not what follows from their content. */
export async function repairGenerations(sources: RepairSources, told: ReadManifest): Promise<RepairedGenerations> {
  const { repo, refs } = sources;
  const { generations } = await readGenerations(repo, refs);
  const slots = slotsOf(generations, told);
  const { changes, doubled } = await assignTranscripts(sources, slots, told, new PastOfCurrent(repo, refs));
  const archives: WrittenArchive[] = [];
  const unchanged = new Map<number, ReadGeneration>();
  const wanted = new Map<RefName, ObjectId>();
  for (const number of numbersOf(slots, changes)) {
    const there = slots.get(number);
    if (there !== undefined && !isToChange(sources, number, there, changes)) {
      unchanged.set(number, there);
      wanted.set(there.ref, there.commit);
      continue;
    }
    const written = await makeArchive(sources, number, there, changes.get(number) ?? new Map());
    if (written === undefined) continue;
    archives.push(written);
    wanted.set(refOf(number), written.commit);
  }
  const current = await makeCurrent(sources, slots.get(CURRENT), changes, [archives, unchanged]);
  wanted.set(V2_CURRENT_REF, current);
  const gone = generations
    .filter(({ ref }) => !wanted.has(ref))
    .map(({ ref, commit }) => ({ ref, old: commit, new: null }));
  const moved = [...wanted].map(([ref, id]) => ({ ref, old: refs.v2.get(ref) ?? null, new: id }));
  return { updates: [...moved.filter((update) => update.old !== update.new), ...gone], archives, unchanged, doubled };
}

function numbersOf(slots: Slots, changes: FolderChanges): number[] {
  const numbers = new Set([...slots.keys(), ...changes.keys()].filter((place) => place !== CURRENT));
  return [...numbers].sort((a, b) => a - b);
}

/** Whether an archive is not what it should be. One that holds nothing goes, unless something else lies in it. */
function isToChange(
  { findings }: RepairSources,
  number: number,
  { ref, checkpoints, others }: ReadGeneration,
  changes: FolderChanges,
): boolean {
  if (ref !== refOf(number) || changes.has(number)) return true;
  if (checkpoints.size === 0) return others.length === 0;
  return findings.some((finding) => finding.ref === ref && ABOUT_ARCHIVES.has(finding.code));
}

/** An archive with other folders; `undefined` where nothing is left to be in it. */
async function makeArchive(
  sources: RepairSources,
  number: number,
  there: ReadGeneration | undefined,
  folders: ReadonlyMap<CheckpointId, ObjectId | null>,
): Promise<WrittenArchive | undefined> {
  const { repo, trees } = sources;
  const ids = heldAfter(there, folders);
  if (ids.length === 0 && (there?.others ?? []).length === 0) return undefined;
  const span = await spanOfArchive(sources, ids);
  const root = await trees.tree(await placeFolders(trees, there?.tree ?? emptyTreeId(repo.objectFormat), folders));
  const entries = new Map(root.map((entry) => [entry.name, entry]));
  const json: TreeEntry = { mode: '100644', name: GENERATION_FILE, id: trees.add('blob', generationJson(span)) };
  const existing = entries.get(GENERATION_FILE);
  if (existing === undefined || !isTreeMode(existing.mode)) entries.set(GENERATION_FILE, json);
  const tree = trees.addTree(entries.values());
  const commit = orphanCommit(trees, tree, `Archive generation ${generationName(number)}\n`, span.newest);
  return { number, commit, tree, checkpoints: ids, span };
}

function heldAfter(
  there: ReadGeneration | undefined,
  folders: ReadonlyMap<CheckpointId, ObjectId | null>,
): CheckpointId[] {
  const held = new Map<CheckpointId, ObjectId | null>([...(there?.checkpoints ?? []), ...folders]);
  return [...held].filter(([, folder]) => folder !== null).map(([id]) => id);
}

/** The times of an archive's checkpoints: V1's; `main`'s for checkpoints that V1 does not have. */
async function spanOfArchive(
  { repo, refs, v1, checkpoints }: RepairSources,
  ids: readonly CheckpointId[],
): Promise<GenerationSpan> {
  if (refs.main === undefined || ids.every((id) => checkpoints.has(id))) {
    return generationSpan(ids, await readCreatedAt(repo, v1.root, ids));
  }
  return generationSpan(ids, await readCreatedAtOfEither(repo, v1.root, await treeOfCommit(repo, refs.main), ids));
}

/** `full/current`: on top of the one that is there; one that is lost, or can't be read, starts again. */
async function makeCurrent(
  sources: RepairSources,
  there: ReadGeneration | undefined,
  changes: FolderChanges,
  [archives, unchanged]: readonly [readonly WrittenArchive[], ReadonlyMap<number, ReadGeneration>],
): Promise<ObjectId> {
  const { repo, trees, v1 } = sources;
  const folders = changes.get(CURRENT) ?? new Map<CheckpointId, ObjectId | null>();
  const placed = await placeFolders(trees, there?.tree ?? emptyTreeId(repo.objectFormat), folders);
  if (there === undefined) {
    const ids = heldAfter(undefined, folders);
    const kept = [...unchanged.values()].map(({ ref, commit }) => ({ name: ref, id: commit }));
    const { newest } =
      ids.length > 0
        ? await spanOfArchive(sources, ids)
        : {
            newest: await newestOfArchives(
              repo,
              kept,
              archives.map(({ span }) => span),
            ),
          };
    return startCommit(trees, placed === emptyTreeId(repo.objectFormat) ? trees.addTree([]) : placed, newest);
  }
  const isJson = ({ name, mode }: TreeEntry) => name === GENERATION_FILE && !isTreeMode(mode);
  const tree = await trees.changeTree(
    placed,
    (await trees.tree(placed)).filter((entry) => !isJson(entry)),
  );
  return tree === there.tree ? there.commit : trees.add('commit', repairCommit(v1.id, v1.commit, tree, there.commit));
}

/** What the `generation.json` of an archive that stays as it is tells; V1's times where it can't be read. */
export async function spanToldBy(
  sources: RepairSources,
  { json, checkpoints }: ReadGeneration,
): Promise<GenerationSpan> {
  const [blob] = json === undefined ? [] : await sources.repo.readObjects([json]);
  try {
    if (blob !== undefined) return parseGenerationJson(blob.content);
  } catch {
    // no JSON: that has a finding of its own
  }
  return spanOfArchive(sources, [...checkpoints.keys()]);
}
