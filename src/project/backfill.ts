import { ahead } from '../git/ahead.ts';
import { batches, COMMITS_AT_ONCE } from '../git/batches.ts';
import { type ParsedCommit, parseCommit, serializeCommit } from '../git/commit.ts';
import { BadObjectError } from '../git/errors.ts';
import type { IdMap } from '../git/id-table.ts';
import { idsOf, type ObjectId } from '../git/object-id.ts';
import type { GitObject, ObjectSink, Repository, WalkedCommit } from '../git/repository.ts';
import { commitImage } from './commit-image.ts';
import type { ProjectedRoot, Projection } from './projection.ts';

/** What projecting a part of V1's history needs. */
export interface BackfillOptions {
  readonly repo: Repository;
  readonly projection: Projection;
  readonly sink: ObjectSink;
  /** The commits to project, parents before children. */
  readonly commits: readonly WalkedCommit[];
  /** The images of commits projected before; those of `commits` are added. It must have every parent that is not among them. */
  readonly images: Pick<IdMap, 'get' | 'set'>;
  /** Called for each commit, in the order of `commits`. */
  readonly onCommit: (commit: WalkedCommit, root: ProjectedRoot, done: number) => void;
}

/** Projects V1 commits onto `main`, one image for each. */
export async function backfill(options: BackfillOptions): Promise<void> {
  const { repo, projection, sink, commits, images, onCommit } = options;
  let done = 0;
  // Git reads the next commits while these are projected.
  for await (const batch of ahead(readCommits(repo, commits))) {
    const roots = await projection.projectRoots(
      batch.map(({ v1 }) => v1.tree),
      batch.map(({ root }) => root),
    );
    batch.forEach(({ commit, v1 }, i) => {
      const root = roots[i];
      if (root === undefined) return;
      const parents = v1.parents.map((parent) => imageOf(parent, images));
      images.set(commit.id, sink.add('commit', serializeCommit(commitImage(commit.id, v1, root.main, parents))));
      onCommit(commit, root, ++done);
    });
  }
}

/** A commit to project, with its root tree as it was read. */
interface ReadCommit {
  readonly commit: WalkedCommit;
  readonly v1: ParsedCommit;
  readonly root: GitObject | undefined;
}

async function* readCommits(
  repo: Repository,
  commits: readonly WalkedCommit[],
): AsyncGenerator<ReadCommit[], void, undefined> {
  for (const batch of batches(commits, COMMITS_AT_ONCE)) {
    const objects = await repo.readObjects(idsOf(batch));
    const parsed = batch.map(({ id }, i) => parseCommit(assertCommit(id, objects[i])));
    const roots = await repo.readObjects(parsed.map(({ tree }) => tree));
    yield batch.map((commit, i) => ({ commit, v1: parsed[i] as ParsedCommit, root: roots[i] }));
  }
}

function imageOf(v1: ObjectId, images: Pick<IdMap, 'get'>): ObjectId {
  const image = images.get(v1);
  if (image === undefined) throw new BadObjectError(v1, `the V1 commit ${v1} has no image on main`);
  return image;
}

function assertCommit(id: ObjectId, object: GitObject | undefined): Buffer {
  if (object?.type === 'commit') return object.content;
  throw new BadObjectError(
    id,
    `the V1 commit ${id} ${object ? `is a ${object.type}` : 'is absent from the repository'}`,
  );
}
