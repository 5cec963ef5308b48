import { git, gitBytes, gitResult } from '../fixtures/git.ts';

const V2 = 'refs/entire/checkpoints/v2/';

/** Takes away something of V2 that V1 can supply again. */
export const DAMAGES = [
  (dir: string) => drop(dir, `${V2}full/current`),
  (dir: string) => drop(dir, firstArchive(dir)),
  (dir: string) => withoutFirstEntry(dir, `${V2}main`),
  (dir: string) => drop(dir, `${V2}generations`),
  (dir: string) => withoutFirstEntry(dir, `${V2}full/current`),
  (dir: string) => withoutFirstEntry(dir, firstArchive(dir)),
] as const;

function drop(dir: string, ref: string): void {
  git(dir, 'update-ref', '-d', ref);
}

/** An archive's name; one that is not there where there is none. */
function firstArchive(dir: string): string {
  return git(dir, 'for-each-ref', '--count=1', '--format=%(refname)', `${V2}full/0*`) || `${V2}full/none`;
}

/** One more commit on a ref, in whose tree the first folder is not. */
function withoutFirstEntry(dir: string, ref: string): void {
  if (gitResult(dir, ['rev-parse', '--verify', '-q', ref]).status !== 0) return;
  const lines = gitBytes(dir, ['ls-tree', '-z', ref]).toString('latin1').split('\0');
  const at = lines.findIndex((line) => line.startsWith('040000 '));
  const rest = lines.filter((_, i) => i !== at).join('\0');
  const tree = gitBytes(dir, ['mktree', '-z', '--missing'], { input: Buffer.from(rest, 'latin1') })
    .toString()
    .trim();
  const date = '1770000000 +0000';
  const env = { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
  const commit = gitBytes(dir, ['commit-tree', '-p', ref, '-m', 'Damage', tree], { env }).toString().trim();
  git(dir, 'update-ref', ref, commit);
}
