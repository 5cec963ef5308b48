import { CkptError } from '../checkpoint/errors.ts';

/** A range of commits, by the revisions in it. `only` is for a commit without its parents, `either` for `A...B`. */
export type CommitRange =
  | { readonly kind: 'walk'; readonly tips: readonly string[]; readonly exclude: readonly string[] }
  | { readonly kind: 'only'; readonly commit: string }
  | { readonly kind: 'either'; readonly sides: readonly [string, string] };

/**
 * Reads a range as `git rev-list` does: `A..B`, `A...B`, `A` (with all its ancestors), `A^!` (that commit alone), and several with
 * spaces between them, `^A` leaving out; an absent side of `..` is `HEAD`. `A...B` and `A^!` stand alone. Throws a `CkptError` for
 * anything else.
 */
export function parseRange(text: string): CommitRange {
  const terms = text.split(/\s+/).filter(Boolean);
  const [first = '', ...more] = terms;
  const either = /^(.*[^.]|)\.\.\.([^.].*|)$/.exec(first);
  const sides = [either?.[1] || 'HEAD', either?.[2] || 'HEAD'] as const;
  const isAlone = more.length === 0;
  if (isAlone && either !== null && first !== '...' && sides.every(isRevision)) return { kind: 'either', sides };
  const only = /^(.+)\^!$/.exec(first)?.[1];
  if (isAlone && only !== undefined && isRevision(only)) return { kind: 'only', commit: only };
  const tips: string[] = [];
  const exclude: string[] = [];
  for (const term of terms) {
    const range = /^(.*?)\.\.(.*)$/.exec(term);
    if (range !== null) {
      exclude.push(range[1] || 'HEAD');
      tips.push(range[2] || 'HEAD');
    } else if (term.startsWith('^')) exclude.push(term.slice(1));
    else tips.push(term);
  }
  if (tips.length === 0 || ![...tips, ...exclude].every(isRevision) || text.trim() === '..') throw badRange(text);
  return { kind: 'walk', tips, exclude };
}

function isRevision(text: string): boolean {
  return text !== '' && !/^[-^.]|\.\.|\^!/.test(text);
}

function badRange(text: string): CkptError {
  return new CkptError('BAD_RANGE', `not a range of commits: ${text}`, {
    hint: 'Write it as origin/main..HEAD, A...B, HEAD~3..HEAD, HEAD^! or "HEAD ^origin/main"',
    exitCode: 2,
  });
}
