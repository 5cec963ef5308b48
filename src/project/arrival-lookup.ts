import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { COMMITS_AT_ONCE } from '../git/batches.ts';
import { rootsOfCommits } from '../git/commit-trees.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { Repository } from '../git/repository.ts';
import { checkpointFolders, wantedIds } from '../layout/checkpoint-walk.ts';
import { hashingSink, Projection } from './projection.ts';

/**
 * The order in which some checkpoints arrived, as `ArrivalOrder` defines it, found by going back along V1's first-parent
 * chain from its tip until none of them is there any more: the cost depends on how long ago the oldest arrived. Checkpoints
 * that the chain does not have come first.
 */
export async function arrivalOrderOf(
  repo: Repository,
  tip: ObjectId,
  checkpoints: ReadonlySet<CheckpointId>,
): Promise<CheckpointId[]> {
  const chain = (await repo.walk({ tips: [tip], firstParent: true })).reverse();
  const lookup = new TranscriptLookup(repo, checkpoints);
  /** The number of steps back from the tip at which a checkpoint was last met. */
  const steps = new Map<CheckpointId, number>();
  search: for (let at = 0; at < chain.length; at += COMMITS_AT_ONCE) {
    const present = await lookup.at(chain.slice(at, at + COMMITS_AT_ONCE).map(({ id }) => id));
    for (const [i, ids] of present.entries()) {
      if (ids.length === 0) break search;
      for (const id of ids) steps.set(id, at + i);
    }
  }
  const stepsOf = (id: CheckpointId) => steps.get(id) ?? Number.POSITIVE_INFINITY;
  return [...checkpoints].sort((a, b) => {
    if (stepsOf(a) !== stepsOf(b)) return stepsOf(b) > stepsOf(a) ? 1 : -1;
    return a < b ? -1 : 1;
  });
}

/** Says which of the wanted checkpoints have something for `full/*` at a commit. Each shard and checkpoint is read once. */
class TranscriptLookup {
  readonly #repo: Repository;
  readonly #wanted: ReadonlySet<CheckpointId>;
  readonly #projection: Projection;

  constructor(repo: Repository, wanted: ReadonlySet<CheckpointId>) {
    this.#repo = repo;
    this.#wanted = wanted;
    this.#projection = new Projection(repo, hashingSink(repo.objectFormat));
  }

  /** For each commit the wanted checkpoints that have transcripts in its tree. */
  async at(commits: readonly ObjectId[]): Promise<CheckpointId[][]> {
    const roots = await rootsOfCommits(this.#repo, commits);
    const present: CheckpointId[][] = [];
    for (const folders of await checkpointFolders(this.#repo, roots, wantedIds(this.#wanted))) {
      const projected = await this.#projection.projectCheckpoints(folders);
      present.push([...projected].filter(([, { full }]) => full !== null).map(([id]) => id));
    }
    return present;
  }
}
