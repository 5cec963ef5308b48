import type { Hint } from '../../shell/hint.ts';
import { NoSuchLineError } from '../errors.ts';
import { type ObjectId, toObjectId } from '../object-id.ts';
import type { GitProgram } from './program.ts';

/** A line of `git blame --porcelain` that begins what is said of one line: the commit, and the line's numbers before and now. */
const BLAMED = /^([0-9a-f]{40,64}) \d+ \d+(?: \d+)?$/;

/**
 * As `Repository.blame` says. `HEAD` is blamed and not the file in the work tree, which git would pass through the filters of the
 * configuration; `--no-textconv` leaves out the programs that it names to convert files. Git runs at the top of the work tree, from
 * where it looks for a relative `blame.ignoreRevsFile`.
 */
export async function blame(
  git: GitProgram,
  top: string | undefined,
  path: string,
  line: number | undefined,
): Promise<ObjectId[]> {
  const range = line === undefined ? [] : ['-L', `${line},${line}`];
  const place = top === undefined ? [] : ['-C', top];
  const args = [...place, 'blame', '--porcelain', '--no-textconv', ...range, 'HEAD', '--', path];
  const { stdout, stderr, exitCode } = await git.run(args, { accept: [0, 128] });
  if (exitCode !== 0) throw await noSuchLine(git, path, line, stderr.trim().replace(/^fatal: /, ''));
  const lines = stdout.toString('latin1').split('\n');
  return lines.flatMap((text) => {
    const id = BLAMED.exec(text)?.[1]; // a line of the file itself begins with a tab
    return id === undefined ? [] : [toObjectId(id)];
  });
}

/** Says in words for users why there is no such line; `words` are those of git. */
async function noSuchLine(
  git: GitProgram,
  path: string,
  line: number | undefined,
  words: string,
): Promise<NoSuchLineError> {
  if (/bad revision 'HEAD'/.test(words)) return new NoSuchLineError(path, line, 'it has no commit');
  if (/is outside repository/.test(words)) return new NoSuchLineError(path, line, 'it is outside of this repository');
  const length = /has only (\d+) lines?$/.exec(words)?.[1];
  if (length !== undefined) return new NoSuchLineError(path, line, `the file ends with line ${length}`);
  if (words.startsWith('could not open object name list'))
    return new NoSuchLineError(path, line, words, [
      'See where that file is named: ',
      ['git', 'config', '--show-origin', '--get-all', 'blame.ignoreRevsFile'],
    ]);
  const fromTop = /^no such path (.*) in HEAD$/s.exec(words)?.[1];
  if (fromTop === undefined) return new NoSuchLineError(path, line, words);
  const { stdout } = await git.run(['cat-file', '-t', `HEAD:${fromTop}`], { accept: [0, 128] });
  if (stdout.toString().trim() !== 'tree') return new NoSuchLineError(path, line, 'HEAD has no such file');
  const hint: Hint = ['Name a file in it. Checkpoints that touched its files: ', ['ckpt', 'list', '--file', path]];
  return new NoSuchLineError(path, line, 'it is a folder', hint);
}
