import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import { type JoinedFolder, joinSessions, lacksSessions } from '../../compare/join-sessions.ts';
import { BadObjectError } from '../../git/errors.ts';
import type { ObjectId } from '../../git/object-id.ts';
import type { ObjectOverlay } from '../../git/object-overlay.ts';
import type { Repository } from '../../git/repository.ts';
import type { View } from '../../layout/layout.ts';
import { layoutOf } from '../../layout/layouts.ts';
import { hashingSink } from '../projection.ts';
import { goneOn, hasOldState, type TwoVersions } from './gone-on.ts';
import { imagesOfBranch } from './images-of-branch.ts';
import { type PlainFolders, plainFoldersOfRefs, plainFoldersOfSplit } from './plain-folders.ts';
import { FateRecord } from './session-fate.ts';
import { withUnheld } from './unheld.ts';

/** What a layout is asked for. */
export interface SurplusSource {
  readonly repo: Repository;
  /** Takes the objects that are made. */
  readonly objects: ObjectOverlay;
  readonly view: View;
}

/** What a layout has and V1 lacks. */
export interface Surplus {
  /** The folders that the layout has of all checkpoints. */
  readonly there: ReadonlyMap<CheckpointId, ObjectId>;
  /** Checkpoints that V1 lacks, with the folders that the layout has of them. */
  readonly missing: ReadonlyMap<CheckpointId, ObjectId>;
  /** Checkpoints of which V1 lacks something: their plain folders with that added. */
  readonly joined: ReadonlyMap<CheckpointId, JoinedFolder>;
  /** Checkpoints of which V1 has what the layout had once, with the folder that it had then: V1 lacks what came after that. */
  readonly followed: ReadonlyMap<CheckpointId, { readonly since: ObjectId; readonly sessions: readonly string[] }>;
  /** Checkpoints that V1 has and that can't be read in the layout: what it has of their sessions is not known. */
  readonly unread: ReadonlySet<CheckpointId>;
  /** Checkpoints that both have and not as they would be if one followed from the other: V1 may lack something, or have more. */
  readonly differing: ReadonlySet<CheckpointId>;
  readonly plain: PlainFolders;
  /** What became of the sessions that `plain` was asked for. */
  readonly fates: FateRecord;
}

/** How to look for what is lacking. */
export interface SurplusOptions {
  /** Leaves out checkpoints that can't be read in the layout, where V1 has them too. */
  readonly skipsUnreadable?: boolean;
  /**
   * The folders that the layout had of some checkpoints, oldest first. With it V1 gets what sessions have become since V1 got them;
   * without it whole sessions alone.
   */
  readonly pastOf?: () => Promise<ReadonlyMap<CheckpointId, readonly ObjectId[]>>;
}

/**
 * Finds out what a layout has that V1, with these folders, lacks: checkpoints by their IDs, sessions by theirs. Transcripts are
 * looked for only where something is lacking. Throws `BadObjectError` where what is lacking can't be read.
 */
export async function surplusOf(
  source: SurplusSource,
  v1: ReadonlyMap<CheckpointId, ObjectId>,
  { skipsUnreadable = false, pastOf }: SurplusOptions = {},
): Promise<Surplus> {
  const { repo, objects, view } = source;
  const there = await view.folders();
  const missing = new Map([...there].filter(([id]) => !v1.has(id)));
  const differing = await differingFolders(repo, view.layout, v1, there);
  const unheld =
    pastOf === undefined || !layoutOf(view.layout).hasGenerations
      ? new Set<CheckpointId>()
      : await withUnheld(source, v1);
  const past = pastOf === undefined || differing.size + unheld.size === 0 ? undefined : await pastOf();
  const lacking = new Map<CheckpointId, TwoVersions>();
  const unread = new Set<CheckpointId>();
  const both = new Set([...differing.keys(), ...unheld]);
  for (const id of both) {
    const [ours, theirs] = [v1.get(id) as ObjectId, there.get(id) as ObjectId];
    const versions = { id, ours, theirs, past: past?.get(id) ?? [] };
    try {
      const isLacking =
        unheld.has(id) ||
        (await lacksSessions(objects, ours, theirs)) ||
        (past !== undefined && (await hasOldState(repo, objects, view.layout, versions)));
      if (isLacking) lacking.set(id, versions);
    } catch (error) {
      if (!skipsUnreadable || !(error instanceof BadObjectError)) throw error;
      unread.add(id);
    }
  }
  const fates = new FateRecord();
  const plain = await plainFoldersOf(source, new Set([...missing.keys(), ...lacking.keys()]), fates);
  const joined = new Map<CheckpointId, JoinedFolder>();
  const followed = new Map<CheckpointId, { readonly since: ObjectId; readonly sessions: readonly string[] }>();
  for (const [id, versions] of lacking) {
    const { ours, theirs } = versions;
    const union =
      past === undefined
        ? await joinSessions(objects, id, ours, (await plain([[id, theirs]]))[0] ?? theirs)
        : await goneOn(repo, objects, view.layout, versions, plain);
    if (union === undefined) continue;
    if ('since' in union) followed.set(id, union);
    else joined.set(id, union);
  }
  return { there, missing, joined, followed, unread, differing: both, plain, fates };
}

/** What makes plain folders of those that a layout has of some checkpoints. What becomes of sessions of V2 is taken down. */
export async function plainFoldersOf(
  { repo, objects, view }: SurplusSource,
  ids: ReadonlySet<CheckpointId>,
  fates: FateRecord,
): Promise<PlainFolders> {
  const { hasGenerations, toPlain } = layoutOf(view.layout);
  if (hasGenerations) return plainFoldersOfSplit(repo, objects, view, ids, fates);
  if (toPlain === undefined) return async (folders) => folders.map(([, folder]) => folder);
  return plainFoldersOfRefs(repo, objects);
}

/** The folders that the layout has of checkpoints that V1 has too, where they are not what V1's become there. */
async function differingFolders(
  repo: Repository,
  layout: View['layout'],
  v1: ReadonlyMap<CheckpointId, ObjectId>,
  there: ReadonlyMap<CheckpointId, ObjectId>,
): Promise<ReadonlyMap<CheckpointId, ObjectId>> {
  const both = new Map([...v1].filter(([id]) => there.has(id)));
  const imageOf = await imagesOfBranch(repo, hashingSink(repo.objectFormat), layout, both);
  return new Map([...there].filter(([id, folder]) => both.has(id) && imageOf(id) !== folder));
}
