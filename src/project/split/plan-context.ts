import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import type { Oddity } from '../../checkpoint/oddity.ts';
import type { ProgressListener } from '../../checkpoint/progress.ts';
import type { FullCurrentMode } from '../../generations/generation.ts';
import type { GenerationState } from '../../generations/generation-state.ts';
import type { SizeRecord } from '../../generations/size.ts';
import type { ObjectId } from '../../git/object-id.ts';
import type { ObjectWriter, Ref, RefUpdate, Repository } from '../../git/repository.ts';
import type { LayoutRefs } from '../../layout/layout-refs.ts';
import { type BranchSurvey, surveyBranch } from '../../layout/survey.ts';
import type { MigrationCounts, MigrationMode, MigrationStatus } from './outcome.ts';

/** What every way of planning starts from. */
export interface PlanContext {
  readonly repo: Repository;
  readonly refs: LayoutRefs;
  /** The generations as they are; none where V1 is projected afresh. */
  readonly state: GenerationState;
  /** The V1 branch; a plan is only made where there is one. */
  readonly v1: Ref;
  /** Takes the objects that the plan needs; only carrying the plan out flushes it. */
  readonly writer: ObjectWriter;
  /** Checkpoints in a generation, at least 1. */
  readonly maxCheckpoints: number;
  /** That size as it is to be recorded, where it is. */
  readonly sizeRecord?: SizeRecord | undefined;
  /** What a later run makes of `full/current`. A V2 of another writer is always added to. */
  readonly fullCurrentMode: FullCurrentMode;
  readonly onEvent: ProgressListener;
}

/** What is to be done: a value without side effects. Its objects wait in `writer`. */
export interface MigrationPlan {
  readonly status: Exclude<MigrationStatus, 'migrated'>;
  readonly mode: MigrationMode | null;
  readonly v1: Ref | undefined;
  /** In the order in which they should be written: `main`, which says how far V1 was projected, comes last. */
  readonly updates: readonly RefUpdate[];
  readonly writer: ObjectWriter | undefined;
  readonly counts: MigrationCounts;
  readonly oddities: readonly Oddity[];
  readonly backup: string | null;
  readonly warnings: readonly string[];
}

/** Surveys the V1 folders of checkpoints, with progress. */
export function surveyCheckpoints(
  context: PlanContext,
  folders: ReadonlyMap<CheckpointId, ObjectId>,
): Promise<BranchSurvey> {
  const total = folders.size;
  context.onEvent({ kind: 'phase', phase: 'survey checkpoints', total });
  return surveyBranch(context.repo, folders, {
    onProgress: (done) => context.onEvent({ kind: 'progress', phase: 'survey checkpoints', done, total }),
  });
}

/** The number of sessions in a survey. */
export function sessionsInSurvey(survey: BranchSurvey): number {
  let sessions = 0;
  for (const facts of survey.checkpoints.values()) sessions += facts.sessions.length;
  return sessions;
}
