import { type CheckpointId, shardPath } from '../../checkpoint/checkpoint-id.ts';
import { parseCommit } from '../../git/commit.ts';
import type { ObjectId, RefName } from '../../git/object-id.ts';
import type { Ref, Repository } from '../../git/repository.ts';
import type { LayoutRefs } from '../../layout/layout-refs.ts';
import { V2_CURRENT_REF } from '../../layout/ref-names.ts';
import { PastOfCurrent } from '../past-of-current.ts';
import { type LayoutFiles, layoutFiles, type PlacedObject, type UnreadTree } from './layout-files.ts';
import { readContents } from './read-contents.ts';
import { type PlacedTranscript, transcriptsAmong } from './transcripts.ts';

/** What one layout holds at the tips of its refs. */
export interface LayoutContents extends LayoutFiles {
  readonly transcripts: readonly PlacedTranscript[];
}

/** Both layouts. */
export interface BothContents {
  readonly v1: LayoutContents;
  readonly v2: LayoutContents;
}

/** Lists the files of both layouts, or of some checkpoints in them. */
export async function layoutContents(
  repo: Repository,
  refs: LayoutRefs,
  v1Ref: Ref,
  checkpoints?: ReadonlySet<CheckpointId>,
): Promise<BothContents> {
  const v1 = await contentsOf(repo, [v1Ref], checkpoints);
  const tips = [...refs.v2].map(([name, id]) => ({ name, id }));
  const shown = await contentsOf(repo, tips, checkpoints);
  const hidden = await hiddenContents(repo, refs, v1, shown);
  return { v1, v2: hidden === undefined ? shown : merged(shown, hidden) };
}

async function contentsOf(
  repo: Repository,
  tips: readonly Ref[],
  checkpoints?: ReadonlySet<CheckpointId>,
): Promise<LayoutContents> {
  const roots: PlacedObject[] = [];
  for (const { name, id } of tips) {
    const tree = await rootOf(repo, id);
    if (tree !== undefined) roots.push({ ref: name, path: '', id: tree });
  }
  return withTranscripts(await layoutFiles(repo, roots, checkpoints));
}

/** The root tree of a commit; `undefined` where that can't be read, which is said where the history is looked at. */
async function rootOf(repo: Repository, commit: ObjectId): Promise<ObjectId | undefined> {
  const [read] = await readContents(repo, [commit]);
  if (read?.type !== 'commit') return undefined;
  try {
    return parseCommit(read.content).tree;
  } catch {
    return undefined;
  }
}

/** What `full/current` keeps in its history alone, of checkpoints whose transcripts V1 has and no tree of V2 shows. */
async function hiddenContents(
  repo: Repository,
  refs: LayoutRefs,
  v1: LayoutContents,
  shown: LayoutContents,
): Promise<LayoutContents | undefined> {
  const checkpointsIn = ({ transcripts }: LayoutContents) =>
    new Set(
      transcripts.filter(({ isCompact }) => !isCompact).map(({ pieces }) => pieces[0]?.checkpoint as CheckpointId),
    );
  const inTrees = checkpointsIn(shown);
  const missing = [...checkpointsIn(v1)].filter((checkpoint) => !inTrees.has(checkpoint));
  if (missing.length === 0) return undefined;
  const past = new PastOfCurrent(repo, refs);
  const roots: PlacedObject[] = [];
  for (const checkpoint of missing) {
    const id = await past.folderOf(checkpoint);
    if (id !== null) roots.push({ ref: V2_CURRENT_REF as RefName, path: shardPath(checkpoint), id, checkpoint });
  }
  return withTranscripts(await layoutFiles(repo, roots));
}

function withTranscripts(files: LayoutFiles): LayoutContents {
  return { ...files, transcripts: transcriptsAmong(files.files) };
}

function merged(a: LayoutContents, b: LayoutContents): LayoutContents {
  const unread: UnreadTree[] = [...a.unread, ...b.unread];
  return {
    files: [...a.files, ...b.files],
    trees: [...a.trees, ...b.trees],
    unread,
    transcripts: [...a.transcripts, ...b.transcripts],
  };
}
