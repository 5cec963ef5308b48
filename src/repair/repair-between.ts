import { CkptError } from '../checkpoint/errors.ts';
import type { ProgressListener } from '../checkpoint/progress.ts';
import { executePlan } from '../git/execute-plan.ts';
import type { RefUpdate, Repository } from '../git/repository.ts';
import { LAYOUT_NAMES } from '../layout/layout-names.ts';
import { listLayoutRefs, openLayout } from '../layout/layouts.ts';
import { planBetween } from '../project/between/plan-between.ts';
import type { Finding } from '../verify/finding.ts';
import type { VerifyReport } from '../verify/report.ts';
import { verify } from '../verify/verify.ts';
import type { LayoutPair } from '../verify/words.ts';
import { type Mend, mendCheckpoints } from './mend-checkpoints.ts';
import type { RepairResult } from './repair-result.ts';
import { type Reason, sortFindings } from './unmended.ts';

/** A pair whose target is V1 or git-refs. */
export interface BetweenPair extends LayoutPair {
  readonly to: 'v1' | 'refs';
}

/** What a run is asked for. */
export interface BetweenRepair {
  readonly dryRun: boolean;
  readonly onEvent: ProgressListener;
}

interface Step {
  readonly updates: readonly RefUpdate[];
  readonly backup: string | null;
  readonly warnings: readonly string[];
}

const STAYS: Reason = {
  reason: 'what the source has does not mend it',
  remedy: 'Look at it: `ckpt diff CHECKPOINT-ID`.',
};

/**
 * Mends V1 or git-refs by what another layout has: first what a migration adds (of git-refs that V1 gives all of it, projected afresh), then
 * the content of checkpoints that both have. Each of the two is one transaction. What is mended is what verify does not find again.
 */
export async function repairBetween(repo: Repository, pair: BetweenPair, run: BetweenRepair): Promise<RepairResult> {
  const before = await verify(repo, { ...pair, onEvent: run.onEvent });
  const toMend = before.findings.filter(({ severity }) => severity !== 'note');
  const steps: Step[] = [];
  if (toMend.length > 0) {
    steps.push(await added(repo, pair, run));
    const isDone = run.dryRun && steps.some(({ updates }) => updates.length > 0);
    // In a dry run what comes on top of commits that are not there can't be said.
    if (!isDone) steps.push(await mended(repo, pair, run));
  }
  const updates = steps.flatMap((step) => step.updates);
  const after = run.dryRun ? undefined : updates.length === 0 ? before : await verify(repo, pair);
  return resultOf(pair, before, { after, updates, steps, dryRun: run.dryRun });
}

async function added(repo: Repository, { from, to }: BetweenPair, { dryRun, onEvent }: BetweenRepair): Promise<Step> {
  const plan = () => planBetween({ repo, dryRun, onEvent, isAfresh: true }, from, to);
  return dryRun ? plan() : executePlan(repo, plan, { message: `ckpt repair: ${from} to ${to}`, onEvent });
}

async function mended(repo: Repository, pair: BetweenPair, { dryRun, onEvent }: BetweenRepair): Promise<Step> {
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
  return dryRun ? plan() : executePlan(repo, plan, { message: `ckpt repair: ${pair.from} to ${pair.to}`, onEvent });
}

interface Outcome {
  readonly after: VerifyReport | undefined;
  readonly updates: readonly RefUpdate[];
  readonly steps: readonly Step[];
  readonly dryRun: boolean;
}

function resultOf(pair: BetweenPair, before: VerifyReport, { after, updates, steps, dryRun }: Outcome): RepairResult {
  const still = new Set(after?.findings.map(keyOf));
  const movesRefs = updates.length > 0;
  const { mended: gone, left } = sortFindings(
    before.findings.map((one) => ({ ...one })),
    (finding) => (still.has(keyOf(finding)) ? STAYS : undefined),
    { movesRefs, isBetween: true },
  );
  const { errors = 0, warnings = 0 } = after?.counts ?? {};
  const isLeft = left.length > 0;
  const status = movesRefs ? (dryRun ? 'planned' : 'repaired') : isLeft ? 'nothing-mended' : 'nothing-to-do';
  return {
    status,
    ...pair,
    v1: before.v1,
    source: before.source,
    mended: gone,
    left,
    refs: updates,
    backup: steps.find(({ backup }) => backup !== null)?.backup ?? null,
    warnings: steps.flatMap((step) => step.warnings),
    isWhole: after === undefined ? left.every(({ finding }) => finding.severity !== 'error') : errors === 0,
    verified:
      after === undefined
        ? null
        : { counts: { errors, warnings }, findings: after.findings.filter(({ severity }) => severity !== 'note') },
    dryRun,
  };
}

function keyOf({ code, ref, path, checkpoint, session, field, commit }: Finding): string {
  return [code, ref, path, checkpoint, session, field, commit].join(' ');
}

/** V2 is mended by V1 alone, from which it follows. */
export function mendsByV1(from: LayoutPair['from']): CkptError {
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
