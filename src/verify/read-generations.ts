import { type GenerationContent, readGeneration } from '../generations/generation.ts';
import { type ParsedCommit, parseCommit } from '../git/commit.ts';
import { GitError } from '../git/errors.ts';
import type { RefName } from '../git/object-id.ts';
import type { Ref, Repository } from '../git/repository.ts';
import { generationsOf, type LayoutRefs } from '../layout/layout-refs.ts';
import { generationNumber } from '../layout/ref-names.ts';
import { type Finding, finding } from './finding.ts';

/** A generation that could be read. */
export interface ReadGeneration extends GenerationContent {
  readonly ref: RefName;
  /** `undefined` for `full/current`. */
  readonly number: number | undefined;
  readonly parsedCommit: ParsedCommit;
}

/** The generations that could be read, and findings about those that could not. */
export interface ReadGenerations {
  readonly generations: readonly ReadGeneration[];
  readonly findings: readonly Finding[];
}

/** Reads all generations: `full/current` first, then the archives from newest to oldest, as a reader looks for a transcript. */
export async function readGenerations(repo: Repository, refs: LayoutRefs): Promise<ReadGenerations> {
  const results = await Promise.all(generationsOf(refs).map((ref) => readOrExplain(repo, ref)));
  return {
    generations: results.flatMap((result) => ('tree' in result ? [result] : [])),
    findings: results.flatMap((result) => ('tree' in result ? [] : [result])),
  };
}

async function readOrExplain(repo: Repository, { name, id }: Ref): Promise<ReadGeneration | Finding> {
  try {
    const content = await readGeneration(repo, id);
    const [object] = await repo.readObjects([id]);
    const parsedCommit = parseCommit(object?.content ?? Buffer.alloc(0));
    return { ref: name, number: generationNumber(name), parsedCommit, ...content };
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    return finding('GENERATION_UNREADABLE', `${name} can't be read: ${error.message}`, { ref: name });
  }
}

/** The number that an archive's commit names; `undefined` where its message is another one. */
export function numberNamedBy({ parsedCommit }: ReadGeneration): number | undefined {
  const name = /^Archive generation (\d{13})\n$/.exec(parsedCommit.message)?.[1];
  return name === undefined ? undefined : Number(name);
}
