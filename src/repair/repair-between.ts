import { CkptError } from '../checkpoint/errors.ts';
import type { ProgressListener } from '../checkpoint/progress.ts';
import { BadObjectError } from '../git/errors.ts';
import { executePlan } from '../git/execute-plan.ts';
import { inCaseOf } from '../git/in-case-of.ts';
import type { RefUpdate, Repository } from '../git/repository.ts';
import type { LayoutPair } from '../layout/layout.ts';
import { LAYOUT_NAMES } from '../layout/layout-names.ts';
import { listLayoutRefs, openLayout } from '../layout/layouts.ts';
import { planBetween } from '../project/between/plan-between.ts';
import type { Finding } from '../verify/finding.ts';
import type { VerifyReport } from '../verify/report.ts';
import { verify } from '../verify/verify.ts';
import { type Mend, mendCheckpoints } from './mend-checkpoints.ts';
import { type RepairedPair, verified } from './repair-result.ts';
import { type BetweenPair, restoreBetween } from './restore-between.ts';
import { type Reason, sortFindings } from './unmended.ts';

interface Step {
  readonly updates: readonly RefUpdate[];
  readonly backup: string | null;
  readonly warnings: readonly string[];
}

const STAYS = 'what the source has does not mend it';
const LOOK = 'Look at it: `ckpt diff CHECKPOINT-ID`.';

/** Without a checkpoint there is nothing to compare: what verify says about the code is left to do. */
function stays({ checkpoint }: Finding): Reason {
  return checkpoint === undefined ? { reason: STAYS } : { reason: STAYS, remedy: LOOK };
}

/**
 * Mends V1 or git-refs by what another layout has: first objects that are gone or damaged, then what a migration adds (of git-refs that V1 gives
 * all of it, projected afresh), then the content of checkpoints that both have. Each of the last two is one transaction. What is mended is what verify does not find again.
 */
export async function repairBetween(
  repo: Repository,
  pair: BetweenPair,
  onEvent: ProgressListener,
): Promise<RepairedPair> {
  const before = await verify(repo, { ...pair, onEvent });
  const toMend = before.findings.filter(({ severity }) => severity !== 'note');
  if (toMend.length === 0) return resultOf(pair, before, before, [], false);
  const hasObjects = await restoreBetween(repo, pair, onEvent);
  const steps = [await added(repo, pair, onEvent).catch(unread), await mended(repo, pair, onEvent).catch(unread)];
  const isChanged = hasObjects || steps.some(({ updates }) => updates.length > 0);
  return resultOf(pair, before, isChanged ? await verify(repo, pair) : before, steps, isChanged);
}

/** On top of what can't be read nothing is planned: verify has named it. */
const unread = inCaseOf(BadObjectError, (): Step => ({ updates: [], backup: null, warnings: [] }));

function added(repo: Repository, { from, to }: BetweenPair, onEvent: ProgressListener): Promise<Step> {
  const plan = () => planBetween({ repo, dryRun: false, onEvent, isAfresh: true }, from, to);
  return executePlan(repo, plan, { message: `ckpt repair: ${from} to ${to}`, onEvent });
}

function mended(repo: Repository, pair: BetweenPair, onEvent: ProgressListener): Promise<Step> {
  const plan = async (): Promise<Mend & Step> => {
    const refs = await listLayoutRefs(repo);
    const [source, target] = [openLayout(repo, pair.from, refs), openLayout(repo, pair.to, refs)];
    const { findings } = await verify(repo, pair);
    const errors = findings.filter(({ severity }) => severity === 'error');
    const isPossible = source !== undefined && target !== undefined && errors.length > 0;
    const mend = isPossible
      ? await mendCheckpoints({ repo, source, target, errors })
      : { updates: [], writer: repo.objectWriter() };
    return { ...mend, backup: null, warnings: [] };
  };
  return executePlan(repo, plan, { message: `ckpt repair: ${pair.from} to ${pair.to}`, onEvent });
}

function resultOf(
  pair: BetweenPair,
  before: VerifyReport,
  after: VerifyReport,
  steps: readonly Step[],
  isChanged: boolean,
): RepairedPair {
  const still = new Set(after.findings.map(keyOf));
  const updates = steps.flatMap((step) => step.updates);
  const { mended: gone, left } = sortFindings(
    before.findings,
    (finding) => (still.has(keyOf(finding)) ? stays(finding) : undefined),
    { movesRefs: isChanged, isBetween: true },
  );
  return {
    status: isChanged ? 'repaired' : left.length > 0 ? 'nothing-mended' : 'nothing-to-do',
    ...pair,
    v1: before.v1,
    source: before.source,
    mended: gone,
    left,
    refs: updates,
    backup: steps.find(({ backup }) => backup !== null)?.backup ?? null,
    warnings: steps.flatMap((step) => step.warnings),
    isWhole: after.counts.errors === 0,
    verified: verified(after),
    dryRun: false,
  };
}

function keyOf({ code, ref, path, checkpoint, session, field, commit }: Finding): string {
  return [code, ref, path, checkpoint, session, field, commit].join(' ');
}

/** V2 is mended by V1 alone, from which it follows. */
export function mendsByBranch(from: LayoutPair['from']): CkptError {
  const message = `V2 is mended by V1, from which it follows, and not by ${LAYOUT_NAMES[from]}`;
  return new CkptError('CANNOT_REPAIR', message, {
    hint: [
      'Bring V1 up first: ',
      ['ckpt', 'migrate', '--from', from, '--to', 'v1'],
      '. Then: ',
      ['ckpt', 'repair', '--from', 'v1', '--to', 'v2'],
    ],
    exitCode: 3,
  });
}
