import { appendTo } from '../checkpoint/append-to.ts';
import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { someOf } from '../checkpoint/some-of.ts';
import { describeCommit, type NamingCommits, readNamingCommits } from '../commits/naming-commits.ts';
import { BadObjectError, GitError } from '../git/errors.ts';
import { inCaseOf } from '../git/in-case-of.ts';
import { idsOf } from '../git/object-id.ts';
import type { Ref, Repository } from '../git/repository.ts';
import type { LostCheckpoint } from '../layout/lost-checkpoints.ts';
import { BACKUP_PREFIX, originOfBackup } from '../layout/ref-names.ts';
import { type Losses, readLosses } from '../project/lost.ts';
import { type Finding, finding } from './finding.ts';
import type { CheckpointScope } from './scope/scope.ts';

/** Checkpoints of one commit that a note names; the rest is counted. */
const MAX_NAMED = 5;

/** What is said of losses. */
export interface LossFindings {
  readonly findings: readonly Finding[];
  /** What deleted a checkpoint, as the end of a sentence; `undefined` where it is not lost. */
  explain(id: string | undefined): string | undefined;
}

/** Nothing is lost. */
export const NO_LOSSES: LossFindings = { findings: [], explain: () => undefined };

/**
 * Looks for what V1's history or a backup has and no layout has any more: all of it, or of a scope the checkpoints that it names. A history that
 * can't be read is the business of other findings.
 */
export async function findLosses(
  repo: Repository,
  refs: readonly Ref[],
  scope?: CheckpointScope,
): Promise<LossFindings> {
  const none = inCaseOf(BadObjectError, (): Losses => ({ lost: [], deleted: [] }));
  const all = await readLosses(repo, refs).catch(none);
  const asked = scope && new Set(scope.ids);
  const isAsked = ({ id }: LostCheckpoint) => asked === undefined || asked.has(id);
  const lost = all.lost.filter(isAsked);
  const deleted = all.deleted.filter(isAsked);
  if (lost.length + deleted.length === 0) return NO_LOSSES;
  // An addition: where these can't be read, none names what is lost.
  const naming = await readNamingCommits(repo).catch(inCaseOf(GitError, (): NamingCommits => new Map()));
  const whole = new Map(lost.flatMap((one) => (one.isWhole ? [[one.id as string, one] as const] : [])));
  return {
    findings: [...checkpointsLost(lost, naming), ...lost.flatMap(sessionsLost), ...deleted.map(deletedOnPurpose)],
    explain(id) {
      const one = whole.get(id ?? '');
      if (one === undefined) return undefined;
      const what =
        one.deletedBy === undefined ? `replaced, and is in the backup ${one.last.name}` : `deleted by ${nameOf(one)}`;
      return `${what}; \`ckpt restore ${one.id}\` brings it back`;
    },
  };
}

/** One note for each commit that deleted checkpoints. */
function checkpointsLost(lost: readonly LostCheckpoint[], naming: NamingCommits): Finding[] {
  const byCommit = new Map<string, LostCheckpoint[]>();
  for (const one of lost.filter(({ isWhole }) => isWhole)) {
    const source = one.deletedBy?.id ?? backupName(one);
    appendTo(byCommit, source, one);
  }
  return [...byCommit.values()].map((group) => {
    const [first] = group as [LostCheckpoint];
    const commit = first.deletedBy === undefined ? {} : { commit: first.deletedBy.id };
    const place = { ref: first.deletedBy === undefined ? backupName(first) : first.last.name, ...commit };
    const by =
      first.deletedBy === undefined ? `the backup ${backupName(first)} has` : `the commit ${nameOf(first)} deleted`;
    if (group.length === 1) {
      const message = `${by} the checkpoint ${first.id}, which no layout has any more; ${namedBy(first.id, naming)}`;
      return finding('CHECKPOINT_LOST', message, { ...place, checkpoint: first.id });
    }
    const ids = someOf(idsOf(group), MAX_NAMED);
    const named = group.filter(({ id }) => naming.has(id)).length;
    const message = `${by} ${group.length} checkpoints that no layout has any more: ${ids}; commits here name ${named === 0 ? 'none' : named} of them`;
    return finding('CHECKPOINT_LOST', message, place);
  });
}

function namedBy(id: CheckpointId, naming: NamingCommits): string {
  const [commit] = naming.get(id) ?? [];
  return commit === undefined ? 'no commit here names it' : `the commit ${commit.commit} names it`;
}

function sessionsLost(one: LostCheckpoint): Finding[] {
  if (one.isWhole) return [];
  return one.sessions.map((session) => {
    const by =
      one.deletedBy === undefined ? `the backup ${one.last.name} alone has` : `the commit ${nameOf(one)} deleted`;
    const message = `${by} the session ${session} of the checkpoint ${one.id}`;
    const commit = one.deletedBy === undefined ? {} : { commit: one.deletedBy.id };
    const place = { ref: one.last.name, ...commit, checkpoint: one.id, session };
    return finding('SESSION_LOST', message, place);
  });
}

function deletedOnPurpose({ id, last }: LostCheckpoint): Finding {
  const message = `the checkpoint ${id} was deleted here on purpose; V1's history or a backup still has it`;
  return finding('CHECKPOINT_DELETED', message, { ref: last.name, checkpoint: id });
}

/** The folder of a backup, with all that was replaced at one moment. */
function backupName({ last }: LostCheckpoint): string {
  const { time } = originOfBackup(last.name) ?? { time: '' };
  return `${BACKUP_PREFIX}${time}/`;
}

/** `<id> (2026-01-31, Ann Example <ann@example.com>)`. */
function nameOf({ deletedBy }: LostCheckpoint): string {
  if (deletedBy === undefined) return 'nothing';
  const { id, commit } = deletedBy;
  const { author, authoredAt } = describeCommit(id, commit);
  return `${id} (${[...(authoredAt === null ? [] : [authoredAt.slice(0, 10)]), author].join(', ')})`;
}
