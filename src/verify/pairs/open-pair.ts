import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import type { ProgressListener } from '../../checkpoint/progress.ts';
import type { ObjectId } from '../../git/object-id.ts';
import type { Ref, Repository } from '../../git/repository.ts';
import type { LayoutPair, View } from '../../layout/layout.ts';

/** Two layouts to compare, and what of them. */
export interface PairComparison extends LayoutPair {
  readonly repo: Repository;
  /** All refs that a layout may read. */
  readonly refs: readonly Ref[];
  /** These checkpoints alone; all where `undefined`. */
  readonly ids: readonly CheckpointId[] | undefined;
  readonly onEvent: ProgressListener;
}

/** Both layouts, open, and their checkpoints. */
export interface OpenPair extends PairComparison {
  readonly source: View;
  readonly target: View;
  readonly folders: { readonly source: FoldersById; readonly target: FoldersById };
  readonly deleted: ReadonlySet<CheckpointId>;
}

/** Where each checkpoint's tree is. */
export type FoldersById = ReadonlyMap<CheckpointId, ObjectId>;
