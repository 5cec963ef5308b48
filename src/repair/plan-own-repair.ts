import type { ProgressListener } from '../checkpoint/progress.ts';
import { backupOf } from '../generations/backup.ts';
import { parseCommit } from '../git/commit.ts';
import { treeOfCommit } from '../git/commit-trees.ts';
import { emptyTreeId, type ObjectId } from '../git/object-id.ts';
import { ObjectOverlay } from '../git/object-overlay.ts';
import { readTree } from '../git/read-trees.ts';
import type { Ref, RefUpdate, Repository } from '../git/repository.ts';
import type { LayoutRefs } from '../layout/layout-refs.ts';
import { generationNumber, MAIN_REF } from '../layout/ref-names.ts';
import { Projection } from '../project/projection.ts';
import { repairCommit } from '../project/repair-commit.ts';
import { readManifestEntries } from '../verify/check-manifest.ts';
import type { Finding } from '../verify/finding.ts';
import type { RepairPlan } from './plan-repair.ts';
import { type RepairedGenerations, repairGenerations } from './repair-generations.ts';
import type { RepairSources } from './repair-sources.ts';
import { TreeRestorer } from './tree-restorer.ts';
import { ABSENT, KEPT, MALFORMED, NOTHING_OF_IT, type Reason } from './unmended.ts';

/** What a plan is made for. */
export interface RepairContext {
  readonly repo: Repository;
  readonly refs: LayoutRefs & { readonly main: ObjectId; readonly v1: Ref };
  readonly findings: readonly Finding[];
  readonly maxCheckpoints: number;
  readonly onEvent: ProgressListener;
}

/**
 * Plans the repair of our own V2, on top of the V2 that is there: what `main` and the generations should hold follows from the
 * V1 commit `origin` that V2 was projected from.
 */
export async function planOwnRepair(context: RepairContext, origin: ObjectId): Promise<RepairPlan> {
  const { repo, refs, onEvent } = context;
  onEvent({ kind: 'phase', phase: 'project commits', total: 1 });
  const trees = new ObjectOverlay(repo);
  const projection = new Projection(repo, trees);
  const branchTree = await treeOfCommit(repo, origin);
  const [root] = await projection.projectRoots([branchTree]);
  if (root === undefined) throw new Error('V1 was not projected');
  const checkpoints = new Map(projection.checkpoints(root));
  projection.fullTrees.store(trees, checkpoints);
  const [object] = await repo.readObjects([origin]);
  const v1 = {
    id: origin,
    commit: parseCommit(object?.content ?? Buffer.alloc(0)),
    root: await readTree(repo, branchTree),
  };
  const restorer = new TreeRestorer(trees);
  const sources: RepairSources = { ...context, v1, checkpoints, trees, restorer };
  const mainTree = await treeOfCommit(repo, refs.main);
  const sides = { expected: root.main, actual: mainTree, v1: branchTree };
  const restored = (await restorer.restore(MAIN_REF, '', sides)) ?? emptyTreeId(repo.objectFormat);
  onEvent({ kind: 'phase', phase: 'build generations' });
  const told = await readManifestEntries(repo, refs);
  const generations = await repairGenerations(sources, told);
  const updates: RefUpdate[] = [...generations.updates];
  if (restored !== mainTree) {
    const commit = trees.add('commit', repairCommit(origin, v1.commit, restored, refs.main));
    updates.push({ ref: MAIN_REF, old: refs.main, new: commit });
  }
  const writer = repo.objectWriter();
  for (const update of updates) if (update.new !== null) trees.store(update.new, writer);
  const backup = await backupOfReplaced(sources, updates);
  return {
    ...backup,
    updates: [...backup.updates, ...updates],
    writer,
    reasonOf: reasonsOf(sources, generations, updates),
  };
}

/** An archive has no history: one whose content is replaced is kept. `main` and `full/current` have theirs. */
async function backupOfReplaced({ repo, restorer }: RepairSources, updates: readonly RefUpdate[]) {
  const replaced = updates.flatMap(({ ref, old }): Array<[string, ObjectId]> => {
    const isLost = generationNumber(ref) !== undefined && restorer.replaced.has(ref);
    return isLost && old !== null ? [[ref, old]] : [];
  });
  const { prefix, updates: kept, warnings } = await backupOf(repo, new Map(replaced));
  return { backup: prefix, updates: kept, warnings };
}

/** Why findings about our own V2 stay where they mostly do not. */
function reasonsOf(
  { restorer }: RepairSources,
  { doubled }: RepairedGenerations,
  updates: readonly RefUpdate[],
): (finding: Finding) => Reason | undefined {
  const moved = new Set(updates.map(({ ref }) => ref));
  return ({ code, ref = '', path, checkpoint }) => {
    if (code === 'CHECKPOINT_DUPLICATED') return doubled.has(checkpoint as never) ? KEPT : undefined;
    if (code === 'GENERATION_EMPTY') return moved.has(ref) ? undefined : KEPT;
    const isAboutRef = code === 'GENERATION_LOST' || code === 'GENERATION_MISSING' || code === 'GENERATION_UNREADABLE';
    if (isAboutRef || code === 'MANIFEST_UNREADABLE') return moved.has(ref) ? undefined : NOTHING_OF_IT;
    if (code === 'FOLDER_MALFORMED') return moved.has(ref) ? undefined : MALFORMED;
    if (path !== undefined && restorer.isAbsent(ref, path)) return ABSENT;
    return code === 'FILE_MISPLACED' && restorer.hasKept(ref, path) ? KEPT : undefined;
  };
}
