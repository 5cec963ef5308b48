import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import type { Repository } from '../../git/repository.ts';
import { listLayoutRefs, openLayout } from '../../layout/layouts.ts';
import { NO_LAYOUT_COUNTS } from '../../project/between/layout-counts.ts';
import { type MadeV1, madeV1 } from '../../project/between/plan-between.ts';
import { type BeforeRun, isAsSeen, type SeenRefs, seenAfter } from '../../project/between/seen-refs.ts';
import { readSeen, rememberSeen } from '../../stores/seen.ts';
import { type MigrateOptions, migrate } from '../migrate.ts';
import type { MigrateResult } from '../migrate-result.ts';

const PAIR = { from: 'refs', to: 'v2' } as const;

/**
 * Brings V2 up to git-refs by way of the V1 that these would be; `undefined` where there are none. Where no ref has moved since the last run,
 * that V1 is the one that it has made: git-refs are not read again.
 */
export async function migrateRefsToV2(
  repo: Repository,
  options: Omit<MigrateOptions, 'source'>,
): Promise<MigrateResult | undefined> {
  const { dryRun = false } = options;
  const before = { refs: await listLayoutRefs(repo), deleted: new Set<CheckpointId>() };
  const seen = await readSeen(repo, PAIR.from, PAIR.to);
  const made = (await madeBefore(repo, before, seen)) ?? (await madeV1(repo, PAIR.from, dryRun));
  if (made === undefined) return undefined;
  const result = await migrate(made.repo, { ...options, source: made.v1 });
  const run = { updates: result.refs, counts: NO_LAYOUT_COUNTS, left: null, madeV1: made.v1.id };
  if (!dryRun) await rememberSeen(repo, PAIR.from, PAIR.to, seenAfter(PAIR, before, run));
  return result;
}

/** The V1 that the last run has made of the same refs, where it is still in the object store. */
async function madeBefore(
  repo: Repository,
  before: BeforeRun,
  seen: SeenRefs | undefined,
): Promise<Pick<MadeV1, 'repo' | 'v1'> | undefined> {
  const view = openLayout(repo, PAIR.from, before.refs);
  if (view === undefined || seen?.madeV1 === undefined || !isAsSeen(seen, PAIR, before)) return undefined;
  const [info] = await repo.objectInfo([seen.madeV1]);
  return info?.type === 'commit' ? { repo, v1: { name: view.where, id: seen.madeV1 } } : undefined;
}
