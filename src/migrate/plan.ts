import { lastTrailer, V1_TIP_TRAILER } from '../checkpoint/commit-message.ts';
import { CkptError } from '../checkpoint/errors.ts';
import { V2_MAIN_REF } from '../checkpoint/layout.ts';
import { type ParsedCommit, parseCommit } from '../git/commit.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { Ref, Repository } from '../git/repository.ts';
import { withBackup } from './backup.ts';
import { originOfImage } from './commit-image.ts';
import { readLayoutRefs } from './layout-refs.ts';
import { planFirst } from './plan-first.ts';
import { planForeign } from './plan-foreign.ts';
import { type EarlierRun, planIncremental } from './plan-incremental.ts';
import type { MigrationPlan, PlanContext } from './planning.ts';
import { type MigrationMode, NO_COUNTS } from './result.ts';

/** What a plan is made for. */
export interface PlanOptions extends Pick<PlanContext, 'maxCheckpoints' | 'onEvent'> {
  /** Projects V1 afresh, whatever V2 is there. The refs that this replaces are kept under `refs/ckpt/backup/`. */
  readonly rebuild: boolean;
}

/**
 * Looks at both layouts and works out what has to be done, down to the ids of the refs. Nothing is written. Throws a
 * `CkptError` where V1 and V2 don't fit together and only the user can say which is right.
 */
export async function planMigration(repo: Repository, options: PlanOptions): Promise<MigrationPlan> {
  options.onEvent({ kind: 'phase', phase: 'read refs' });
  const refs = await readLayoutRefs(repo);
  const { v1 } = refs;
  if (v1 === undefined) return nothingToDo('no-v1', null, undefined);
  await assertCommit(repo, v1);
  const { maxCheckpoints, onEvent } = options;
  const context: PlanContext = { repo, refs, v1, writer: repo.objectWriter(), maxCheckpoints, onEvent };
  if (options.rebuild) return withBackup(await planFirst(context, 'rebuild'), refs);
  if (refs.main === undefined) return planWithoutMain(context);
  const main = await readMain(repo, refs.main);
  const origin = originOfImage(main);
  if (origin === undefined) return planOnForeign(context, main);
  const earlier = { v1: origin, main: refs.main };
  if (origin === v1.id && refs.current !== undefined) return nothingToDo('up-to-date', 'incremental', v1);
  if (await repo.isAncestor(origin, v1.id)) return planIncremental(context, earlier);
  if (await isAhead(repo, earlier, v1)) return nothingToDo('v2-ahead', 'incremental', v1);
  throw new CkptError(
    'V1_REWRITTEN',
    `${v1.name} (${v1.id}) does not contain the commit ${origin} that ${V2_MAIN_REF} was projected from: V1's history was rewritten, or V2 comes from a V1 that is not here`,
    {
      hint: 'If V2 comes from a colleague, fetch and merge their V1 first. If V1 was rewritten, project it afresh: ckpt migrate --rebuild (the old V2 refs are kept under refs/ckpt/backup/)',
    },
  );
}

function nothingToDo(status: MigrationPlan['status'], mode: MigrationMode | null, v1: Ref | undefined): MigrationPlan {
  const none = { updates: [], writer: undefined, counts: NO_COUNTS, oddities: [], backup: null, warnings: [] };
  return { status, mode, v1, ...none };
}

/** A first migration. Generations without a `main` are what an interrupted one leaves, or nobody knows what. */
async function planWithoutMain(context: PlanContext): Promise<MigrationPlan> {
  const plan = await planFirst(context, 'first');
  const clash = plan.updates.find(({ old }) => old !== null);
  if (clash === undefined) return plan;
  throw new CkptError(
    'V2_WITHOUT_MAIN',
    `${clash.ref} exists with other content than V1 gives it, though there is no ${V2_MAIN_REF}`,
    { hint: 'Look at that ref. To replace it: ckpt migrate --rebuild (it is kept under refs/ckpt/backup/)' },
  );
}

async function planOnForeign(context: PlanContext, main: ParsedCommit): Promise<MigrationPlan> {
  const { v1, refs } = context;
  if (lastTrailer(main.message, V1_TIP_TRAILER) === v1.id && refs.current !== undefined) {
    return nothingToDo('up-to-date', 'foreign', v1);
  }
  return planForeign(context);
}

/** True where `main` has an image of V1's tip already: V1 is behind, for example not fetched lately. */
async function isAhead(repo: Repository, earlier: EarlierRun, v1: Ref): Promise<boolean> {
  if (await repo.isAncestor(v1.id, earlier.v1)) return true;
  const history = await repo.walk({ tips: [earlier.main] });
  for (let at = 0; at < history.length; at += HISTORY_BATCH) {
    const objects = await repo.readObjects(history.slice(at, at + HISTORY_BATCH).map(({ id }) => id));
    for (const object of objects) {
      if (object !== undefined && originOfImage(parseCommit(object.content)) === v1.id) return true;
    }
  }
  return false;
}

const HISTORY_BATCH = 512;

async function assertCommit(repo: Repository, ref: Ref): Promise<void> {
  const [info] = await repo.objectInfo([ref.id]);
  if (info?.type === 'commit') return;
  const found = info === undefined ? 'is absent from this repository' : `is a ${info.type}, not a commit`;
  throw new CkptError('BAD_REF', `${ref.name} points at ${ref.id}, which ${found}`, {
    hint: `Fetch the branch again, or point it at a commit: git update-ref ${ref.name} <commit>`,
    exitCode: 3,
  });
}

async function readMain(repo: Repository, id: ObjectId): Promise<ParsedCommit> {
  const [object] = await repo.readObjects([id]);
  if (object?.type === 'commit') return parseCommit(object.content);
  const found = object === undefined ? 'is absent from this repository' : `is a ${object.type}, not a commit`;
  throw new CkptError('BAD_REF', `${V2_MAIN_REF} points at ${id}, which ${found}`, {
    hint: 'Fetch the V2 refs again, or project V1 afresh: ckpt migrate --rebuild',
    exitCode: 3,
  });
}
