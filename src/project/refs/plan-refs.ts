import { type CheckpointId, shardPath } from '../../checkpoint/checkpoint-id.ts';
import { addTrailer, SOURCE_TIP_TRAILER } from '../../checkpoint/commit-message.ts';
import { type ParsedCommit, parseCommit, serializeCommit } from '../../git/commit.ts';
import { BadObjectError } from '../../git/errors.ts';
import type { ObjectId } from '../../git/object-id.ts';
import type { ObjectSink, Ref, RefUpdate, Repository } from '../../git/repository.ts';
import { checkpointRef, REST_REF } from '../../layout/ref-names.ts';
import { commitImage } from '../commit-image.ts';
import { readCommit } from '../relation.ts';
import { CheckpointTrees } from './checkpoint-trees.ts';
import { histories, type RefCommit, readRefCommits } from './ref-tips.ts';
import { projectRefsHistory, type RefsBase, UnknownImageError } from './refs-history.ts';
import { readTipTree, type TipTree } from './tip-tree.ts';

/** What there is before a projection of V1 onto git-refs. */
export interface RefsSource {
  readonly repo: Repository;
  /** Takes the objects that the refs need. */
  readonly sink: ObjectSink;
  readonly v1: Ref;
  /** The checkpoints' refs. */
  readonly refs: ReadonlyMap<CheckpointId, ObjectId>;
  /** The commit of `REST_REF`. */
  readonly rest: ObjectId | undefined;
  /** Checkpoints that were deleted here, and stay away. */
  readonly deleted: ReadonlySet<CheckpointId>;
  /** True: the commit of what lies outside of checkpoints is made too. */
  readonly withRest: boolean;
  /** True: what earlier runs have made is not built on. */
  readonly isAfresh?: boolean;
  /** Checkpoints that are left to another source. */
  readonly without?: ((id: CheckpointId) => boolean) | undefined;
  readonly onCommits?: ((done: number, total: number) => void) | undefined;
}

/** What becomes of a checkpoint's ref. */
export type RefChange =
  /** There was none. */
  | 'created'
  /** It goes on from what an earlier run made. */
  | 'advanced'
  /** An earlier run made it of another V1: what it was is to be kept as a backup. */
  | 'replaced'
  /** Something else wrote it, and lacks what V1 has: a commit comes on top. */
  | 'added'
  /** Something else wrote it, and what V1 has is in its history. */
  | 'foreign'
  /** It was projected from a newer V1. */
  | 'ahead'
  /** It is what it has to be. */
  | 'same';

/** What is to be done so that git-refs have what V1 has. */
export interface RefsPlan {
  /** `REST_REF`, which says how far V1 was projected, comes last: it may move only when all others have moved. */
  readonly updates: readonly RefUpdate[];
  readonly changes: ReadonlyMap<CheckpointId, RefChange>;
  /** Checkpoints of V1 that were deleted here and stay away. */
  readonly deleted: readonly CheckpointId[];
  /** V1 commits that were projected. */
  readonly commits: number;
  readonly absentSummaries: ReadonlyMap<ObjectId, string>;
  readonly unheldNumbers: ReadonlyMap<CheckpointId, readonly string[]>;
}

/**
 * Plans how git-refs get what V1 has: each checkpoint at V1's tip a ref, with V1's history of it. Goes on from what an earlier run
 * has made where that is all there, and projects all of the history where it is not. Writes to `sink` alone. Throws
 * `BadObjectError` where an object of V1 that is needed is absent, `ShallowHistoryError` where the history was cut off.
 */
export async function planRefs(source: RefsSource): Promise<RefsPlan> {
  return new RefsPlanner(source).plan();
}

/** What V1's history has become. */
interface Images {
  /** Of the checkpoints at V1's tip. */
  readonly ofTip: ReadonlyMap<CheckpointId, ObjectId>;
  /** The commits that were made, with their parents. */
  readonly made: ReadonlyMap<ObjectId, readonly ObjectId[]>;
}

class RefsPlanner {
  readonly #source: RefsSource;
  readonly #trees: CheckpointTrees;
  readonly #changes = new Map<CheckpointId, RefChange>();
  readonly #updates: RefUpdate[] = [];
  /** Refs were projected from a newer V1 than this one. */
  #isBehind = false;
  #commits = 0;

  constructor(source: RefsSource) {
    this.#source = source;
    this.#trees = new CheckpointTrees(source.repo, source.sink);
  }

