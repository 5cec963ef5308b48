import type { WalkedCommit } from '../../git/repository.ts';
import { type BackfillOptions, backfill } from '../backfill.ts';
import type { ProjectedRoot, Projection } from '../projection.ts';
import { assertNotPromised } from '../promised-metadata.ts';
import type { PlanContext } from './plan-context.ts';

/** The commits to project, parents before children, and the images of those before them, to which theirs are added. */
export interface CommitsToProject {
  readonly projection: Projection;
  readonly commits: readonly WalkedCommit[];
  readonly images: BackfillOptions['images'];
  /** Called for each commit, in their order. */
  readonly onRoot?: (commit: WalkedCommit, root: ProjectedRoot) => void;
}

/**
 * Projects V1 commits onto `main`, with progress. Returns the root of V1's tip; `undefined` where that is not among them. Throws where
 * a summary is only promised, since what follows from it would not be what other clones get.
 */
export async function projectCommits(
  { repo, v1, writer, onEvent }: PlanContext,
  { projection, commits, images, onRoot }: CommitsToProject,
): Promise<ProjectedRoot | undefined> {
  let tip: ProjectedRoot | undefined;
  const total = commits.length;
  onEvent({ kind: 'phase', phase: 'project commits', total });
  await backfill({
    repo,
    projection,
    sink: writer,
    commits,
    images,
    onCommit: (commit, root, done) => {
      onRoot?.(commit, root);
      if (commit.id === v1.id) tip = root;
      onEvent({ kind: 'progress', phase: 'project commits', done, total });
    },
  });
  await assertNotPromised(repo, projection.absentSummaries);
  return tip;
}
