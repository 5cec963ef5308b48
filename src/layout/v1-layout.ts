import { shardPath } from '../checkpoint/checkpoint-id.ts';
import { batches } from '../git/batches.ts';
import type { Ref, Repository } from '../git/repository.ts';
import { readWholeCheckpoints } from './checkpoint-view.ts';
import { historyOf } from './history.ts';
import type { Layout, View } from './layout.ts';
import { branchAmong } from './layout-refs.ts';
import { BRANCH_REF, REMOTE_BRANCH_REF } from './ref-names.ts';
import { ShardedRef } from './sharded-ref.ts';

/** V1: one branch, whose tree has every file of every checkpoint. Without a local branch the remote-tracking copy is read. */
export const V1: Layout = {
  name: 'v1',
  hasGenerations: false,
  hasRefPerCheckpoint: false,
  refs(all) {
    const branch = branchAmong(all);
    return branch === undefined ? [] : [branch];
  },
  open: (repo, [branch]) => branch && openBranch(repo, branch),
  place: (id, path) => ({ ref: BRANCH_REF, path: `${shardPath(id)}/${path}` }),
  branch: { copy: REMOTE_BRANCH_REF, firstMessage: 'Initialize metadata branch\n' },
  fromPlain: (summary) => summary,
};

/** Opens a branch in V1's shape, whatever it is called. */
export function openBranch(repo: Repository, branch: Ref): View {
  const sharded = new ShardedRef(repo, branch);
  return {
    layout: 'v1',
    refs: [branch],
    where: branch.name,
    tips: [branch.id],
    ids: (prefixes) => sharded.ids(prefixes),
    folders: ({ ids } = {}) => sharded.foldersOf(ids),
    async *checkpoints({ ids } = {}) {
      for (const batch of batches(await sharded.foldersOf(ids))) {
        const places = batch.map(([id, tree]) => ({ id, at: branch, tree }));
        yield* await readWholeCheckpoints(repo, places);
      }
    },
    async *outside() {
      yield* await sharded.outside();
    },
    history: (since) => historyOf(repo, branch, since),
  };
}
