import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import { announcedWrite } from '../../checkpoint/write-subject.ts';
import { commitHeader, isCommit, type ParsedCommit, parseCommit } from '../../git/commit.ts';
import type { ObjectId } from '../../git/object-id.ts';
import type { Repository } from '../../git/repository.ts';

interface Waiting {
  readonly seconds: number;
  readonly commit: ParsedCommit;
}

/**
 * Checkpoints in the order in which they were last written, the newest first, found as far as somebody asks: from each tip in
 * turn the history is followed back, the newest commit first. Those that no commit names come last, by their IDs; so does what
 * lies behind the end of a shallow history.
 */
export class WrittenOrder {
  readonly #found: CheckpointId[] = [];
  readonly #source: AsyncIterator<CheckpointId>;
  #busy: Promise<unknown> = Promise.resolve();

  constructor(repo: Repository, tips: readonly ObjectId[], checkpoints: Iterable<CheckpointId>) {
    this.#source = follow(repo, tips, new Set(checkpoints));
  }

  /** The first `count` checkpoints; fewer only where there are no more. */
  first(count: number): Promise<readonly CheckpointId[]> {
    const turn = this.#busy.then(async () => {
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
  repo: Repository,
  tips: readonly ObjectId[],
  missing: Set<CheckpointId>,
): AsyncGenerator<CheckpointId> {
  for (const tip of tips) {
    const seen = new Set([tip]);
    const waiting = await readCommits(repo, [tip]);
    while (missing.size > 0) {
      const next = waiting.pop();
      if (next === undefined) break;
      const id = announcedWrite(next.commit.message)?.checkpoint;
      if (id !== undefined && missing.delete(id)) yield id;
      const parents = next.commit.parents.filter((parent) => !seen.has(parent));
      for (const parent of parents) seen.add(parent);
      for (const parent of await readCommits(repo, parents)) insert(waiting, parent);
    }
  }
  yield* [...missing].sort();
}

async function readCommits(repo: Repository, ids: readonly ObjectId[]): Promise<Waiting[]> {
  if (ids.length === 0) return [];
  return (await repo.readObjects(ids)).flatMap((object) => {
    if (object?.type !== 'commit' || !isCommit(object.content)) return [];
    const commit = parseCommit(object.content);
    return [{ commit, seconds: Number(/ (\d+) [-+]\d+$/.exec(commitHeader(commit, 'committer') ?? '')?.[1] ?? 0) }];
  });
}

/** Keeps the newest at the end. */
function insert(waiting: Waiting[], next: Waiting): void {
  const at = waiting.findIndex(({ seconds }) => seconds > next.seconds);
  waiting.splice(at < 0 ? waiting.length : at, 0, next);
}
