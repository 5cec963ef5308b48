import { RefConflictError } from '../errors.ts';
import { inCaseOf } from '../in-case-of.ts';
import { awaitLeft } from '../refs/left-lock.ts';
import { namesAbove } from '../refs/ref-names.ts';
import type { Ref, Repository } from '../repository.ts';
import type { Fetch } from './fetch-aside.ts';
import { GitProgramError } from './program.ts';

/** Git writes each name in full. */
const GLOBAL = ['-c', 'fetch.output=full'];
/** It names all refs that the remote has, also those that don't move. Git before 2.41 has no other form of this (`--porcelain`). */
const OPTIONS = ['--no-prune', '--verbose'];

/** How often it is fetched again: since somebody else moved a copy, a killed fetch has left a lock, or an old copy is in the way of a new one. */
const MOST_TRIES = 5;

/**
 * Fetches where each ref has a lock of its own, which the next one that needs it removes after a kill. For copies that go git would take that of
 * `packed-refs`, which nobody removes then: so git says which refs the remote has, and `Repository.updateRefs` deletes the other copies. They are those of
 * before the fetch: what another one makes meanwhile the remote may have by now.
 */
export async function fetchInPlace(repo: Repository, fetch: Fetch, copies: readonly Ref[]): Promise<void> {
  let here = copies;
  for (let tries = 1; ; tries++) {
    try {
      const { stderr } = await fetch(GLOBAL, OPTIONS, {});
      return await remove(repo, unsaid(here, wordsOf(stderr)));
    } catch (error) {
      if (tries === MOST_TRIES || !(await canGoOn(repo, here, error))) throw error;
      const names = new Set(copies.map(({ name }) => name));
      here = (await repo.listRefs('refs/')).filter(({ name }) => names.has(name));
    }
  }
}

async function canGoOn(repo: Repository, copies: readonly Ref[], error: unknown): Promise<boolean> {
  if (error instanceof RefConflictError) return true;
  const { cause } = error as Error;
  if (!(cause instanceof GitProgramError)) return false;
  const inTheWay = namesakes(copies, wordsOf(cause.stderr));
  if (inTheWay.length === 0) return awaitLeft(cause.stderr, repo.commonDir);
  await remove(repo, inTheWay).catch(inCaseOf(RefConflictError, () => undefined));
  return true;
}

/** What git has said, word by word: no ref has a space in its name. */
function wordsOf(stderr: string): ReadonlySet<string> {
  return new Set(stderr.split(/[ \n]+/));
}

/** The copies that git has not named. It leaves out how some names begin. */
function unsaid(copies: readonly Ref[], said: ReadonlySet<string>): Ref[] {
  const short = (name: string) => name.replace(/^refs\/(?:heads|tags|remotes)\//, '');
  return copies.filter(({ name }) => !said.has(name) && !said.has(short(name)));
}

/** Of them, those whose name is a folder of one that it has named, or the other way round: the remote can't have both. */
function namesakes(copies: readonly Ref[], said: ReadonlySet<string>): Ref[] {
  const folders = new Set([...said].flatMap((name) => (name.startsWith('refs/') ? namesAbove(name) : [])));
  return unsaid(copies, said).filter(({ name }) => folders.has(name) || namesAbove(name).some((one) => said.has(one)));
}

async function remove(repo: Repository, copies: readonly Ref[]): Promise<void> {
  if (copies.length === 0) return;
  await repo.updateRefs(
    copies.map(({ name, id }) => ({ ref: name, old: id, new: null })),
    'fetch',
  );
}
