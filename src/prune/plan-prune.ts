import type { ProgressListener } from '../checkpoint/progress.ts';
import { backupOf } from '../generations/backup.ts';
import { GenerationState } from '../generations/generation-state.ts';
import { type GenerationChange, manifestUpdate } from '../generations/manifest-update.ts';
import { ageInSeconds } from '../generations/retention.ts';
import { GitError } from '../git/errors.ts';
import { inCaseOf } from '../git/in-case-of.ts';
import type { ObjectWriter, RefUpdate, Repository } from '../git/repository.ts';
import { readLayoutRefs } from '../layout/layout-refs.ts';
import { type Decision, decide, type PruneRules } from './decide.ts';
import { type Measurement, measure } from './measure.ts';
import type { Freed, PruneArchive } from './prune-result.ts';

/** What a plan is made for. */
export interface PrunePlanOptions extends PruneRules {
  readonly backup: boolean;
  readonly onEvent: ProgressListener;
}

/** What is to be done: a value without side effects. Its objects wait in `writer`. */
export interface PrunePlan {
  readonly isV1Absent: boolean;
  readonly archives: readonly PruneArchive[];
  readonly frees: Freed | null;
  /** The backup, the manifest and the archives' deletion, for one transaction. Empty where no archive goes. */
  readonly updates: readonly RefUpdate[];
  readonly writer: ObjectWriter;
  readonly backup: string | null;
  readonly warnings: readonly string[];
}

/** Looks at all archives and works out which go, what that frees, and which refs move. Nothing is written. */
export async function planPrune(repo: Repository, options: PrunePlanOptions): Promise<PrunePlan> {
  const { onEvent, now } = options;
  onEvent({ kind: 'phase', phase: 'read refs' });
  const refs = await readLayoutRefs(repo);
  onEvent({ kind: 'phase', phase: 'look at archives', total: refs.archives.length });
  const decisions = await decide(repo, refs, options);
  const going = decisions.filter(({ verdict }) => verdict === 'prune').map(({ aged }) => aged.archive);
  const writer = repo.objectWriter();
  const kept = options.backup ? going : [];
  const backup = await backupOf(repo, new Map(kept.map(({ name, id }) => [name, id])), now);
  const pruned = going.map(({ number }): GenerationChange => ({ kind: 'pruned', number }));
  const sources = { repo, sink: writer, state: new GenerationState(repo, refs), main: refs.main };
  const manifest = pruned.length === 0 ? [] : await manifestUpdate(sources, pruned);
  const deletions = going.map(({ name, id }): RefUpdate => ({ ref: name, old: id, new: null }));
  onEvent({ kind: 'phase', phase: 'measure objects' });
  const { measurement, warnings } = await measureAll(repo, decisions);
  return {
    isV1Absent: refs.v1 === undefined,
    archives: decisions.map((decision) => archiveOf(decision, measurement?.each.get(decision) ?? null, now)),
    frees: measurement?.together ?? null,
    updates: [...backup.updates, ...manifest, ...deletions],
    writer,
    backup: backup.prefix,
    warnings: [...backup.warnings, ...warnings],
  };
}

/** What archives free is reported, and decides nothing: where it can't be found out, that is a warning. */
async function measureAll(
  repo: Repository,
  decisions: readonly Decision[],
): Promise<{ measurement: Measurement<Decision> | undefined; warnings: string[] }> {
  const past = decisions.filter(({ verdict }) => verdict !== 'stay');
  const archives = past.map((key) => ({ key, ref: key.aged.archive, goes: key.verdict === 'prune' }));
  return measure(repo, archives).then(
    (measurement) => ({ measurement, warnings: [] }),
    inCaseOf(GitError, ({ message }) => {
      return { measurement: undefined, warnings: [`what this frees can't be told: ${message}`] };
    }),
  );
}

function archiveOf({ aged, verdict, stays, onlyHere }: Decision, frees: Freed | null, now: Date): PruneArchive {
  const { archive, content, newest, newestFrom } = aged;
  return {
    number: archive.number,
    ref: archive.name,
    commit: archive.id,
    checkpointCount: content?.checkpoints.size ?? 0,
    newest: newest?.text ?? null,
    newestFrom: newestFrom ?? null,
    ageSeconds: newest === undefined ? null : ageInSeconds(newest.instant, now),
    verdict,
    stays,
    onlyHere,
    frees,
  };
}
