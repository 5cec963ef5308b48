import { NoSuchLineError } from '../errors.ts';
import { type ObjectId, toObjectId } from '../object-id.ts';
import type { GitProgram } from './program.ts';

/** A line of `git blame --porcelain` that begins what is said of one line: the commit, and the line's numbers before and now. */
const BLAMED = /^([0-9a-f]{40,64}) \d+ \d+(?: \d+)?$/;

/**
 * As `Repository.blame` says. `HEAD` is blamed and not the file in the work tree, which git would pass through the filters of the
 * configuration; `--no-textconv` leaves out the programs that it names to convert files.
 */
export async function blame(git: GitProgram, path: string, line: number | undefined): Promise<ObjectId[]> {
  const range = line === undefined ? [] : ['-L', `${line},${line}`];
  const args = ['blame', '--porcelain', '--no-textconv', ...range, 'HEAD', '--', path];
  const { stdout, stderr, exitCode } = await git.run(args, { accept: [0, 128] });
  if (exitCode !== 0) {
    const reason = /bad revision 'HEAD'/.test(stderr) ? 'it has no commit' : stderr.trim().replace(/^fatal: /, '');
    throw new NoSuchLineError(path, line, reason);
  }
  const lines = stdout.toString('latin1').split('\n');
  return lines.flatMap((text) => {
    const id = BLAMED.exec(text)?.[1]; // a line of the file itself begins with a tab
    return id === undefined ? [] : [toObjectId(id)];
  });
}
