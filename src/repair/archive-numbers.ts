import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { greatest } from '../checkpoint/greatest.ts';
import { CURRENT, type GenerationPlace } from '../generations/assign.ts';
import type { ReadManifest } from '../verify/check-manifest.ts';
import { numberNamedBy, type ReadGeneration } from '../verify/read-generations.ts';

/** The generations that can be read, each by the number that it should have; `full/current` as `CURRENT`. */
export type Slots = ReadonlyMap<GenerationPlace, ReadGeneration>;

/**
 * Gives each archive its number. One whose commit names another number than its ref goes where the manifest records its very
 * tree, else where its commit says, unless another archive is there that stays.
 */
export function slotsOf(generations: readonly ReadGeneration[], { entries }: ReadManifest): Slots {
  const slots = new Map<GenerationPlace, ReadGeneration>();
  const moving: ReadGeneration[] = [];
  for (const generation of generations) {
    const { number } = generation;
    const named = numberNamedBy(generation);
    if (number !== undefined && named !== undefined && named !== number) moving.push(generation);
    else slots.set(number ?? CURRENT, generation);
  }
  for (const generation of moving) {
    const told = [...entries].find(([, { entry }]) => entry.tree === generation.tree)?.[0];
    const wanted = [told, numberNamedBy(generation), generation.number];
    const home = wanted.find((number) => number !== undefined && number > 0 && !slots.has(number));
    slots.set(home ?? greatest([...slots.keys()].filter(Number.isFinite), 0) + 1, generation);
  }
  return slots;
}

/** The generations that hold a checkpoint; of several the first is the one where it belongs. */
export function holdersOf(
  id: CheckpointId,
  slots: Slots,
  toldIn: ReadonlyMap<CheckpointId, GenerationPlace>,
): GenerationPlace[] {
  const holders = [...slots].filter(([, { checkpoints }]) => checkpoints.has(id)).map(([place]) => place);
  const told = toldIn.get(id);
  const rank = (place: GenerationPlace) => (place === told ? 0 : place);
  return holders.sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

/** The number of the generation that the manifest has a checkpoint in, or to have been in; pruned ones aside. */
export function toldPlaces({ entries }: ReadManifest): Map<CheckpointId, GenerationPlace> {
  const places = new Map<CheckpointId, GenerationPlace>();
  for (const [number, { entry }] of entries) {
    if (entry.isPruned) continue;
    for (const id of entry.checkpoints) if (!places.has(id)) places.set(id, number);
  }
  return places;
}
