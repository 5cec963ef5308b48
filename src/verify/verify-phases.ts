import type { Phase, ProgressEvent, ProgressListener } from '../checkpoint/progress.ts';

/** Says what a comparison of all goes through. */
export const COMPARING: ProgressEvent = {
  kind: 'phases',
  phases: ['compare coverage', 'compare generations', 'compare history'],
};

/** What a deep look goes through, beside the comparison. */
const DEEP: readonly Phase[] = ['list objects', 'check transcripts'];

/** Says what a deep look goes through, and says it again behind what the comparison beside it announces. */
export function announcingDeep(onEvent: ProgressListener): ProgressListener {
  onEvent({ kind: 'phases', phases: DEEP });
  return (event) => onEvent(event.kind === 'phases' ? { ...event, phases: [...event.phases, ...DEEP] } : event);
}
