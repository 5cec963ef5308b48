import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import type { ParsedCommit } from '../git/commit.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { ObjectOverlay } from '../git/object-overlay.ts';
import type { Repository } from '../git/repository.ts';
import type { TreeEntry } from '../git/tree.ts';
import type { LayoutRefs } from '../layout/layout-refs.ts';
import type { ProjectedCheckpoint } from '../project/projection.ts';
import type { Finding } from '../verify/finding.ts';
import type { TreeRestorer } from './tree-restorer.ts';

/** What a repair of our own V2 works with. */
export interface RepairSources {
  readonly repo: Repository;
  readonly refs: LayoutRefs;
  /** The V1 commit that V2 was projected from: what V1 has got since is a matter of `ckpt migrate`. */
  readonly v1: { readonly id: ObjectId; readonly commit: ParsedCommit; readonly root: readonly TreeEntry[] };
  /** V1's checkpoints there, projected; all their new trees are staged. */
  readonly checkpoints: ReadonlyMap<CheckpointId, ProjectedCheckpoint>;
  readonly trees: ObjectOverlay;
  readonly restorer: TreeRestorer;
  /** What verify has found. */
  readonly findings: readonly Finding[];
  readonly maxCheckpoints: number;
}
