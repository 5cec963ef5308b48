import { type CheckpointId, shardPath } from '../../checkpoint/checkpoint-id.ts';
import { GenerationState } from '../../generations/generation-state.ts';
import { batches } from '../../git/batches.ts';
import { parseCommit } from '../../git/commit.ts';
import { idsOf, type ObjectId, type RefName } from '../../git/object-id.ts';
import { type ReadContent, readContents } from '../../git/read-contents.ts';
import type { Ref, Repository } from '../../git/repository.ts';
import type { LayoutRefs } from '../../layout/layout-refs.ts';
import { BRANCH_REF, CHECKPOINTS_PREFIX, CURRENT_REF, checkpointOfRef, MAIN_REF } from '../../layout/ref-names.ts';
import {
  fileRoleOf,
  type LayoutFiles,
  type LayoutWalk,
  layoutFiles,
  type PlacedObject,
  type PlacesAsked,
} from './layout-files.ts';
import { type PlacedTranscript, transcriptsAmong } from './transcripts.ts';

/** What one layout holds at the tips of its refs: the places of what has a part in a session, and of summaries; of all else the ids. */
export interface LayoutContents extends LayoutFiles {
  readonly transcripts: readonly PlacedTranscript[];
  /** What was listed. */
  readonly walks: readonly LayoutWalk[];
  /** The ref that a finding about its history names. */
  readonly ref: RefName;
}

/** Files that more is asked of than their content. */
const WITH_A_PART: PlacesAsked = {
  file: (file) => !['task', 'other', undefined].includes(fileRoleOf(file)),
  tree: () => false,
};

/** What is looked at. */
export interface ObjectsLook {
  /** V1, which the other layout is judged beside; `undefined` where it is not here. */
  readonly v1: Ref | undefined;
  /** The refs of git-refs, where these are looked at and not V2. */
  readonly gitRefs?: readonly Ref[];
  /** These alone; `undefined`: everything. */
  readonly checkpoints: readonly CheckpointId[] | undefined;
}

/** Both layouts. */
export interface BothContents {
  readonly v1: LayoutContents;
  readonly v2: LayoutContents;
}

/** Lists the files of V2, or of git-refs where these are given, beside those of V1; or of some checkpoints in them. */
export async function contentsOf(repo: Repository, refs: LayoutRefs, look: ObjectsLook): Promise<BothContents> {
  const scope = look.checkpoints && new Set(look.checkpoints);
  return look.gitRefs === undefined
    ? layoutContents(repo, refs, look.v1, scope)
    : refsContents(repo, look.gitRefs, look.v1, scope);
}

/**
 * Lists the files of V1 and of git-refs, or of some checkpoints in them. The paths of git-refs begin with V1's folder of the checkpoint, so
 * that both are told apart and compared in the same way.
 */
async function refsContents(
  repo: Repository,
  gitRefs: readonly Ref[],
  branchAt: Ref | undefined,
  checkpoints?: ReadonlySet<CheckpointId>,
): Promise<BothContents> {
  const v1 = await contentsAt(
    repo,
    branchAt === undefined ? [] : [branchAt],
    branchAt?.name ?? BRANCH_REF,
    checkpoints,
  );
  const roots: PlacedObject[] = [];
  for (const batch of batches(gitRefs)) {
    const commits = await readContents(repo, idsOf(batch));
    for (const [i, { name }] of batch.entries()) {
      const checkpoint = checkpointOfRef(name);
      const id = treeIn(commits[i]);
      if (checkpoint === undefined || id === undefined || checkpoints?.has(checkpoint) === false) continue;
      roots.push({ ref: name, path: shardPath(checkpoint), id, checkpoint, below: '' });
    }
  }
  return {
    v1,
    v2: await listed(repo, { roots }, CHECKPOINTS_PREFIX),
  };
}

/** Lists the files of both layouts, or of some checkpoints in them; of V2 alone where V1 is gone. */
async function layoutContents(
  repo: Repository,
  refs: LayoutRefs,
  branchAt: Ref | undefined,
  checkpoints?: ReadonlySet<CheckpointId>,
): Promise<BothContents> {
  const tips = [...refs.v2].map(([name, id]) => ({ name, id }));
  const v1 = await contentsAt(
    repo,
    branchAt === undefined ? [] : [branchAt],
    branchAt?.name ?? BRANCH_REF,
    checkpoints,
  );
  const shown = await contentsAt(repo, tips, MAIN_REF, checkpoints);
  const hidden = await hiddenContents(repo, refs, v1, shown);
  return { v1, v2: hidden === undefined ? shown : united(shown, hidden) };
}

async function contentsAt(
  repo: Repository,
  tips: readonly Ref[],
  ref: RefName,
  checkpoints?: ReadonlySet<CheckpointId>,
): Promise<LayoutContents> {
  const roots: PlacedObject[] = [];
  for (const { name, id } of tips) {
    const tree = await rootOf(repo, id);
    if (tree !== undefined) roots.push({ ref: name, path: '', id: tree });
  }
  return listed(repo, { roots, checkpoints }, ref);
}

/** The root tree of a commit; `undefined` where that can't be read, which is said where the history is looked at. */
async function rootOf(repo: Repository, commit: ObjectId): Promise<ObjectId | undefined> {
  const [read] = await readContents(repo, [commit]);
  return treeIn(read);
}

function treeIn(read: ReadContent | undefined): ObjectId | undefined {
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
  const withRaw = ({ transcripts }: LayoutContents) =>
    new Set(
      transcripts.filter(({ isCompact }) => !isCompact).map(({ pieces }) => pieces[0]?.checkpoint as CheckpointId),
    );
  const inTrees = withRaw(shown);
  const missing = [...withRaw(v1)].filter((checkpoint) => !inTrees.has(checkpoint));
  if (missing.length === 0) return undefined;
  const past = await new GenerationState(repo, refs).readableHistory();
  const roots = missing.flatMap((checkpoint): PlacedObject[] => {
    const id = past?.get(checkpoint);
    return id === undefined ? [] : [{ ref: CURRENT_REF, path: shardPath(checkpoint), id, checkpoint, below: '' }];
  });
  return listed(repo, { roots }, shown.ref);
}

async function listed(repo: Repository, walk: LayoutWalk, ref: RefName): Promise<LayoutContents> {
  const found = await layoutFiles(repo, walk, WITH_A_PART);
  return { ...found, transcripts: transcriptsAmong(found.files), walks: [walk], ref };
}

/** The places of the files and trees of a layout that are asked for, files first. Lists the layout again. */
export async function placesOf(
  repo: Repository,
  { walks }: LayoutContents,
  isWanted: (one: Pick<PlacedObject, 'id' | 'path'>) => boolean,
): Promise<PlacedObject[]> {
  const found: LayoutFiles[] = [];
  for (const walk of walks) found.push(await layoutFiles(repo, walk, { file: isWanted, tree: isWanted }));
  return [...found.flatMap(({ files }) => files), ...found.flatMap(({ trees }) => trees)];
}

function united(a: LayoutContents, b: LayoutContents): LayoutContents {
  return {
    files: [...a.files, ...b.files],
    trees: [...a.trees, ...b.trees],
    unread: [...a.unread, ...b.unread],
    others: {
      files: new Set([...a.others.files, ...b.others.files]),
      trees: new Set([...a.others.trees, ...b.others.trees]),
    },
    transcripts: [...a.transcripts, ...b.transcripts],
    walks: [...a.walks, ...b.walks],
    ref: a.ref,
  };
}
