import { appendTo } from '../checkpoint/append-to.ts';
import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { plainOfRefsSummary } from '../checkpoint/plain-summary.ts';
import { refsSummary } from '../checkpoint/refs-summary.ts';
import { batches } from '../git/batches.ts';
import { parsedCommit, rootsOfCommits, treesOfCommits } from '../git/commit-trees.ts';
import { idsOf, type ObjectId, type RefName } from '../git/object-id.ts';
import type { Ref, Repository } from '../git/repository.ts';
import { readWholeCheckpoints, type WholePlace } from './checkpoint-view.ts';
import type { CheckpointView, FileEntry, Layout, Scope, View, ViewCommit } from './layout.ts';
import { entriesOutside } from './outside.ts';
import { CHECKPOINTS_PREFIX, checkpointOfRef, checkpointRef, REST_REF } from './ref-names.ts';

/** Git-refs: a ref a checkpoint, whose tree is the checkpoint's folder. What lies in no checkpoint has a ref of its own. */
export const REFS: Layout = {
  name: 'refs',
  hasGenerations: false,
  hasRefPerCheckpoint: true,
  refs: (all) => all.filter(({ name }) => name === REST_REF || checkpointOfRef(name) !== undefined),
  open: (repo, refs) => (refs.length === 0 ? undefined : new RefsView(repo, refs)),
  place: (id, path) => ({ ref: checkpointRef(id), path }),
  fromPlain: (summary, id) => refsSummary(summary, id).content,
  toPlain: plainOfRefsSummary,
};

/** A checkpoint, and its ref. */
interface Owner {
  readonly checkpoint: CheckpointId;
  readonly ref: RefName;
}

/** What git-refs hold. Thousands of refs cost one listing and a few batches of reading, none a process or a round trip. */
class RefsView implements View {
  readonly layout = 'refs';
  readonly refs: readonly Ref[];
  readonly where = CHECKPOINTS_PREFIX;
  readonly #repo: Repository;
  /** In the order of the IDs. */
  readonly #checkpoints: ReadonlyMap<CheckpointId, Ref>;

  constructor(repo: Repository, refs: readonly Ref[]) {
    this.#repo = repo;
    this.refs = refs;
    const found = refs.flatMap((ref): Array<[CheckpointId, Ref]> => {
      const id = checkpointOfRef(ref.name);
      return id === undefined ? [] : [[id, ref]];
    });
    this.#checkpoints = new Map(found.sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  get tips(): readonly ObjectId[] {
    return [...new Set([...this.#checkpoints.values()].map(({ id }) => id))];
  }

  async ids(prefixes?: readonly string[]): Promise<CheckpointId[]> {
    const ids = [...this.#checkpoints.keys()];
    return prefixes === undefined ? ids : ids.filter((id) => prefixes.some((prefix) => id.startsWith(prefix)));
  }

  async folders(scope: Scope = {}): Promise<ReadonlyMap<CheckpointId, ObjectId>> {
    const folders = new Map<CheckpointId, ObjectId>();
    for await (const places of this.#places(scope)) for (const { id, tree } of places) folders.set(id, tree);
    return folders;
  }

  async *checkpoints(scope: Scope = {}): AsyncGenerator<CheckpointView> {
    for await (const places of this.#places(scope)) yield* await readWholeCheckpoints(this.#repo, places);
  }

  /** Where the checkpoints of a scope are, in batches. */
  async *#places({ ids }: Scope): AsyncGenerator<WholePlace[]> {
    const wanted = [...this.#checkpoints].filter(([id]) => ids?.has(id) !== false);
    for (const batch of batches(wanted)) {
      const commits = batch.map(([, { id }]) => id);
      const trees = await treesOfCommits(this.#repo, commits);
      yield batch.map(([id, at], i) => ({ id, at, tree: trees[i] as ObjectId }));
    }
  }

  async *outside(): AsyncGenerator<FileEntry> {
    const rest = this.refs.find(({ name }) => name === REST_REF);
    if (rest === undefined) return;
    const [root = []] = await rootsOfCommits(this.#repo, [rest.id]);
    // As V1 has it: what lies in a shard lies beside checkpoints there.
    for (const { path, entry } of await entriesOutside(this.#repo, root)) {
      yield { path, role: 'outside', mode: entry.mode, id: entry.id, ref: rest.name };
    }
  }

  async *history(since?: ObjectId): AsyncGenerator<ViewCommit> {
    const exclude = since === undefined ? [] : [since];
    const walked = await this.#repo.walk({ tips: this.tips, exclude });
    const owners = this.#owners(walked);
    for (const batch of batches(walked)) {
      const objects = await this.#repo.readObjects(idsOf(batch));
      const commits = batch.map(({ id }, i) => parsedCommit(id, objects[i]));
      const firstParents = batch.flatMap(({ parents: [first] }) => first ?? []);
      const before = await treesOfCommits(this.#repo, firstParents);
      const trees = before.values();
      for (const [i, { id, parents }] of batch.entries()) {
        const commit = commits[i] as (typeof commits)[number];
        const old = parents.length === 0 ? undefined : trees.next().value;
        const own = owners.get(id) ?? [];
        const changes = new Map(old === commit.tree ? [] : own.map(({ checkpoint }) => [checkpoint, commit.tree]));
        yield { id, refs: own.map(({ ref }) => ref), commit, changes };
      }
    }
  }

  /** The checkpoints that each of some commits belongs to: those of its children, and of the refs that are at it. Refs can share commits. */
  #owners(walked: ReadonlyArray<{ readonly id: ObjectId; readonly parents: readonly ObjectId[] }>) {
    const owners = new Map<ObjectId, Owner[]>();
    for (const [checkpoint, { id, name }] of this.#checkpoints) {
      appendTo(owners, id, { checkpoint, ref: name });
    }
    for (const { id, parents } of walked.toReversed()) {
      const own = owners.get(id) ?? [];
      for (const parent of parents) {
        const known = owners.get(parent);
        const isKnown = ({ ref }: Owner) => known?.some((one) => one.ref === ref) === true;
        owners.set(parent, known === undefined ? own : [...known, ...own.filter((one) => !isKnown(one))]);
      }
    }
    return owners;
  }
}
