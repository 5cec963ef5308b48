import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import type { CreatedAt, CreatedAtLookup } from '../checkpoint/created-at.ts';
import { type GenerationContent, generationSpan, readGeneration, readSpans } from '../generations/generation.ts';
import { treeOfCommit } from '../git/commit-trees.ts';
import { GitError } from '../git/errors.ts';
import type { ObjectId } from '../git/object-id.ts';
import { readTree } from '../git/read-trees.ts';
import type { Repository } from '../git/repository.ts';
import type { ArchiveRef, LayoutRefs } from '../layout/layout-refs.ts';
import { readCreatedAt } from '../project/created-at.ts';
import type { TimeSource } from './result.ts';

/** An archive with what it holds and how old it is. */
export interface AgedArchive {
  readonly archive: ArchiveRef;
  /** `undefined` where it can't be read. */
  readonly content: GenerationContent | undefined;
  /** `undefined` where no time is known. */
  readonly newest: CreatedAt | undefined;
  readonly newestFrom: TimeSource | undefined;
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
    if (content === undefined) {
      ages.push({ archive, content, ...UNKNOWN });
      continue;
    }
    const [told] = await readSpans(repo, [content]);
    ages.push({ archive, content, ...newestOf(content.checkpoints, told?.newest, onMain) });
  }
  return ages;
}

const UNKNOWN = { newest: undefined, newestFrom: undefined };

/**
 * An archive's newest time, from what its `generation.json` has `told`. `main` is right where that contradicts it. Where `main` does
 * not tell the times of all checkpoints, the later of the two holds: an archive must not look older than it is.
 */
export function newestOf(
  checkpoints: ReadonlyMap<CheckpointId, ObjectId>,
  told: CreatedAt | undefined,
  onMain: CreatedAtLookup,
): Pick<AgedArchive, 'newest' | 'newestFrom'> {
  const { newest } = generationSpan(checkpoints.keys(), onMain);
  if (told === undefined) return newest === undefined ? UNKNOWN : { newest, newestFrom: 'main' };
  const isComplete = [...checkpoints.keys()].every((id) => onMain(id).length > 0);
  const holds =
    newest === undefined ||
    newest.instant === told.instant ||
    checkpoints.size === 0 ||
    (!isComplete && told.instant > newest.instant);
  return holds ? { newest: told, newestFrom: 'generation.json' } : { newest, newestFrom: 'main' };
}

/** The times that `main` tells; none where there is no `main`, or where it can't be read. */
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
