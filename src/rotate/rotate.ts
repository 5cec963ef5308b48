import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import type { CreatedAtLookup } from '../checkpoint/created-at.ts';
import { CkptError } from '../checkpoint/errors.ts';
import type { ProgressListener } from '../checkpoint/progress.ts';
import { assign, pick } from '../generations/assign.ts';
import { type FullCurrentMode, generationSpan } from '../generations/generation.ts';
import { GenerationState } from '../generations/generation-state.ts';
import { type CurrentSources, heldByCurrent } from '../generations/held-by-current.ts';
import { materialize, type WrittenArchive } from '../generations/materialize.ts';
import { type GenerationSize, generationSize, type SizeRecord } from '../generations/size.ts';
import { orderByTime } from '../generations/times.ts';
import { parseCommit } from '../git/commit.ts';
import { rootOfCommit } from '../git/commit-trees.ts';
import { EXECUTING, executePlan } from '../git/execute-plan.ts';
import { fetchHint } from '../git/fetch-hint.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { readTree } from '../git/read-trees.ts';
import type { ObjectWriter, RefUpdate, Repository } from '../git/repository.ts';
import { CheckpointFolders } from '../layout/checkpoint-folders.ts';
import { foldersAt } from '../layout/checkpoint-walk.ts';
import { readLayoutRefs } from '../layout/layout-refs.ts';
import { CURRENT_REF, generationRef, MAIN_REF } from '../layout/ref-names.ts';
import { arrivalOrderOf } from '../project/arrival-lookup.ts';
import { originOfImage } from '../project/commit-image.ts';
import { readCreatedAtOfEither } from '../project/read-created-at.ts';
import { readCommit } from '../project/relation.ts';
import type { NothingToRotate, RotatedGeneration, RotateResult } from './rotate-result.ts';

/** Options of a rotation. */
export interface RotateOptions {
  /** Checkpoints in a generation. Default: 100. */
  readonly maxCheckpoints?: number;
  /** That size as it is to be recorded, where it is. */
  readonly sizeRecord?: SizeRecord | undefined;
  /** Archives what `full/current` holds though it does not fill a generation. */
  readonly force?: boolean;
  /** Works out what would be done, down to the ids of the refs, and writes nothing. */
  readonly dryRun?: boolean;
  /** How `full/current` is written: in `replace` mode its history counts towards a generation. Default: accumulate. */
  readonly fullCurrentMode?: FullCurrentMode;
  readonly onEvent?: ProgressListener;
}

/** What is to be done: a value without side effects. Its objects wait in `writer`. */
interface RotationPlan {
  readonly reason: NothingToRotate | null;
  readonly archives: readonly WrittenArchive[];
  readonly currentCheckpoints: number;
  readonly updates: readonly RefUpdate[];
  readonly writer?: ObjectWriter;
}

/**
 * Archives `full/current` when it is full: its archives, the reset of `full/current` and the manifest move in one transaction
 * that compares their old values. Where somebody else moved one meanwhile, it reads again and makes a new plan, so that
 * nothing that is written at the same time is lost, and nothing is archived twice.
 */
export async function rotate(repo: Repository, options: RotateOptions = {}): Promise<RotateResult> {
  const { force = false, dryRun = false } = options;
  const size = await generationSize(repo, options);
  const { maxCheckpoints } = size;
  const rotation = new Rotator(repo, { ...options, ...size });
  const plan = dryRun ? await rotation.plan() : await rotation.execute();
  const done = dryRun ? 'planned' : 'rotated';
  return {
    status: plan.updates.length === 0 ? 'nothing-to-do' : done,
    reason: plan.reason,
    maxCheckpoints,
    force,
    generations: plan.archives.map(describe),
    currentCheckpointCount: plan.currentCheckpoints,
    refs: plan.updates,
    dryRun,
  };
}

function describe({ number, commit, checkpoints, span }: WrittenArchive): RotatedGeneration {
  return {
    number,
    ref: generationRef(number),
    commit,
    checkpointCount: checkpoints.length,
    oldest: span.oldest?.text ?? null,
    newest: span.newest?.text ?? null,
  };
}

/** One rotation, over as many attempts as it takes. */
class Rotator {
  readonly #repo: Repository;
  readonly #options: RotateOptions & GenerationSize;
  readonly #max: number;
  /** What `full/current` held when the rotation was asked for. */
  #asked: ReadonlySet<CheckpointId> | undefined;

  constructor(repo: Repository, options: RotateOptions & GenerationSize) {
    this.#repo = repo;
    this.#options = options;
    this.#max = options.maxCheckpoints;
  }

