import type { LayoutName } from '../layout/layout.ts';
import { isMadeOf } from '../layout/layouts.ts';
import type { Pending, StatusReport } from './status-report.ts';

/** What other software writes between two hooks is a turn's checkpoints. Where more is behind, the hooks do not run. */
const MOST = 20;

/**
 * The layouts that are behind for a moment: hooks keep them in step, the mirror's last run brought all of them up, and little has come
 * since. An agent's turn ends so where its commands run in parallel and the mirror is the first.
 */
export function pendingLayouts(
  { hooks, standings, coverage }: Pick<StatusReport, 'hooks' | 'standings' | 'coverage'>,
  targets: readonly LayoutName[],
): Pending[] {
  const places = [...(hooks?.git?.hooks ?? []), ...(hooks?.agents ?? [])];
  if (hooks?.lastRun?.outcome !== 'ok' || !places.every(({ active }) => active)) return [];
  const source = standings.find(({ isSource }) => isSource)?.layout;
  return targets.flatMap((layout): Pending[] => {
    if (source !== undefined && isMadeOf({ from: source, to: layout })) {
      const { relation = 'none', counts = { commits: 0, checkpoints: 0 } } = coverage ?? {};
      const isBehind = (relation === 'behind' || relation === 'foreign') && isFew(counts.commits);
      return isBehind ? [{ layout, checkpointCount: counts.checkpoints }] : [];
    }
    const behind = standings.find((one) => one.layout === layout && !one.isSecondV1)?.behindCount ?? 0;
    return isFew(behind) ? [{ layout, checkpointCount: behind }] : [];
  });
}

function isFew(count: number | null): boolean {
  return count !== null && count > 0 && count <= MOST;
}