  async plan(): Promise<RefsPlan> {
    const { repo, sink, v1, refs, without, deleted, withRest } = this.#source;
    const commit = parseCommit(await readCommit(repo, v1, 'Fetch the branch again'));
    const tip = await readTipTree(repo, sink, commit.tree);
    const wanted = [...tip.folders].filter(([id]) => without?.(id) !== true);
    const isDeleted = (id: CheckpointId) => deleted.has(id) && !refs.has(id);
    const kept = wanted.filter(([id]) => !isDeleted(id));
    await this.#trees.load(kept);
    const tips = await this.#readTips(kept.map(([id]) => id));
    const isForeign = (id: CheckpointId) => tips.has(id) && tips.get(id)?.origin === undefined;
    const own = new Set(kept.flatMap(([id]) => (isForeign(id) ? [] : [id])));
    await this.#judgeOwn(own, tips, await this.#images(tip, tips, own));
    const foreign = [...tips].filter(([id]) => isForeign(id)).map(([id, { id: at }]) => [id, at] as const);
    const treeOf = (id: CheckpointId) => this.#trees.treeOf(id, tip.folders.get(id) as ObjectId);
    await this.#judgeForeign(new Map(foreign), treeOf, commit);
    this.#updates.sort((a, b) => (a.ref < b.ref ? -1 : 1));
    return {
      updates: [...this.#updates, ...(withRest ? this.#restUpdate(commit, tip) : [])],
      changes: this.#changes,
      deleted: wanted.flatMap(([id]) => (isDeleted(id) ? [id] : [])),
      commits: this.#commits,
      absentSummaries: this.#trees.absentSummaries,
      unheldNumbers: this.#trees.unheldNumbers,
    };
  }

  /** The commits that the checkpoints' refs are at, for those that have one. */
  async #readTips(ids: readonly CheckpointId[]): Promise<ReadonlyMap<CheckpointId, RefCommit>> {
    const { repo, refs } = this.#source;
    const there = ids.filter((id) => refs.has(id));
    const at = there.map((id) => refs.get(id) as ObjectId);
    const commits = await readRefCommits(repo, at);
    return new Map(there.map((id, i) => [id, commits[i] as RefCommit]));
  }