  /** Plans and carries out, again and again until no other process is in between. */
  execute(): Promise<RotationPlan> {
    return executePlan(this.#repo, () => this.plan(), { message: 'ckpt rotate', onEvent: this.#options.onEvent });
  }

  /** Works out what has to be done, down to the ids of the refs. Throws a `CkptError` where there is no `main`. */
  async plan(): Promise<RotationPlan> {
    const [repo, { onEvent, fullCurrentMode = 'accumulate' }] = [this.#repo, this.#options];
    onEvent?.({ kind: 'phase', phase: 'read refs' });
    const state = new GenerationState(repo, await readLayoutRefs(repo));
    const current = await state.current();
    if (current === undefined) return nothing('no-current', 0);
    const { main } = state.refs;
    if (main === undefined) throw await noMain(repo);
    const shown = fullCurrentMode === 'replace' ? await state.history() : current.checkpoints;
    this.#asked ??= new Set(shown.keys());
    const isFull = shown.size >= this.#max;
    if (!isFull && !this.#isForcedOn(shown)) return nothing(shown.size === 0 ? 'empty' : 'not-full', shown.size);
    onEvent?.({ kind: 'phases', phases: ['build generations', ...(this.#options.dryRun === true ? [] : EXECUTING)] });
    onEvent?.({ kind: 'phase', phase: 'build generations' });
    return this.#planArchives(await readSources(repo, state, main, repo.objectWriter()));
  }

  /**
   * Whether what does not fill a generation is archived. In a later attempt only while something is there of what was there
   * in the beginning: another rotation has archived the rest, and what came after it was not meant.
   */
  #isForcedOn(held: ReadonlyMap<CheckpointId, unknown>): boolean {
    return this.#options.force === true && [...held.keys()].some((id) => this.#asked?.has(id));
  }

  async #planArchives(sources: RotationSources): Promise<RotationPlan> {
    const { repo, state, sink } = sources;
    const held = await heldByCurrent(sources);
    const isForced = this.#isForcedOn(held);
    if (held.size < this.#max && !isForced) return nothing(held.size === 0 ? 'empty' : 'not-full', held.size);
    const createdAt = await readCreatedAtOfEither(repo, sources.branchRoot, sources.mainTree, held.keys());
    const assignment = assign({
      arrivals: await arrivalOrder(sources, [...held.keys()], createdAt, this.#max),
      max: this.#max,
      next: await state.nextNumber(),
      isForced,
    });
    const spanOf = (ids: readonly CheckpointId[]) => generationSpan(ids, createdAt);
    const { archives, updates } = await materialize(
      { repo, sink, state, main: state.refs.main, sizeRecord: this.#options.sizeRecord, spanOf },
      {
        archives: [...assignment.archives].map(([number, ids]) => ({ number, checkpoints: pick(held, ids) })),
        current: { checkpoints: pick(held, assignment.current), base: await state.current() },
      },
    );
    return { reason: null, archives, currentCheckpoints: assignment.current.length, updates, writer: sink };
  }
}

/** What a rotation reads. */
interface RotationSources extends CurrentSources {
  readonly sink: ObjectWriter;
  readonly mainTree: ObjectId;
  /** The entries of V1's root tree, where it has the times better than `main` does: other programs have reset them there. */
  readonly branchRoot: Awaited<ReturnType<typeof readTree>>;
}

async function readSources(
  repo: Repository,
  state: GenerationState,
  mainCommit: ObjectId,
  sink: ObjectWriter,
): Promise<RotationSources> {
  const content = await readCommit(repo, { name: MAIN_REF, id: mainCommit }, 'Fetch the V2 refs again');
  const { tree: mainTree } = parseCommit(content);
  const isProjection = originOfImage(parseCommit(content)) !== undefined;
  const { v1 } = state.refs;
  const branchRoot = v1 && !isProjection ? await rootOfCommit(repo, v1.id) : [];
  const main = new CheckpointFolders(repo, mainTree);
  return { repo, state, main, mainTree, isProjection, branchRoot, sink };
}

/**
 * The order in which checkpoints arrived: V1 has it of those that it has; the others, which were written to V2 alone, come
 * after them by the time of their oldest session. What fits into one generation has no need of an order.
 */
async function arrivalOrder(
  { repo, state }: RotationSources,
  checkpoints: readonly CheckpointId[],
  createdAt: CreatedAtLookup,
  maxCheckpoints: number,
): Promise<CheckpointId[]> {
  if (checkpoints.length <= maxCheckpoints) return [...checkpoints];
  const { v1 } = state.refs;
  if (v1 === undefined) return orderByTime(checkpoints, createdAt);
  const root = await rootOfCommit(repo, v1.id);
  const onBranch = await foldersAt(repo, root, checkpoints);
  const rest = checkpoints.filter((id) => !onBranch.has(id));
  return [...(await arrivalOrderOf(repo, v1.id, new Set(onBranch.keys()))), ...orderByTime(rest, createdAt)];
}

function nothing(reason: NothingToRotate, currentCheckpoints: number): RotationPlan {
  return { reason, archives: [], currentCheckpoints, updates: [] };
}

async function noMain(repo: Repository): Promise<CkptError> {
  return new CkptError('V2_WITHOUT_MAIN', `there is ${CURRENT_REF}, but no ${MAIN_REF}, which says its times`, {
    hint: [...(await fetchHint(repo)), '. Or, where V1 is here: ', ['ckpt', 'migrate', '--rebuild']],
  });
}
