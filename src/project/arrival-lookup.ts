import { type CheckpointId, shardNames } from '../checkpoint/checkpoint-id.ts';
import { parseCommit } from '../git/commit.ts';
import type { ObjectId } from '../git/object-id.ts';
import { readTrees } from '../git/read-trees.ts';
import type { Repository } from '../git/repository.ts';
import { isTreeMode, type TreeEntry } from '../git/tree.ts';
import { checkpointsIn } from '../layout/checkpoint-list.ts';
import { hashingSink, Projection } from './projection.ts';

/** Commits looked at in one go, from the tip backwards. */
const BATCH = 128;

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
  search: for (let at = 0; at < chain.length; at += BATCH) {
    const present = await lookup.at(chain.slice(at, at + BATCH).map(({ id }) => id));
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

/** Tells which of the wanted checkpoints have something for `full/*` at a commit. Each shard and checkpoint is read once. */
class TranscriptLookup {
  readonly #repo: Repository;
  readonly #wanted: ReadonlySet<CheckpointId>;
  readonly #names: ReadonlySet<string>;
  readonly #projection: Projection;
  readonly #shards = new Map<string, ReadonlyArray<[CheckpointId, ObjectId]>>();

  constructor(repo: Repository, wanted: ReadonlySet<CheckpointId>) {
    this.#repo = repo;
    this.#wanted = wanted;
    this.#names = new Set([...wanted].map((id) => shardNames(id)[0]));
    this.#projection = new Projection(repo, hashingSink(repo.objectFormat));
  }

  /** For each commit the wanted checkpoints that have transcripts in its tree. */
  async at(commits: readonly ObjectId[]): Promise<CheckpointId[][]> {
    const objects = await this.#repo.readObjects(commits);
    const trees = objects.flatMap((object) => (object === undefined ? [] : [parseCommit(object.content).tree]));
    const roots = await readTrees(this.#repo, trees);
    const shardEntries = roots.map((root) =>
      root.filter(({ mode, name }) => isTreeMode(mode) && this.#names.has(name)),
    );
    await this.#loadShards(shardEntries.flat());
    const folders = shardEntries.map((entries) => entries.flatMap(({ name, id }) => this.#shards.get(name + id) ?? []));
    const present: CheckpointId[][] = [];
    for (const list of folders) {
      const projected = await this.#projection.projectCheckpoints(new Map(list));
      present.push([...projected].filter(([, { full }]) => full !== null).map(([id]) => id));
    }
    return present;
  }

  async #loadShards(entries: readonly TreeEntry[]): Promise<void> {
    const unknown = new Map(entries.map((entry) => [entry.name + entry.id, entry]));
    for (const key of this.#shards.keys()) unknown.delete(key);
    const shards = [...unknown.values()];
    const trees = await readTrees(
      this.#repo,
      shards.map(({ id }) => id),
    );
    shards.forEach(({ name, id }, i) => {
      const checkpoints = [...checkpointsIn(name, trees[i] ?? [])];
      this.#shards.set(
        name + id,
        checkpoints.filter(([checkpoint]) => this.#wanted.has(checkpoint)),
      );
    });
  }
}
