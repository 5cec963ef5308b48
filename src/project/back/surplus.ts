import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import { BadObjectError } from '../../git/errors.ts';
import type { ObjectId } from '../../git/object-id.ts';
import type { ObjectOverlay } from '../../git/object-overlay.ts';
import type { Repository } from '../../git/repository.ts';
import type { View } from '../../layout/layout.ts';
import { hashingSink, Projection } from '../projection.ts';
import { CheckpointTrees } from '../refs/checkpoint-trees.ts';
import { type JoinedFolder, joinSessions, lacksSessions } from './join-sessions.ts';
import { type PlainFolder, plainFolderOfRefs, plainFolderOfV2 } from './plain-folders.ts';
import { FateRecord } from './session-fate.ts';

/** What a layout (V2 or git-refs) is asked for. */
export interface SurplusSource {
  readonly repo: Repository;
  /** Takes the objects that are made. */
  readonly objects: ObjectOverlay;
  readonly view: View;
}

/** What a layout has and V1 lacks. */
export interface Surplus {
  /** Checkpoints that V1 lacks, with the folders that the layout has of them. */
  readonly missing: ReadonlyMap<CheckpointId, ObjectId>;
  /** Checkpoints of which V1 lacks sessions: their plain folders with these sessions added. */
  readonly joined: ReadonlyMap<CheckpointId, JoinedFolder>;
  /** Checkpoints that V1 has and that can't be read in the layout: what it has of their sessions is not known. */
  readonly unread: ReadonlySet<CheckpointId>;
  readonly plain: PlainFolder;
  /** What became of the sessions that `plain` was asked for. */
  readonly fates: FateRecord;
}

/**
 * Finds out what a layout has that V1, with these folders, lacks: checkpoints by their IDs, sessions by theirs. Transcripts are
 * looked for only where something is lacking. Throws `BadObjectError` where what is lacking can't be read.
 */
export async function surplusOf(
  source: SurplusSource,
  v1: ReadonlyMap<CheckpointId, ObjectId>,
  { skipsUnreadable = false } = {},
): Promise<Surplus> {
  const { repo, objects, view } = source;
  const there = await view.folders();
  const missing = new Map([...there].filter(([id]) => !v1.has(id)));
  const lacking = new Map<CheckpointId, ObjectId>();
  const unread = new Set<CheckpointId>();
  for (const [id, folder] of await differingFolders(repo, view.layout, v1, there)) {
    try {
      if (await lacksSessions(objects, v1.get(id) as ObjectId, folder)) lacking.set(id, folder);
    } catch (error) {
      if (!skipsUnreadable || !(error instanceof BadObjectError)) throw error;
      unread.add(id);
    }
  }
  const fates = new FateRecord();
  const plain = await plainFolderOf(source, new Set([...missing.keys(), ...lacking.keys()]), fates);
  const joined = new Map<CheckpointId, JoinedFolder>();
  for (const [id, folder] of lacking) {
    const union = await joinSessions(objects, id, v1.get(id) as ObjectId, await plain(id, folder));
    if (union !== undefined) joined.set(id, union);
  }
  return { missing, joined, unread, plain, fates };
}

async function plainFolderOf(
  { repo, objects, view }: SurplusSource,
  ids: ReadonlySet<CheckpointId>,
  fates: FateRecord,
): Promise<PlainFolder> {
  if (view.layout !== 'v2') return plainFolderOfRefs(repo, objects);
  return ids.size === 0 ? async (_, folder) => folder : plainFolderOfV2(repo, objects, view, ids, fates);
}

/** The folders that the layout has of checkpoints that V1 has too, where they are not what V1's become there. */
async function differingFolders(
  repo: Repository,
  layout: View['layout'],
  v1: ReadonlyMap<CheckpointId, ObjectId>,
  there: ReadonlyMap<CheckpointId, ObjectId>,
): Promise<ReadonlyMap<CheckpointId, ObjectId>> {
  const both = new Map([...v1].filter(([id]) => there.has(id)));
  const isSame = await imagesOf(repo, layout, both);
  return new Map([...there].filter(([id, folder]) => both.has(id) && !isSame(id, folder)));
}

async function imagesOf(repo: Repository, layout: View['layout'], folders: ReadonlyMap<CheckpointId, ObjectId>) {
  if (layout === 'v2') {
    const projected = await new Projection(repo, hashingSink(repo.objectFormat)).projectCheckpoints(folders);
    return (id: CheckpointId, folder: ObjectId) => projected.get(id)?.main === folder;
  }
  const trees = new CheckpointTrees(repo, hashingSink(repo.objectFormat));
  await trees.load(folders);
  return (id: CheckpointId, folder: ObjectId) => trees.treeOf(id, folders.get(id) as ObjectId) === folder;
}
