import type { ObjectId } from '../object-id.ts';
import type { GitProgram } from './program.ts';

/** Which of these objects are absent. Git looks into the indexes of its packs alone: not even headers are read. */
export async function absentObjects(git: GitProgram, ids: readonly ObjectId[]): Promise<Set<ObjectId>> {
  if (ids.length === 0) return new Set();
  const asked = `${ids.join('\n')}\n`;
  const { stdout } = await git.run(['cat-file', '--batch-check=%(objectname)', '--buffer'], { input: [asked] });
  const answer = stdout.toString('latin1');
  // Where nothing is absent, which is nearly always, git says what it was asked.
  if (answer === asked) return new Set();
  const missing = answer.split('\n').filter((line) => line.endsWith(' missing'));
  return new Set(missing.map((line) => line.slice(0, -' missing'.length) as ObjectId));
}
