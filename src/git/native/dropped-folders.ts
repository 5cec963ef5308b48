import { type ObjectId, toObjectId } from '../object-id.ts';
import type { WalkedCommit } from '../repository.ts';
import { type GitProgram, GitProgramError } from './program.ts';

/** Compares trees all the way down, and says of the folders that are gone: `:040000 000000 <id> <zeros> D<tab><path>`. */
const ARGS = ['diff-tree', '--stdin', '-r', '-t', '--no-renames', '--diff-filter=D', '--no-abbrev'];
const GONE = ':040000 ';

/** As `Repository.commitsDroppingFolders` says: git compares the trees, and hands over what is gone alone. */
export async function commitsDroppingFolders(
  git: GitProgram,
  commits: readonly WalkedCommit[],
): Promise<ReadonlySet<ObjectId>> {
  const input = commits.flatMap(({ id, parents }) => parents.map((parent) => `${id} ${parent}\n`));
  if (input.length === 0) return new Set();
  const dropping = new Set<ObjectId>();
  const look = (lines: readonly string[], commit: string): string => {
    let at = commit;
    for (const line of lines) {
      if (!line.startsWith(':')) at = line;
      else if (line.startsWith(GONE)) dropping.add(toObjectId(at));
    }
    return at;
  };
  let commit = '';
  let rest = '';
  try {
    for await (const chunk of git.stream(ARGS, [input.join('')])) {
      const lines = (rest + chunk.toString('latin1')).split('\n');
      rest = lines.pop() ?? '';
      commit = look(lines, commit);
    }
  } catch (error) {
    // A tree is absent or damaged, or a commit is not stored yet: which ones are concerned is for whoever reads them to find out.
    if (!(error instanceof GitProgramError)) throw error;
    return new Set(commits.map(({ id }) => id));
  }
  return dropping;
}
