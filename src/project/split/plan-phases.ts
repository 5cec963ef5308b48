import type { Phase, ProgressEvent } from '../../checkpoint/progress.ts';

/** What a plan that projects V1's history goes through, after it has read the refs. */
const PROJECTING: readonly Phase[] = ['walk history', 'project commits', 'survey checkpoints', 'build generations'];
/** What a plan on top of a V2 that something else wrote goes through. */
const ADDING: readonly Phase[] = ['project commits', 'compare coverage', 'build generations', 'survey checkpoints'];

/** Says which phases are to come. */
export function phasesToCome(kind: 'projecting' | 'adding'): ProgressEvent {
  return { kind: 'phases', phases: kind === 'projecting' ? PROJECTING : ADDING };
}
