import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import type { CreatedAtLookup } from '../checkpoint/created-at.ts';
import { type GenerationContent, readGeneration, readSpans } from '../generations/generation.ts';
import { type NewestTime, newestOf } from '../generations/newest-time.ts';
import { treeOfCommit } from '../git/commit-trees.ts';
import { GitError } from '../git/errors.ts';
import type { ObjectId } from '../git/object-id.ts';
import { readTree } from '../git/read-trees.ts';
import type { Repository } from '../git/repository.ts';
import type { ArchiveRef, LayoutRefs } from '../layout/layout-refs.ts';
import { readCreatedAt } from '../project/read-created-at.ts';

/** An archive with what it holds and how old it is. */
export interface AgedArchive extends NewestTime {
  readonly archive: ArchiveRef;
  /** `undefined` where it can't be read. */
  readonly content: GenerationContent | undefined;
}

/** Reads all archives and how old they are, from the oldest to the newest. */
export async function readAges(repo: Repository, refs: LayoutRefs): Promise<AgedArchive[]> {
  const contents: Array<GenerationContent | undefined> = [];
  for (const { id } of refs.archives) contents.push(await orUndefined(readGeneration(repo, id)));
  const checkpoints = new Set(contents.flatMap((content) => [...(content?.checkpoints.keys() ?? [])]));
  const onMain = await timesOnMain(repo, refs.main, checkpoints);
  const ages: AgedArchive[] = [];
  for (const [i, archive] of refs.archives.entries()) {
    const content = contents[i];
    const [told] = content === undefined ? [] : await readSpans(repo, [content]);
    ages.push({ archive, content, ...newestOf(content?.checkpoints ?? new Map(), told?.newest, onMain) });
  }
  return ages;
}

/** The times that `main` says; none where there is no `main`, or where it can't be read. */
async function timesOnMain(
  repo: Repository,
  main: ObjectId | undefined,
  checkpoints: ReadonlySet<CheckpointId>,
): Promise<CreatedAtLookup> {
  if (main === undefined) return () => [];
  const reading = treeOfCommit(repo, main).then((tree) => readTree(repo, tree));
  const root = await orUndefined(reading);
  const times = root && (await orUndefined(readCreatedAt(repo, root, checkpoints)));
  return times ?? (() => []);
}

async function orUndefined<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof GitError) return undefined;
    throw error;
  }
}
