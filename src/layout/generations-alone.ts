import { appendTo } from '../checkpoint/append-to.ts';
import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { rootsOfCommits } from '../git/commit-trees.ts';
import { BadObjectError } from '../git/errors.ts';
import { inCaseOf } from '../git/in-case-of.ts';
import { idsOf } from '../git/object-id.ts';
import type { Ref, Repository } from '../git/repository.ts';
import { checkpointFolders, wantedPrefixes } from './checkpoint-walk.ts';
import type { FolderPlace } from './folder-files.ts';
import type { View } from './layout.ts';
import { generationsOf, layoutRefsAmong } from './layout-refs.ts';

/** The folder of a checkpoint in a generation. */
export interface HeldPlace extends FolderPlace {
  readonly generation: Ref;
}

/** The generations that have a checkpoint, in the order in which a reader looks, and its folders there. */
export type HeldAlone = ReadonlyMap<CheckpointId, readonly HeldPlace[]>;

/** What generations alone have, and those that can't be read: what these have is not known. */
export interface ReadableAlone {
  readonly held: HeldAlone;
  readonly unreadable: readonly Ref[];
}

/**
 * The checkpoints of V2 that have files in generations and no folder on `main`, in the order of their IDs: V1 had nothing of them but
 * transcripts or tasks. V2's own view begins at `main` and has none of them. With `prefixes`, those whose IDs begin with one of these. Throws
 * `BadObjectError`.
 */
export async function heldAlone(repo: Repository, view: View, prefixes?: readonly string[]): Promise<HeldAlone> {
  if (view.layout !== 'v2') return new Map();
  return heldIn(repo, generationsIn(view), await view.ids(prefixes), prefixes);
}

/** As `heldAlone`, of the generations that can be read. `onMain` are the IDs that the view has, where they are known. */
export async function readableAlone(
  repo: Repository,
  view: View,
  prefixes?: readonly string[],
  onMain?: readonly CheckpointId[],
): Promise<ReadableAlone> {
  const generations = view.layout === 'v2' ? generationsIn(view) : [];
  if (generations.length === 0) return NOTHING_ALONE;
  const known = onMain ?? (await view.ids(prefixes).catch(unlessBad));
  if (known === undefined) return NOTHING_ALONE; // whoever reads the layout itself meets that too
  const all = await heldIn(repo, generations, known, prefixes).catch(unlessBad);
  if (all !== undefined) return { held: all, unreadable: [] };
  const each = await Promise.all(generations.map((one) => heldIn(repo, [one], known, prefixes).catch(unlessBad)));
  const found = new Map<CheckpointId, HeldPlace[]>();
  for (const held of each) {
    for (const [id, places] of held ?? []) for (const place of places) appendTo(found, id, place);
  }
  return { held: inOrder(found), unreadable: generations.filter((_, i) => each[i] === undefined) };
}

const NOTHING_ALONE: ReadableAlone = { held: new Map(), unreadable: [] };

function generationsIn(view: View): Ref[] {
  return generationsOf(layoutRefsAmong(view.refs));
}

async function heldIn(
  repo: Repository,
  generations: readonly Ref[],
  known: readonly CheckpointId[],
  prefixes: readonly string[] | undefined,
): Promise<HeldAlone> {
  const onMain = new Set(known);
  const roots = await rootsOfCommits(repo, idsOf(generations));
  const wanted = prefixes && wantedPrefixes(prefixes);
  const found = new Map<CheckpointId, HeldPlace[]>();
  for (const [i, folders] of (await checkpointFolders(repo, roots, wanted)).entries()) {
    const generation = generations[i] as Ref;
    for (const [id, tree] of folders) {
      if (!onMain.has(id)) appendTo(found, id, { ref: generation.name, tree, generation });
    }
  }
  return inOrder(found);
}

function inOrder(found: HeldAlone): HeldAlone {
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** `undefined` where an object that is needed can't be read. */
const unlessBad = inCaseOf(BadObjectError, () => undefined);
