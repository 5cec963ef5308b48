import { brokenRef, type GitError, RefConflictError, RefLockedError, RefNameConflictError } from '../errors.ts';
import { toObjectId } from '../object-id.ts';
import type { Ref, RefUpdate } from '../repository.ts';
import { type GitProgram, GitProgramError } from './program.ts';

/** All refs that a prefix or name matches, as `Repository.listRefs` says. */
export async function listRefs(git: GitProgram, prefixes: readonly string[]): Promise<Ref[]> {
  const { stdout, stderr } = await git.run(['for-each-ref', '--format=%(objectname) %(refname)', ...prefixes]);
  // for-each-ref leaves a ref that can't be read out of its list with no more than a warning.
  const broken = /ignoring broken ref (\S+)/.exec(stderr);
  if (broken?.[1] !== undefined) throw brokenRef(broken[1], "git can't read it");
  const lines = stdout.toString('utf8').split('\n').filter(Boolean);
  return lines.map((line) => {
    const space = line.indexOf(' ');
    return { id: toObjectId(line.slice(0, space)), name: line.slice(space + 1) };
  });
}

/**
 * One `update-ref --stdin` transaction, where refs are not files. The process gets its own process group: once git has taken the locks, an interrupt
 * of the terminal must not end it between two renames. Where this program dies, git sees the end of its input and drops
 * the transaction together with its locks.
 */
export async function updateByGit(git: GitProgram, updates: readonly RefUpdate[], message: string): Promise<void> {
  if (updates.length === 0) return;
  const input = ['start\0', ...updates.map(instruction), 'prepare\0', 'commit\0'].join('');
  try {
    await git.run(['update-ref', '-m', message, '--stdin', '-z'], { input: [input], detached: true, outlives: true });
  } catch (error) {
    throw error instanceof GitProgramError ? await explain(git, updates, error) : error;
  }
}

function instruction(update: RefUpdate): string {
  const { ref, old, new: next } = update;
  if (next === null) return old === null ? `verify ${ref}\0\0` : `delete ${ref}\0${old}\0`;
  return old === null ? `create ${ref}\0${next}\0` : `update ${ref}\0${next}\0${old}\0`;
}

/** Says what made a transaction fail, by looking at the refs again: git's own words differ between versions. */
async function explain(git: GitProgram, updates: readonly RefUpdate[], error: GitProgramError): Promise<GitError> {
  const names = updates.map((update) => update.ref);
  const now = new Map((await listRefs(git, names)).map((ref) => [ref.name, ref.id]));
  for (const { ref, old } of updates) {
    const actual = now.get(ref) ?? null;
    if (actual !== old) return new RefConflictError(ref, old, actual);
  }
  const refOf = /cannot lock ref '([^']+)'/.exec(error.stderr)?.[1] ?? names[0] ?? '';
  const nameConflict = /'([^']+)' exists; cannot create '([^']+)'/.exec(error.stderr);
  if (nameConflict?.[1] !== undefined && nameConflict[2] !== undefined) {
    return new RefNameConflictError(nameConflict[2], nameConflict[1]);
  }
  const lock = /Unable to create '([^']+\.lock)': File exists/.exec(error.stderr)?.[1];
  if (lock !== undefined) return new RefLockedError(refOf, lock);
  // The value was another one when git looked and is the expected one again by now.
  const update = updates.find(({ ref }) => ref === refOf);
  if (update !== undefined && /but expected|already exists|unable to resolve reference/.test(error.stderr)) {
    return new RefConflictError(update.ref, update.old, undefined);
  }
  return error;
}
