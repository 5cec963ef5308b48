import { type CheckpointId, parseCheckpointId } from '../../checkpoint/checkpoint-id.ts';
import { CHECKPOINT_TRAILER, checkpointsNamedIn, trailerRules, trailerValues } from '../../checkpoint/trailers.ts';
import { commitsInRange, messagesOf } from '../../commits/commits-in-range.ts';
import type { ObjectId } from '../../git/object-id.ts';
import type { Ref, Repository } from '../../git/repository.ts';
import type { View } from '../../layout/layout.ts';
import { type Finding, finding } from '../finding.ts';
import { checkpointsSince, writtenInView } from './checkpoints-since.ts';

/** What narrows a verification down; several together mean all that one of them names. */
export interface ScopeOptions {
  readonly checkpoints?: readonly CheckpointId[];
  /** A revision of the V1 branch, or a moment: see `parseSince`. */
  readonly since?: string | undefined;
  /** A range of the user's own commits, as `git rev-list` reads it. */
  readonly commits?: string | undefined;
}

/** A checkpoint that a commit of the user names in a trailer. */
export interface NamedCheckpoint {
  readonly commit: ObjectId;
  readonly checkpoint: CheckpointId;
}

/** The checkpoints that a verification is about. */
export interface CheckpointScope {
  readonly ids: readonly CheckpointId[];
  readonly named: readonly NamedCheckpoint[];
  /** Commits of the user whose trailers were read. */
  readonly commits: number;
  /** Trailers that name nothing. */
  readonly findings: readonly Finding[];
}

/**
 * Finds the checkpoints that were asked for; `undefined` where everything was. `v1` where V1 is the source, else `view`. Throws a
 * `CkptError` where that can't be told.
 */
export async function resolveScope(
  repo: Repository,
  v1: Ref | undefined,
  view: View | undefined,
  { checkpoints = [], since, commits }: ScopeOptions,
  now: number,
): Promise<CheckpointScope | undefined> {
  if (checkpoints.length === 0 && since === undefined && commits === undefined) return undefined;
  const range = commits === undefined ? [] : await commitsInRange(repo, commits);
  const recent = since === undefined ? [] : await recentOf(repo, v1, view, since, now);
  const { named, findings } = await readTrailers(repo, range);
  const ids = new Set([...checkpoints, ...recent, ...named.map(({ checkpoint }) => checkpoint)]);
  const nothing = ids.size === 0 ? [nothingNamed(range.length, { since, commits })] : [];
  return { ids: [...ids].sort(), named, commits: range.length, findings: [...findings, ...nothing] };
}

/** What V1 got since; where V1 is not the source, what the layout got that is. */
async function recentOf(repo: Repository, v1: Ref | undefined, view: View | undefined, since: string, now: number) {
  if (v1 !== undefined) return checkpointsSince(repo, v1, since, now);
  return view === undefined ? [] : writtenInView(view, since, now);
}

async function readTrailers(repo: Repository, commits: readonly ObjectId[]) {
  const named: NamedCheckpoint[] = [];
  const findings: Finding[] = [];
  const rules = trailerRules(await repo.configIn('trailer'), await repo.config('core.commentChar'));
  for await (const { commit, message } of messagesOf(repo, commits)) {
    const trailers = trailerValues(message, CHECKPOINT_TRAILER, rules);
    const ids = new Set(
      [...trailers, ...checkpointsNamedIn(message)].flatMap((value) => parseCheckpointId(value) ?? []),
    );
    for (const checkpoint of ids) named.push({ commit, checkpoint });
    // In the middle of a message it may be somebody's sentence.
    const wrong = new Set(trailers.filter((value) => parseCheckpointId(value) === undefined));
    for (const value of wrong) findings.push(notAnId(commit, Buffer.from(value, 'latin1').toString('utf8')));
  }
  return { named, findings };
}

function nothingNamed(count: number, { since, commits }: ScopeOptions): Finding {
  const named =
    count === 1
      ? `the commit of ${commits} names no checkpoint`
      : `none of the ${count} commits of ${commits} names a checkpoint`;
  const parts = [
    ...(commits === undefined ? [] : [named]),
    ...(since === undefined ? [] : [`V1 got nothing since ${since}`]),
  ];
  return finding('NOTHING_COMPARED', `${parts.join('; ')}: nothing was compared`);
}

function notAnId(commit: ObjectId, value: string): Finding {
  const message = `the commit ${commit} has ${CHECKPOINT_TRAILER}: ${value}, which is not a checkpoint ID`;
  return finding('TRAILER_INVALID', message, { commit });
}
