import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import { CkptError } from '../../checkpoint/errors.ts';
import { GenerationState } from '../../generations/generation-state.ts';
import type { ManifestEntry } from '../../generations/manifest-entry.ts';
import type { GenerationChange } from '../../generations/manifest-update.ts';
import { inCaseOf } from '../../git/in-case-of.ts';
import { generationName } from '../../layout/ref-names.ts';
import type { PlanContext } from './plan-context.ts';

/** What a manifest that is made afresh says of archives that were pruned before. */
export interface KeptPruned {
  readonly changes: readonly GenerationChange[];
  readonly warnings: readonly string[];
}

/**
 * The entries of pruned archives that held what neither V1 nor anything that is carried over gives (`given`): the manifest alone knows
 * that it was there, and under which number the backup has it. One whose number another archive gets (`taken`) is named, and left to the
 * manifest in the backup.
 */
export async function keepPruned(
  { repo, refs }: PlanContext,
  given: ReadonlyMap<CheckpointId, unknown>,
  taken: ReadonlyMap<number, unknown>,
): Promise<KeptPruned> {
  const changes: GenerationChange[] = [];
  const warnings: string[] = [];
  for (const [number, entry] of await readEntries(new GenerationState(repo, refs))) {
    const checkpoints = entry.checkpoints.filter((id) => !given.has(id));
    if (!entry.isPruned || checkpoints.length === 0) continue;
    if (taken.has(number)) {
      const held = checkpoints.join(', ');
      warnings.push(
        `${generationName(number)} is another archive now; the one that was pruned held ${held}, which V1 lacks`,
      );
      continue;
    }
    const { span, tree, restoreCount } = entry;
    changes.push(
      { kind: 'archived', number, span, checkpoints, tree },
      { kind: 'pruned', number },
      { kind: 'noted', number, restoreCount },
    );
  }
  return { changes, warnings };
}

/** None where the manifest can't be read: a rebuild is what replaces it then. */
function readEntries(state: GenerationState): Promise<ReadonlyMap<number, ManifestEntry>> {
  return state.entries().catch(inCaseOf(CkptError, () => new Map()));
}
