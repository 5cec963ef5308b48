import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import type { CreatedAtLookup } from '../checkpoint/created-at.ts';
import { type GenerationContent, readGeneration, readSpans } from '../generations/generation.ts';
import { type NewestTime, newestOf } from '../generations/newest-time.ts';
import { rootOfCommit } from '../git/commit-trees.ts';
import { GitError } from '../git/errors.ts';
import { inCaseOf } from '../git/in-case-of.ts';
import type { ObjectId } from '../git/object-id.ts';
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
  for (const { id } of refs.archives) contents.push(await readGeneration(repo, id).catch(orUndefined));
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
  const root = await rootOfCommit(repo, main).catch(orUndefined);
  const times = root && (await readCreatedAt(repo, root, checkpoints).catch(orUndefined));
  return times ?? (() => []);
}

const orUndefined = inCaseOf(GitError, () => undefined);
