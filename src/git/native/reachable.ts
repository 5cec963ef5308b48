import { GitError } from '../errors.ts';
import type { ObjectId } from '../object-id.ts';
import type { ObjectInfo, ReachedVisitor } from '../repository.ts';
import type { GitProgram } from './program.ts';

/** As `Repository.visitReachable` says, one `git rev-list --objects`, which is read as it prints. */
export async function visitReachable(
  git: GitProgram,
  objectInfo: (ids: readonly ObjectId[]) => Promise<Array<ObjectInfo | undefined>>,
  tips: readonly ObjectId[],
  visit: ReachedVisitor,
): Promise<void> {
  // rev-list takes no absent object as a tip.
  const all = [...new Set(tips)];
  const infos = await objectInfo(all);
  const here = all.filter((_, i) => infos[i] !== undefined);
  const absent = new Set(all.filter((_, i) => infos[i] === undefined));
  for (const id of absent) visit(id, false);
  if (here.length === 0) return;
  const args = ['rev-list', '--objects', '--no-object-names', '--missing=print', '--stdin'];
  let rest = '';
  for await (const chunk of git.stream(args, [here.map((id) => `${id}\n`).join('')])) {
    const lines = (rest + chunk.toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const isHere = !line.startsWith('?');
      const id = (isHere ? line : line.slice(1)) as ObjectId;
      if (isHere || !absent.has(id)) visit(id, isHere);
    }
  }
}

/** As `Repository.diskSizes` says. Git is not asked for objects that are not here: in a partial clone it would fetch them. */
export async function diskSizes(
  git: GitProgram,
  ids: readonly ObjectId[],
  isHere: (id: ObjectId) => boolean,
): Promise<Array<number | undefined>> {
  const asked = ids.filter(isHere);
  const sizes = new Map<string, number>();
  if (asked.length > 0) {
    const args = ['cat-file', '--batch-check=%(objectname) %(objectsize:disk)', '--buffer'];
    const { stdout } = await git.run(args, { input: [asked.map((id) => `${id}\n`).join('')] });
    for (const line of stdout.toString('latin1').split('\n').filter(Boolean)) {
      const [id = '', size = ''] = line.split(' ');
      if (size === 'missing') continue;
      if (!/^\d+$/.test(size)) throw new GitError(`git cat-file gave an answer that can't be read: ${line}`);
      sizes.set(id, Number(size));
    }
  }
  return ids.map((id) => (isHere(id) ? sizes.get(id) : undefined));
}
