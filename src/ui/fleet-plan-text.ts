import type { PlannedShard } from '../fleet/fleet-plan.ts';
import { alignColumns } from './align-columns.ts';
import { page } from './page.ts';
import { sanitize } from './sanitize.ts';
import { countOf, formatCount } from './words.ts';

/** Names of a shard that are listed; the rest is counted. */
const NAMED = 3;

/** Which repositories each shard has. Ends with a line feed. */
export function fleetPlanText(shards: readonly PlannedShard[]): string {
  const total = shards.reduce((sum, { repositories }) => sum + repositories.length, 0);
  const rows = shards.map(({ shard, repositories }) => {
    const named = repositories.slice(0, NAMED).map(sanitize).join(', ');
    const more = repositories.length - NAMED;
    return [
      `  ${shard}`,
      formatCount(repositories.length),
      more > 0 ? `${named} and ${formatCount(more)} more` : named,
    ];
  });
  return page([
    [`${countOf(total, 'repository', 'repositories')} in ${countOf(shards.length, 'shard')}`],
    alignColumns(rows),
  ]);
}
