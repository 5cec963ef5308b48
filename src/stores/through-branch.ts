import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import type { RefUpdate, Repository } from '../git/repository.ts';
import type { LayoutPair } from '../layout/layout.ts';
import { listLayoutRefs, openLayout } from '../layout/layouts.ts';
import { NO_LAYOUT_COUNTS } from '../project/between/layout-counts.ts';
import { type MadeBranch, madeBranch } from '../project/between/plan-between.ts';
import { type BeforeRun, isAsSeen, type SeenRefs, seenAfter } from '../project/between/seen-refs.ts';
import { readSeen, rememberSeen } from './seen.ts';

type Made = Pick<MadeBranch, 'repo' | 'v1'>;

/**
 * The way from another layout to V2, which is projected from V1 alone: the layout becomes a V1 first. That reads all of it, so what the
 * last run has made is kept for the next one.
 */
export class ThroughBranch {
  /** Whether no ref has moved since the last run: V2 is as that run has left it. */
  readonly isAsBefore: boolean;
  readonly #repo: Repository;
  readonly #pair: LayoutPair;
  readonly #before: BeforeRun;
  readonly #seen: SeenRefs | undefined;

  private constructor(repo: Repository, pair: LayoutPair, before: BeforeRun, seen: SeenRefs | undefined) {
    this.#repo = repo;
    this.#pair = pair;
    this.#before = before;
    this.#seen = seen;
    this.isAsBefore = seen !== undefined && isAsSeen(seen, pair, before);
  }

  static async open(repo: Repository, pair: LayoutPair): Promise<ThroughBranch> {
    const before = { refs: await listLayoutRefs(repo), deleted: new Set<CheckpointId>() };
    return new ThroughBranch(repo, pair, before, await readSeen(repo, pair.from, pair.to));
  }

  /** The V1 that the layout is, and the repository to read it in, as `madeBranch` has them; `undefined` where the layout is not here. */
  async v1(dryRun: boolean): Promise<Made | undefined> {
    const kept = await this.#kept();
    if (kept !== undefined) return kept;
    return madeBranch(this.#repo, this.#pair.from, dryRun);
  }

  /** Keeps what a run has made for the next one. Never throws. */
  async remember({ v1 }: Made, updates: readonly RefUpdate[]): Promise<void> {
    const run = { updates, counts: NO_LAYOUT_COUNTS, left: null, madeBranch: v1.id };
    await rememberSeen(this.#repo, this.#pair.from, this.#pair.to, seenAfter(this.#pair, this.#before, run));
  }

  /** The V1 that the last run has made of the same refs, where it is still in the object store. */
  async #kept(): Promise<Made | undefined> {
    const repo = this.#repo;
    const view = openLayout(repo, this.#pair.from, this.#before.refs);
    const id = this.#seen?.madeBranch;
    if (view === undefined || id === undefined || !this.isAsBefore) return undefined;
    const [info] = await repo.objectInfo([id]);
    return info?.type === 'commit' ? { repo, v1: { name: view.where, id } } : undefined;
  }
}
