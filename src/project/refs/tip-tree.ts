import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import { emptyTreeId, idsOf, type ObjectId } from '../../git/object-id.ts';
import { readTree, readTrees } from '../../git/read-trees.ts';
import type { ObjectSink, Repository } from '../../git/repository.ts';
import { serializeTree, type TreeEntry } from '../../git/tree.ts';
import { checkpointOfEntry, isShardEntry } from '../../layout/checkpoint-walk.ts';

/** What one V1 tree has: the folders of its checkpoints, and the tree of all that lies outside of them. */
export interface TipTree {
  readonly folders: ReadonlyMap<CheckpointId, ObjectId>;
  readonly rest: ObjectId;
}

/** Reads a V1 root tree down to the checkpoints' folders, which are not looked into. The tree of the rest goes to `sink`. */
export async function readTipTree(repo: Repository, sink: ObjectSink, root: ObjectId): Promise<TipTree> {
  const entries = await readTree(repo, root);
  const shards = entries.filter(isShardEntry);
  const trees = await readTrees(repo, idsOf(shards));
  const contents = new Map(shards.map((shard, i) => [shard, trees[i] ?? []]));
  const folders = new Map<CheckpointId, ObjectId>();
  const rest: TreeEntry[] = [];
  for (const entry of entries) {
    const inShard = contents.get(entry);
    if (inShard === undefined) {
      rest.push(entry);
      continue;
    }
    const others = inShard.filter((inner) => {
      const id = checkpointOfEntry(entry.name, inner);
      if (id !== undefined) folders.set(id, inner.id);
      return id === undefined;
    });
    if (others.length > 0) rest.push({ ...entry, id: sink.add('tree', serializeTree(others)) });
  }
  const isAll = rest.length === 0;
  return { folders, rest: isAll ? emptyTreeId(repo.objectFormat) : sink.add('tree', serializeTree(rest)) };
}
