import { GitError } from '../errors.ts';
import type { ObjectId, ObjectType } from '../object-id.ts';
import type { MeasuredObject, ReachedVisitor } from '../repository.ts';
import { type GitProgram, GitProgramError } from './program.ts';

/** What a walk over objects starts from, and what of it is wanted. */
interface ReachableWalk {
  readonly tips: readonly ObjectId[];
  readonly visit: ReachedVisitor;
  readonly isAbsentOnly: boolean;
  readonly exclude: readonly ObjectId[];
  /** Which of some objects are absent. */
  readonly absentOf: (ids: readonly ObjectId[]) => Promise<ReadonlySet<ObjectId>>;
  /** True where git may not meet an absent object, since it would fetch it. */
  readonly isPartialClone: boolean;
}

/** As `Repository.visitReachable` says, one `git rev-list --objects`, which is read as it prints. */
export async function visitReachable(git: GitProgram, walk: ReachableWalk): Promise<void> {
  const tips = [...new Set(walk.tips)];
  let failure: GitProgramError | undefined;
  try {
    if (!walk.isPartialClone) return await visitFrom(git, tips, walk);
  } catch (error) {
    if (!(error instanceof GitProgramError)) throw error;
    failure = error;
  }
  // rev-list takes no absent object as a tip, and fails before it says anything.
  const absent = await walk.absentOf(tips);
  if (failure !== undefined && absent.size === 0) throw failure;
  for (const id of absent) walk.visit(id, false);
  const here = tips.filter((id) => !absent.has(id));
  const visit: ReachedVisitor = (id, isHere) => {
    if (isHere || !absent.has(id)) walk.visit(id, isHere);
  };
  await visitFrom(git, here, { ...walk, visit });
}

async function visitFrom(
  git: GitProgram,
  tips: readonly ObjectId[],
  { visit, isAbsentOnly, exclude }: Pick<ReachableWalk, 'visit' | 'isAbsentOnly' | 'exclude'>,
): Promise<void> {
  if (tips.length === 0) return;
  // By itself git leaves out what the parents of new commits have, and looks at no other excluded commit.
  const what = exclude.length === 0 ? '--objects' : '--objects-edge-aggressive';
  // Quiet, git says what is absent all the same.
  const args = ['rev-list', what, '--no-object-names', '--missing=print', ...(isAbsentOnly ? ['--quiet'] : [])];
  let rest = '';
  const absent = new Set<string>();
  const linesFor = (some: readonly ObjectId[]) => [...some, ...exclude.map((id) => `^${id}`)].join('\n');
  for await (const chunk of git.stream([...args, '--stdin'], [`${linesFor(tips)}\n`])) {
    const printed = (rest + chunk.toString('latin1')).split('\n');
    rest = printed.pop() ?? '';
    for (const line of printed) {
      if (line.startsWith('-')) continue; // an excluded commit at the edge
      const isHere = !line.startsWith('?');
      const id = (isHere ? line : line.slice(1)) as ObjectId;
      if (!isHere) absent.add(id);
      visit(id, isHere);
    }
  }
  // Git 2.44 and newer names an absent commit like any other object, and goes on; asked for commits alone, each version fails there.
  const here = absent.size === 0 ? [] : tips.filter((id) => !absent.has(id));
  if (here.length > 0) await git.run(['rev-list', '--quiet', '--stdin'], { input: [`${linesFor(here)}\n`] });
}

/** As `Repository.measure` says. Git is not asked for objects that are not here: in a partial clone it would fetch them. */
export async function measureObjects(
  git: GitProgram,
  ids: readonly ObjectId[],
  isHere: (id: ObjectId) => boolean,
): Promise<Array<MeasuredObject | undefined>> {
  const asked = ids.filter(isHere);
  if (asked.length === 0) return ids.map(() => undefined);
  const args = ['cat-file', '--batch-check=%(objectname) %(objecttype) %(objectsize) %(objectsize:disk)', '--buffer'];
  const { stdout } = await git.run(args, { input: [`${asked.join('\n')}\n`] });
  const lines = stdout.toString('latin1').split('\n').values();
  return ids.map((id) => (isHere(id) ? measured(id, lines.next().value ?? '') : undefined));
}

function measured(id: ObjectId, line: string): MeasuredObject | undefined {
  const [name, type, size, diskSize] = line.split(' ');
  if (name === id && type === 'missing') return undefined;
  const object = { type: type as ObjectType, size: Number(size), diskSize: Number(diskSize) };
  if (name === id && !Number.isNaN(object.size + object.diskSize)) return object;
  throw new GitError(`git cat-file gave an answer that can't be read: ${line}`);
}
