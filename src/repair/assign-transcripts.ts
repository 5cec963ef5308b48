import { type CheckpointId, shardPath } from '../checkpoint/checkpoint-id.ts';
import { CURRENT, type GenerationPlace } from '../generations/assign.ts';
import { placeLost } from '../generations/place-lost.ts';
import type { ObjectId } from '../git/object-id.ts';
import { CURRENT_REF, generationRef } from '../layout/ref-names.ts';
import { arrivalOrderOf } from '../project/arrival-lookup.ts';
import type { ProjectedCheckpoint } from '../project/projection.ts';
import type { ReadManifest } from '../verify/check-manifest.ts';
import type { PastOfCurrent } from '../verify/past-of-current.ts';
import { holdersOf, type Slots, toldPlaces } from './archive-numbers.ts';
import type { RepairSources } from './repair-sources.ts';

/** What changes in the generations: the folders that checkpoints get there; `null` takes one out. */
export type FolderChanges = ReadonlyMap<GenerationPlace, ReadonlyMap<CheckpointId, ObjectId | null>>;

/** The transcripts of V1's checkpoints, each in one place, whole. */
export interface TranscriptAssignment {
  readonly changes: FolderChanges;
  /** The checkpoints that stay in two generations, since one of the copies has files that V1 does not have. */
  readonly doubled: ReadonlySet<CheckpointId>;
}

/** Works out what the generations lack, hold twice, or hold otherwise than V1. What was pruned stays away. */
export async function assignTranscripts(
  sources: RepairSources,
  slots: Slots,
  told: ReadManifest,
  past: PastOfCurrent,
): Promise<TranscriptAssignment> {
  const changes = new Map<GenerationPlace, Map<CheckpointId, ObjectId | null>>();
  const change = (place: GenerationPlace, id: CheckpointId, folder: ObjectId | null) =>
    changes.set(place, (changes.get(place) ?? new Map<CheckpointId, ObjectId | null>()).set(id, folder));
  const doubled = new Set<CheckpointId>();
  const located = new Map<CheckpointId, GenerationPlace>();
  const lost: CheckpointId[] = [];
  const toldIn = toldPlaces(told);
  for (const [id, checkpoint] of sources.checkpoints) {
    const [home, ...copies] = holdersOf(id, slots, toldIn);
    const place = home ?? (await placeWithoutHolder(id, checkpoint, { toldIn, told, past }));
    if (place === 'nothing') continue;
    if (place === 'lost') {
      lost.push(id);
      continue;
    }
    located.set(id, place);
    if (home === undefined && told.prunedWith.has(id)) continue;
    const held = slots.get(place)?.checkpoints.get(id) ?? null;
    const folder = await restoreFolder(sources, place, id, held);
    if (folder !== held) change(place, id, folder);
    for (const copy of copies) {
      const kept = await withoutOwnFiles(sources, copy, id, slots.get(copy)?.checkpoints.get(id) ?? null);
      if (kept === null) change(copy, id, null);
      else doubled.add(id);
    }
  }
  for (const [id, place] of await placeAll(sources, slots, told, located, lost)) {
    change(place, id, sources.checkpoints.get(id)?.full ?? null);
  }
  return { changes, doubled };
}

interface Hints {
  readonly toldIn: ReadonlyMap<CheckpointId, GenerationPlace>;
  readonly told: ReadManifest;
  readonly past: PastOfCurrent;
}

/** Where a checkpoint belongs that no generation holds: `nothing` is to be done for it, or it is `lost`, and nobody knows from where. */
async function placeWithoutHolder(
  id: CheckpointId,
  { full }: ProjectedCheckpoint,
  { toldIn, told, past }: Hints,
): Promise<GenerationPlace | 'nothing' | 'lost'> {
  if (!full) return 'nothing';
  const shown = await past.folderOf(id);
  if (shown === full) return 'nothing';
  if (shown !== null) return CURRENT;
  return told.prunedWith.get(id) ?? toldIn.get(id) ?? 'lost';
}

/** What a checkpoint has in a generation, as V1 gives it; files that V1 does not have stay. */
function restoreFolder(sources: RepairSources, place: GenerationPlace, id: CheckpointId, held: ObjectId | null) {
  const checkpoint = sources.checkpoints.get(id);
  const sides = { expected: checkpoint?.full ?? null, actual: held, v1: checkpoint?.tree ?? null };
  return sources.restorer.restore(refOf(place), shardPath(id), sides);
}

/** What is left of a copy without all that V1 has at its paths; `null` where nothing is. */
async function withoutOwnFiles(
  sources: RepairSources,
  place: GenerationPlace,
  id: CheckpointId,
  held: ObjectId | null,
) {
  const full = sources.checkpoints.get(id)?.full ?? null;
  const restored = await restoreFolder(sources, place, id, held);
  return restored === full ? null : restored;
}

async function placeAll(
  { repo, v1, checkpoints, maxCheckpoints }: RepairSources,
  slots: Slots,
  told: ReadManifest,
  located: ReadonlyMap<CheckpointId, GenerationPlace>,
  lost: readonly CheckpointId[],
): Promise<ReadonlyMap<CheckpointId, GenerationPlace>> {
  if (lost.length === 0) return new Map();
  const withTranscripts = [...checkpoints].filter(([, { full }]) => full).map(([id]) => id);
  const arrivals = await arrivalOrderOf(repo, v1.id, new Set(withTranscripts));
  const sizes = new Map([...slots].map(([place, { checkpoints: held }]) => [place, held.size]));
  const taken = new Set([...slots.keys(), ...told.entries.keys()].filter(Number.isFinite));
  return placeLost(arrivals, { located, sizes, taken, maxCheckpoints });
}

/** The ref of a place. */
export function refOf(place: GenerationPlace): string {
  return place === CURRENT ? CURRENT_REF : generationRef(place);
}