  /** The images at V1's tip of the checkpoints whose refs are ours or are to be made. */
  async #images(
    tip: TipTree,
    tips: ReadonlyMap<CheckpointId, RefCommit>,
    own: ReadonlySet<CheckpointId>,
  ): Promise<Images> {
    const base = await this.#knownBase();
    const since = base === undefined ? undefined : await this.#imagesSince({ commit: base, tips }, tip, own);
    const images = since ?? (await this.#project(own, undefined));
    for (const id of own) if (!images.ofTip.has(id)) throw folderTwice(id, this.#source.v1);
    return images;
  }

  /** The V1 commit that an earlier run ended at, where V1 goes on from there. */
  async #knownBase(): Promise<ObjectId | undefined> {
    const { repo, rest, v1, isAfresh } = this.#source;
    if (rest === undefined) return undefined;
    const [commit] = await readRefCommits(repo, [rest]);
    const origin = commit?.origin;
    if (origin === undefined) return undefined;
    if (origin === v1.id || (await repo.isAncestor(origin, v1.id))) return isAfresh ? undefined : origin;
    this.#isBehind = await repo.isAncestor(v1.id, origin);
    return undefined;
  }

  /** `undefined` where what is there is not all that an earlier run has made, or not enough to go on from. */
  async #imagesSince(base: RefsBase, tip: TipTree, own: ReadonlySet<CheckpointId>): Promise<Images | undefined> {
    try {
      const { ofTip, made } = await this.#project(own, base);
      const images = new Map<CheckpointId, ObjectId>();
      for (const id of own) {
        const there = base.tips.get(id);
        const isSame = there?.tree === this.#trees.treeOf(id, tip.folders.get(id) as ObjectId);
        const image = ofTip.get(id) ?? (isSame ? there?.id : undefined);
        if (image === undefined) return undefined;
        images.set(id, image);
      }
      return { ofTip: images, made };
    } catch (error) {
      if (error instanceof UnknownImageError) return undefined;
      throw error;
    }
  }

  async #project(own: ReadonlySet<CheckpointId>, base: RefsBase | undefined): Promise<Images> {
    const { repo, sink, v1, onCommits } = this.#source;
    const commits = await repo.walk({ tips: [v1.id], exclude: base === undefined ? [] : [base.commit] });
    this.#commits = commits.length;
    const onCommit = (done: number) => onCommits?.(done, commits.length);
    const history = await projectRefsHistory({ repo, sink, trees: this.#trees, commits, base, only: own, onCommit });
    const ofTip = new Map<CheckpointId, ObjectId>();
    for (const [, shard] of history.tip.shards) {
      if (shard.entries === undefined) continue;
      for (const [id, { image }] of shard.held) if (image !== undefined) ofTip.set(id as CheckpointId, image);
    }
    return { ofTip, made: history.images };
  }

  async #judgeOwn(
    own: Iterable<CheckpointId>,
    tips: ReadonlyMap<CheckpointId, RefCommit>,
    images: Images,
  ): Promise<void> {
    const others = new Map<CheckpointId, ObjectId>();
    const imageOf = (id: CheckpointId) => images.ofTip.get(id) as ObjectId;
    for (const id of own) {
      const there = tips.get(id);
      if (there === undefined) this.#move(id, 'created', null, imageOf(id));
      else if (there.id === imageOf(id)) this.#changes.set(id, 'same');
      else if (comesFrom(there.id, imageOf(id), images.made)) this.#move(id, 'advanced', there.id, imageOf(id));
      else others.set(id, there.id);
    }
    const isImage = (id: CheckpointId, commit: RefCommit) => commit.id === imageOf(id);
    const ahead = await histories(this.#source.repo, others, isImage, ({ parents }) => parents);
    for (const [id, old] of others) {
      if (ahead.has(id)) this.#changes.set(id, 'ahead');
      else this.#move(id, 'replaced', old, imageOf(id));
    }
  }

  /** What something else wrote stays where V1's tree is in its first-parent history; else that tree comes on top. */
  async #judgeForeign(
    tips: ReadonlyMap<CheckpointId, ObjectId>,
    treeOf: (id: CheckpointId) => ObjectId,
    v1: ParsedCommit,
  ) {
    const isThere = (id: CheckpointId, commit: RefCommit) => commit.tree === treeOf(id);
    const complete = await histories(this.#source.repo, tips, isThere, ({ parents }) => parents.slice(0, 1));
    for (const [id, old] of tips) {
      if (complete.has(id)) {
        this.#changes.set(id, 'foreign');
        continue;
      }
      const { headers } = commitImage(this.#source.v1.id, v1, v1.tree, []);
      const message = addTrailer(`Add what V1 has of checkpoint ${id}\n`, SOURCE_TIP_TRAILER, this.#source.v1.id);
      const commit = serializeCommit({ tree: treeOf(id), parents: [old], headers, message });
      this.#move(id, 'added', old, this.#source.sink.add('commit', commit));
    }
  }

  #move(id: CheckpointId, change: RefChange, old: ObjectId | null, now: ObjectId): void {
    this.#changes.set(id, change);
    this.#updates.push({ ref: checkpointRef(id), old, new: now });
  }

  #restUpdate(v1: ParsedCommit, tip: TipTree): RefUpdate[] {
    const { sink, rest } = this.#source;
    if (this.#isBehind) return [];
    const commit = sink.add('commit', serializeCommit(commitImage(this.#source.v1.id, v1, tip.rest, [])));
    return commit === rest ? [] : [{ ref: REST_REF, old: rest ?? null, new: commit }];
  }
}

/** A history follows one folder of a name: what the other one holds would get no ref. */
function folderTwice(id: CheckpointId, { name, id: commit }: Ref): BadObjectError {
  const [shard] = shardPath(id).split('/');
  return new BadObjectError(commit, `the folder ${shard}, with checkpoint ${id}, stands twice in the tree of ${name}`, [
    'Look at both: ',
    ['git', 'ls-tree', name],
    '. A commit with one folder that holds what both do mends it.',
  ]);
}

/** True where one commit leads to another by way of commits that were made just now. */
function comesFrom(past: ObjectId, commit: ObjectId, made: Images['made']): boolean {
  const waiting = [commit];
  const seen = new Set(waiting);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next === past) return true;
    for (const parent of made.get(next) ?? []) if (!seen.has(parent)) waiting.push(parent);
    for (const parent of made.get(next) ?? []) seen.add(parent);
  }
  return false;
}
