import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import { announcedWrite } from '../../checkpoint/write-subject.ts';
import { commitHeader, type ParsedCommit, tryCommit } from '../../git/commit.ts';
import { idsOf, type ObjectId } from '../../git/object-id.ts';
import type { GitObject, Repository } from '../../git/repository.ts';

/** Commits that are read one by one before the rest of the history is read by batches: the first screens need no more. */
const ONE_BY_ONE = 300;
/** Who asks for more further checkpoints than this wants no first screen: batches are read at once. */
const A_FEW = 200;
/** Commits of such a batch. */
const AT_ONCE = 500;

interface Waiting {
  readonly seconds: number;
  readonly commit: ParsedCommit;
}

/**
 * Checkpoints in the order in which they were last written, the newest first, found as far as somebody asks: layout by layout the
 * history is followed back, from all of its tips at once, the newest commit first. Those that no commit names come last, by their IDs; so
 * does what lies behind the end of a shallow history.
 */
export class WrittenOrder {
  readonly #found: CheckpointId[] = [];
  readonly #source: AsyncIterator<CheckpointId>;
  #wanted = 0;
  #busy: Promise<unknown> = Promise.resolve();

  /** `histories`: the tips of each layout. */
  constructor(repo: Repository, histories: ReadonlyArray<readonly ObjectId[]>, checkpoints: Iterable<CheckpointId>) {
    const isFar = () => this.#wanted - this.#found.length > A_FEW;
    const commitsOf = (tips: readonly ObjectId[]) => new CommitsAhead(repo, tips, isFar);
    this.#source = follow(histories, commitsOf, new Set(checkpoints));
  }

  /** The first `count` checkpoints; fewer only where there are no more. */
  first(count: number): Promise<readonly CheckpointId[]> {
    const turn = this.#busy.then(async () => {
      this.#wanted = count;
      while (this.#found.length < count) {
        const { value, done } = await this.#source.next();
        if (done) break;
        this.#found.push(value);
      }
      return this.#found.slice(0, count);
    });
    this.#busy = turn.catch(() => undefined);
    return turn;
  }
}

async function* follow(
  histories: ReadonlyArray<readonly ObjectId[]>,
  commitsOf: (tips: readonly ObjectId[]) => CommitsAhead,
  missing: Set<CheckpointId>,
): AsyncGenerator<CheckpointId> {
  for (const tips of histories) {
    const seen = new Set(tips);
    const commits = commitsOf(tips);
    const waiting = (await commits.read(tips)).sort((a, b) => a.seconds - b.seconds);
    while (missing.size > 0) {
      const next = waiting.pop();
      if (next === undefined) break;
      const id = announcedWrite(next.commit.message)?.checkpoint;
      if (id !== undefined && missing.delete(id)) yield id;
      const parents = next.commit.parents.filter((parent) => !seen.has(parent));
      for (const parent of parents) seen.add(parent);
      for (const parent of await commits.read(parents)) insert(waiting, parent);
    }
  }
  yield* [...missing].sort();
}

/** Reads commits in the order of a history. Whoever goes far back is given them by batches, which is ten times as fast. */
class CommitsAhead {
  readonly #repo: Repository;
  readonly #tips: readonly ObjectId[];
  readonly #ahead = new Map<ObjectId, Waiting | undefined>();
  /** What was read, handed out or not. */
  readonly #seen = new Set<ObjectId>();
  /** All commits of the history, parents first, and where each stands. */
  #history: { readonly ids: readonly ObjectId[]; readonly places: ReadonlyMap<ObjectId, number> } | undefined;
  readonly #isFar: () => boolean;
  #single = 0;

  /** `isFar` says whether somebody waits for many at the moment. */
  constructor(repo: Repository, tips: readonly ObjectId[], isFar: () => boolean) {
    this.#repo = repo;
    this.#tips = tips;
    this.#isFar = isFar;
  }

  /** Those of these that are commits. */
  async read(ids: readonly ObjectId[]): Promise<Waiting[]> {
    const missing = ids.filter((id) => !this.#ahead.has(id));
    if (missing.length > 0) await this.#fill(missing);
    return ids.flatMap((id) => {
      const commit = this.#ahead.get(id);
      this.#ahead.delete(id); // each is asked for once
      return commit ?? [];
    });
  }

  async #fill(missing: readonly ObjectId[]): Promise<void> {
    this.#single += 1;
    if (this.#single >= ONE_BY_ONE || this.#isFar()) this.#history ??= await readHistory(this.#repo, this.#tips);
    const wanted = new Set(missing);
    for (const id of missing) {
      const place = this.#history?.places.get(id) ?? -1;
      const near = this.#history?.ids.slice(Math.max(0, place - AT_ONCE), place) ?? [];
      for (const one of near) if (!this.#seen.has(one)) wanted.add(one);
    }
    const all = [...wanted];
    for (const one of all) this.#seen.add(one);
    for (const [at, object] of (await this.#repo.readObjects(all)).entries()) {
      this.#ahead.set(all[at] as ObjectId, waitingOf(object));
    }
  }
}

/** The commits of these histories; none where a part of it is not here. */
async function readHistory(repo: Repository, tips: readonly ObjectId[]) {
  const ids = await repo.walk({ tips }).then(
    (commits) => idsOf(commits),
    () => [],
  );
  return { ids, places: new Map(ids.map((id, at) => [id, at])) };
}

function waitingOf(object: GitObject | undefined): Waiting | undefined {
  const commit = tryCommit(object);
  return (
    commit && { commit, seconds: Number(/ (\d+) [-+]\d+$/.exec(commitHeader(commit, 'committer') ?? '')?.[1] ?? 0) }
  );
}

/** Keeps the newest at the end. */
function insert(waiting: Waiting[], next: Waiting): void {
  const at = waiting.findIndex(({ seconds }) => seconds > next.seconds);
  waiting.splice(at < 0 ? waiting.length : at, 0, next);
}
