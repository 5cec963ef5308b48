import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import type { GenerationSpan } from '../checkpoint/created-at.ts';
import { CURRENT } from '../generations/assign.ts';
import { generationSpan, readSpans } from '../generations/generation.ts';
import { GenerationState } from '../generations/generation-state.ts';
import type { GenerationChange } from '../generations/manifest-update.ts';
import { materialize, type WantedArchive, type WantedCurrent } from '../generations/materialize.ts';
import { treeOfCommit } from '../git/commit-trees.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { RefUpdate } from '../git/repository.ts';
import { CURRENT_REF, manifestFile } from '../layout/ref-names.ts';
import { readCreatedAt, readCreatedAtOfEither } from '../project/read-created-at.ts';
import { repairCommit } from '../project/repair-commit.ts';
import type { ReadManifest } from '../verify/check-manifest.ts';
import type { FindingCode } from '../verify/finding.ts';
import { PastOfCurrent } from '../verify/past-of-current.ts';
import { type ReadGeneration, readGenerations } from '../verify/read-generations.ts';
import { type Slots, slotsOf } from './archive-numbers.ts';
import { assignTranscripts, type FolderChanges, refOf, type TranscriptAssignment } from './assign-transcripts.ts';
import { readableManifest } from './readable-manifest.ts';
import type { RepairSources } from './repair-sources.ts';

/** What becomes of the generations in a repair. */
export interface RepairedGenerations {
  readonly updates: readonly RefUpdate[];
  readonly doubled: TranscriptAssignment['doubled'];
}

/** What is wrong with an archive itself: it is made again from its content. */
const ABOUT_ARCHIVES: ReadonlySet<FindingCode> = new Set([
  'GENERATION_JSON_MISSING',
  'GENERATION_JSON_WRONG',
  'GENERATION_COMMIT_WRONG',
  'GENERATION_NUMBER_WRONG',
  'MODE_CHANGED',
]);

/** Puts the transcripts where they belong, and makes the archives again that are not what follows from their content. */
export async function repairGenerations(sources: RepairSources, told: ReadManifest): Promise<RepairedGenerations> {
  const { repo, refs, trees } = sources;
  const { generations } = await readGenerations(repo, refs);
  const slots = slotsOf(generations, told);
  const { changes, doubled } = await assignTranscripts(sources, slots, told, new PastOfCurrent(repo, refs));
  const archives: WantedArchive[] = [];
  const unchanged = new Map<number, ReadGeneration>();
  for (const number of numbersOf(slots, changes)) {
    const base = slots.get(number);
    const checkpoints = heldAfter(base, changes.get(number));
    const isLeft = checkpoints.size > 0 || (base?.others ?? []).length > 0;
    if (base !== undefined && !isToChange(sources, number, base, changes)) unchanged.set(number, base);
    else if (isLeft) archives.push({ number, base, checkpoints });
  }
  const kept = refs.archives.filter(({ number, name }) => unchanged.get(number)?.ref === name);
  const state = new GenerationState(repo, { ...refs, archives: kept }, { manifest: readableManifest(told) });
  const spanOf = (ids: readonly CheckpointId[]) => spanOfArchive(sources, ids);
  const { updates } = await materialize(
    { repo, sink: trees, state, main: refs.main, spanOf },
    {
      archives,
      current: repairedCurrent(sources, slots.get(CURRENT), changes),
      changes: await wrongEntries(sources, unchanged, spanOf),
    },
  );
  const wanted = new Set([...archives.map(({ number }) => number), ...unchanged.keys()].map(refOf));
  const gone = generations
    .filter(({ ref }) => ref !== CURRENT_REF && !wanted.has(ref))
    .map(({ ref, commit }) => ({ ref, old: commit, new: null }));
  return { updates: [...gone, ...updates], doubled };
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

/** The folders that a generation has after the changes. */
function heldAfter(
  base: ReadGeneration | undefined,
  folders: ReadonlyMap<CheckpointId, ObjectId | null> = new Map(),
): Map<CheckpointId, ObjectId> {
  const held = new Map([...(base?.checkpoints ?? []), ...folders]);
  return new Map([...held].flatMap(([id, folder]) => (folder === null ? [] : [[id, folder] as const])));
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
function repairedCurrent(
  { trees, v1 }: RepairSources,
  base: ReadGeneration | undefined,
  changes: FolderChanges,
): WantedCurrent {
  const checkpoints = heldAfter(base, changes.get(CURRENT));
  if (base === undefined) return { checkpoints };
  const onTop = (tree: ObjectId) =>
    tree === base.tree ? undefined : trees.add('commit', repairCommit(v1.id, v1.commit, tree, base.commit));
  return { checkpoints, base, onTop };
}

/** What the manifest has to say otherwise of archives that stay as they are. */
export async function wrongEntries(
  { repo, findings }: Pick<RepairSources, 'repo' | 'findings'>,
  unchanged: ReadonlyMap<number, ReadGeneration>,
  spanOf: (ids: readonly CheckpointId[]) => Promise<GenerationSpan>,
): Promise<GenerationChange[]> {
  const wrong = new Set(findings.flatMap(({ code, path }) => (code === 'MANIFEST_WRONG' ? [path] : [])));
  const changes: GenerationChange[] = [];
  for (const [number, archive] of unchanged) {
    // One whose archive has files too many keeps its entry: that says what the archive was.
    if (!wrong.has(manifestFile(number))) continue;
    const checkpoints = [...archive.checkpoints.keys()];
    const [told] = await readSpans(repo, [archive]);
    const span = told ?? (await spanOf(checkpoints));
    changes.push({ kind: 'archived', number, tree: archive.tree, checkpoints, span });
  }
  return changes;
}
