import { type ObjectId, toObjectId } from '../object-id.ts';
import type { WalkedCommit } from '../repository.ts';
import { type GitProgram, GitProgramError } from './program.ts';

/**
 * Compares trees without those below them, and says of the folders that differ, `:040000 040000 <old> <new> M<tab><name>`, and of those that
 * are gone, `:040000 000000 <old> <zeros> D<tab><name>`. Not `-r`: a tree that contains itself many times over has no end.
 */
const ARGS = ['diff-tree', '--stdin', '--no-renames', '--diff-filter=DM', '--no-abbrev'];
const FOLDER_LINE = /^:040000 0[04]0000 ([0-9a-f]+) ([0-9a-f]+) ([DM])/;

/** What git is asked to compare, as a line of its input, under the header that it answers with; and the commits that this concerns. */
type Questions = Map<string, { readonly line: string; readonly commits: Set<ObjectId> }>;

/** As `Repository.commitsDroppingFolders` says: git compares the trees of a level, then those that differ of the next. */
export async function commitsDroppingFolders(
  git: GitProgram,
  commits: readonly WalkedCommit[],
  levels: number,
): Promise<ReadonlySet<ObjectId>> {
  const dropping = new Set<ObjectId>();
  try {
    const first = commits.flatMap(({ id, parents }) => parents.map((parent) => ({ id, line: `${id} ${parent}` })));
    let questions = new Map(first.map(({ id, line }) => [line, { line, commits: new Set([id]) }]));
    // The header of a commit does not name the parent, and need not: the commit is the same.
    let answered = (header: string) => new Set([toObjectId(header)]);
    for (let level = 0; level < levels && questions.size > 0; level++) {
      questions = await ask(git, questions, { answered, dropping });
      const asked = questions;
      answered = (header) => asked.get(header)?.commits ?? new Set();
    }
  } catch (error) {
    // A tree is absent or damaged, or a commit is not stored yet: which ones are concerned is for whoever reads them to find out.
    if (!(error instanceof GitProgramError)) throw error;
    return new Set(commits.map(({ id }) => id));
  }
  return dropping;
}

/** Adds commits to `dropping`, and returns what there is to ask about the folders that differ. */
async function ask(
  git: GitProgram,
  questions: Questions,
  into: { readonly answered: (header: string) => Set<ObjectId>; readonly dropping: Set<ObjectId> },
): Promise<Questions> {
  const next: Questions = new Map();
  let concerned = new Set<ObjectId>();
  let rest = '';
  const input = [...questions.values()].map(({ line }) => `${line}\n`).join('');
  for await (const chunk of git.stream(ARGS, [input])) {
    const lines = (rest + chunk.toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (!line.startsWith(':')) concerned = into.answered(line);
      const [, old, now, kind] = FOLDER_LINE.exec(line) ?? [];
      const key = `${old} ${now}`;
      if (kind === 'M' && !next.has(key)) next.set(key, { line: key, commits: new Set() });
      for (const id of kind === undefined ? [] : concerned)
        (kind === 'D' ? into.dropping : next.get(key)?.commits)?.add(id);
    }
  }
  return next;
}
