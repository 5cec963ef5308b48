import { PassThrough } from 'node:stream';
import { batches } from '../batches.ts';
import { idsOf, type ObjectId, toObjectId } from '../object-id.ts';
import type { WalkedCommit } from '../repository.ts';
import { type GitProgram, GitProgramError } from './program.ts';

/**
 * Compares trees without those below them, and says of the folders that differ, `:040000 040000 <old> <new> M<tab><name>`, and of those that
 * are gone, `:040000 000000 <old> <zeros> D<tab><name>`. Not `-r`: a tree that contains itself many times over has no end.
 */
const ARGS = ['diff-tree', '--stdin', '--no-renames', '--diff-filter=DM', '--no-abbrev'];
/** No object id: git says such a line again, and writes out what it has said before. So one git answers level after level. */
const END_OF_LEVEL = 'end-of-level';

/** Commits that one git is asked about. It keeps each tree whose id is in a question: 690 MB for 140,000 commits that write 60,000 checkpoints. */
const AT_ONCE = 5000;
/** How many gits are asked at the same time: comparing is all that they do, each on one processor. */
const SIDE_BY_SIDE = 2;

/** Pairs of ids that git is asked to compare, as lines of its input, and the commits that each concerns. */
type Questions = Map<string, readonly ObjectId[]>;

/** As `Repository.commitsDroppingFolders` says: git compares the trees of a level, then those that differ of the next. */
export async function commitsDroppingFolders(
  git: GitProgram,
  commits: readonly WalkedCommit[],
  levels: number,
): Promise<ReadonlySet<ObjectId>> {
  const dropping = new Set<ObjectId>();
  const left = batches(commits, AT_ONCE);
  const compareLeft = async () => {
    for (const some of left) for (const id of await compareLevels(git, some, levels)) dropping.add(id);
  };
  try {
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, compareLeft));
    return dropping;
  } catch (error) {
    // A tree is absent or damaged, or a commit is not stored yet: which ones are concerned is for whoever reads them to find out.
    if (!(error instanceof GitProgramError)) throw error;
    return new Set(idsOf(commits));
  }
}

async function compareLevels(
  git: GitProgram,
  commits: readonly WalkedCommit[],
  levels: number,
): Promise<ReadonlySet<ObjectId>> {
  const roots: Questions = new Map();
  for (const { id, parents } of commits) for (const parent of parents) roots.set(`${id} ${parent}`, [id]);
  if (roots.size === 0) return new Set();
  const input = new PassThrough();
  const comparison = new LevelComparison(levels, roots, input);
  let rest = '';
  for await (const chunk of git.stream(ARGS, input)) {
    const lines = (rest + chunk.toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) comparison.take(line);
  }
  return comparison.dropping;
}

/** `:<old mode> <new mode> ` of a folder that became another one, or is gone. */
const FOLDER = ':040000 ';
const BEFORE_IDS = ':040000 040000 '.length;

/** Takes git's answers line by line, and asks about the next level when one has been answered. */
class LevelComparison {
  readonly dropping = new Set<ObjectId>();
  readonly #input: PassThrough;
  readonly #levels: number;
  #level = 0;
  #asked: Questions = new Map();
  #next: Questions;
  /** The header of the last comparison. */
  #header = '';

  constructor(levels: number, roots: Questions, input: PassThrough) {
    this.#levels = levels;
    this.#next = roots;
    this.#input = input;
    this.#ask();
  }

  take(line: string): void {
    if (line === END_OF_LEVEL) this.#ask();
    else if (!line.startsWith(':')) this.#header = line;
    else if (line.startsWith(FOLDER)) this.#takeFolder(line);
  }

  #ask(): void {
    if (this.#level === this.#levels || this.#next.size === 0) {
      this.#input.end();
      return;
    }
    this.#level += 1;
    [this.#asked, this.#next] = [this.#next, new Map()];
    this.#input.write([...this.#asked.keys(), END_OF_LEVEL, ''].join('\n'));
  }

  /** `:040000 040000 <old> <new> M<tab><name>`, or `… D`. */
  #takeFolder(line: string): void {
    const end = line.indexOf('\t');
    const concerned = this.#concerned();
    if (line[end - 1] === 'D') {
      for (const id of concerned) this.dropping.add(id);
      return;
    }
    const key = line.slice(BEFORE_IDS, end - 2);
    const known = this.#next.get(key);
    if (known === undefined) this.#next.set(key, concerned);
    else if (concerned.some((id) => !known.includes(id))) this.#next.set(key, [...known, ...concerned]);
  }

  /** The commits that the last header is about: that of a commit does not name the parent, and need not. */
  #concerned(): readonly ObjectId[] {
    return this.#level === 1 ? [toObjectId(this.#header)] : (this.#asked.get(this.#header) ?? []);
  }
}
