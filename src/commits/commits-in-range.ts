import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { CkptError } from '../checkpoint/errors.ts';
import { namedCheckpoints } from '../checkpoint/named-checkpoints.ts';
import { parseCommit } from '../git/commit.ts';
import { ShallowHistoryError } from '../git/errors.ts';
import { unshallowHint } from '../git/fetch-hint.ts';
import { idsOf, type ObjectId } from '../git/object-id.ts';
import { readAhead } from '../git/read-ahead.ts';
import type { Repository } from '../git/repository.ts';
import { parseRange } from './commit-range.ts';
import { revisionOf } from './resolve-revision.ts';

/**
 * The commits of a range that a user has written. Throws a `CkptError` where it can't be read, names a revision that is not
 * here, or goes beyond the depth of a shallow clone.
 */
export async function commitsInRange(repo: Repository, text: string): Promise<ObjectId[]> {
  const range = parseRange(text);
  try {
    switch (range.kind) {
      case 'only':
        return [await revisionOf(repo, range.commit)];
      case 'either': {
        const [left, right] = [await revisionOf(repo, range.sides[0]), await revisionOf(repo, range.sides[1])];
        const walked = [
          ...(await repo.walk({ tips: [left], exclude: [right] })),
          ...(await repo.walk({ tips: [right], exclude: [left] })),
        ];
        return idsOf(walked);
      }
      case 'walk': {
        const [tips, exclude] = [await resolveAll(repo, range.tips), await resolveAll(repo, range.exclude)];
        return (await repo.walk({ tips, exclude })).map(({ id }) => id);
      }
    }
  } catch (error) {
    if (!(error instanceof ShallowHistoryError)) throw error;
    throw new CkptError('SHALLOW_HISTORY', `the commits of ${text} are not all here: this is a shallow clone`, {
      hint: await unshallowHint(repo, 'Fetch the rest of the history: '),
      exitCode: 3,
      cause: error,
    });
  }
}

async function resolveAll(repo: Repository, revisions: readonly string[]): Promise<ObjectId[]> {
  const ids: ObjectId[] = [];
  for (const revision of revisions) ids.push(await revisionOf(repo, revision));
  return ids;
}

/** The messages of commits, in latin1. */
export async function* messagesOf(
  repo: Repository,
  commits: readonly ObjectId[],
): AsyncGenerator<{ readonly commit: ObjectId; readonly message: string }> {
  for await (const { objects } of readAhead(repo, commits)) {
    for (const object of objects) {
      if (object !== undefined) yield { commit: object.id, message: parseCommit(object.content).message };
    }
  }
}

/** The checkpoints that the commits of a range name. Throws what `commitsInRange` throws. */
export async function namedInRange(repo: Repository, text: string): Promise<ReadonlySet<CheckpointId>> {
  return namedByCommits(repo, await commitsInRange(repo, text));
}

/** The checkpoints that these commits name, each once, in their order. */
export async function namedByCommits(repo: Repository, commits: readonly ObjectId[]): Promise<Set<CheckpointId>> {
  const ids = new Set<CheckpointId>();
  for await (const { message } of messagesOf(repo, commits)) {
    for (const id of namedCheckpoints(message)) ids.add(id);
  }
  return ids;
}
