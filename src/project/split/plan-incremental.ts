import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import { batches } from '../../git/batches.ts';
import { parseCommit } from '../../git/commit.ts';
import { treeOfCommit } from '../../git/commit-trees.ts';
import { BadObjectError } from '../../git/errors.ts';
import { idsOf, type ObjectId } from '../../git/object-id.ts';
import type { RefUpdate, WalkedCommit } from '../../git/repository.ts';
import { MAIN_REF } from '../../layout/ref-names.ts';
import { originOfImage } from '../commit-image.ts';
import { foldersOf, hashingSink, type ProjectedCheckpoint, Projection } from '../projection.ts';
import { type GenerationNews, type GenerationUpdates, updateGenerations } from './generation-update.ts';
import { type MigrationPlan, type PlanContext, sessionsInSurvey, surveyCheckpoints } from './plan-context.ts';
import { phasesToCome } from './plan-phases.ts';
import { projectCommits } from './project-commits.ts';

/** V2 as an earlier run left it: the V1 commit that it was projected from, and the tip of `main`. */
export interface EarlierRun {
  readonly v1: ObjectId;
  readonly main: ObjectId;
}

/**
 * Plans a later run: only what V1 has got since. Its cost depends on what is new and on one generation, not on how many
 * checkpoints there are.
 */
export async function planIncremental(context: PlanContext, earlier: EarlierRun): Promise<MigrationPlan> {
  const news = await projectNews(context, earlier);
  const changed = [...news.changes].flatMap(
    ([id, checkpoint]): Array<[CheckpointId, ProjectedCheckpoint]> => (checkpoint === null ? [] : [[id, checkpoint]]),
  );
  return planOnTop(context, earlier, { ...news, changed: foldersOf(changed) }, () => updateGenerations(context, news));
}

/** The plan of what comes on top of an earlier run: the checkpoints that changed are surveyed, then the generations are built. */
export async function planOnTop(
  context: PlanContext,
  earlier: EarlierRun,
  { main, commits, changed }: { main: ObjectId; commits: number; changed: ReadonlyMap<CheckpointId, ObjectId> },
  build: () => Promise<GenerationUpdates>,
): Promise<MigrationPlan> {
  const { v1, writer } = context;
  const survey = await surveyCheckpoints(context, changed);
  context.onEvent({ kind: 'phase', phase: 'build generations' });
  const generations = await build();
  const updates: RefUpdate[] = [...generations.updates];
  if (main !== earlier.main) updates.push({ ref: MAIN_REF, old: earlier.main, new: main });
  return {
    status: updates.length === 0 ? 'up-to-date' : 'planned',
    mode: 'incremental',
    v1,
    updates,
    writer,
    counts: {
      commits,
      checkpoints: changed.size,
      sessions: sessionsInSurvey(survey),
      generations: generations.archives,
      changedGenerations: generations.changedArchives,
      currentCheckpoints: generations.currentCheckpoints,
    },
    oddities: survey.oddities,
    backup: null,
    warnings: [],
  };
}

/** What V1 has got since the earlier run. */
interface News extends GenerationNews {
  readonly main: ObjectId;
  readonly commits: number;
}

async function projectNews(context: PlanContext, earlier: EarlierRun): Promise<News> {
  const { repo, v1, writer, onEvent } = context;
  onEvent(phasesToCome('projecting'));
  onEvent({ kind: 'phase', phase: 'walk history' });
  const commits = await repo.walk({ tips: [v1.id], exclude: [earlier.v1] });
  const projection = new Projection(repo, writer);
  const base = await projection.startFrom(await treeOfCommit(repo, earlier.v1), await treeOfCommit(repo, earlier.main));
  const images = await imagesOfParents(context, commits, earlier);
  const tip = (await projectCommits(context, { projection, commits, images })) ?? base;
  const changes = await projection.changes(base, tip);
  const before = await fullBefore(context, projection, changes);
  const full = projection.fullTrees.store(writer, changes);
  return { main: images.get(v1.id) ?? earlier.main, commits: commits.length, tip, changes, full, before };
}

/** What the changed checkpoints had on `full/*` at the base; nothing for a new one. */
async function fullBefore(
  { repo }: PlanContext,
  projection: Projection,
  changes: ReadonlyMap<CheckpointId, unknown>,
): Promise<Map<CheckpointId, ObjectId>> {
  const folders = projection.foldersAtBase(changes.keys());
  const old = await new Projection(repo, hashingSink(repo.objectFormat)).projectCheckpoints(folders);
  return new Map([...old].flatMap(([id, { full }]) => (full ? [[id, full]] : [])));
}

/** The images of the parents of new commits, and of others. Those of commits older than the earlier run's are looked up in V2's history. */
export async function imagesOfParents(
  { repo }: Pick<PlanContext, 'repo'>,
  commits: readonly WalkedCommit[],
  earlier: EarlierRun,
  ...others: readonly ObjectId[]
): Promise<Map<ObjectId, ObjectId>> {
  const images = new Map([[earlier.v1, earlier.main]]);
  const own = new Set(idsOf(commits));
  const parents = [...others, ...commits.flatMap((one) => one.parents)];
  const wanted = new Set(parents.filter((id) => !own.has(id) && !images.has(id)));
  if (wanted.size === 0) return images;
  const history = (await repo.walk({ tips: [earlier.main] })).map(({ id }) => id).reverse();
  for (const batch of batches(history)) {
    if (wanted.size === 0) break;
    const objects = await repo.readObjects(batch);
    batch.forEach((image, i) => {
      const content = objects[i]?.content;
      const origin = content === undefined ? undefined : originOfImage(parseCommit(content));
      if (origin !== undefined && wanted.delete(origin)) images.set(origin, image);
    });
  }
  const [missing] = wanted;
  if (missing !== undefined) {
    throw new BadObjectError(missing, `main has no image of the V1 commit ${missing}`, 'Run: `ckpt migrate --rebuild`');
  }
  return images;
}
