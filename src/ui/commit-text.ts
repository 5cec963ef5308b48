import type { CommitChanges } from '../commits/commit-changes.ts';
import { sanitize, sanitizeBlock } from './sanitize.ts';
import { countOf } from './words.ts';

/** A commit as `git show --name-status` shows it. Ends with a line feed. */
export function commitPage({ commit, author, authoredAt, message, files, isCut }: CommitChanges): string {
  const lines = [
    `commit ${commit}`,
    `Author: ${sanitize(author)}`,
    `Date:   ${authoredAt ?? 'not known'}`,
    '',
    ...sanitizeBlock(message)
      .split('\n')
      .map((line) => `    ${line}`.trimEnd()),
    '',
    ...(files ?? []).map(({ status, path }) => `${status}  ${sanitize(path)}`),
    files === null
      ? 'The commit before it is not here (a shallow clone): what it changed is not known.'
      : `${isCut ? 'more than ' : ''}${countOf(files.length, 'file')} changed`,
  ];
  return `${lines.join('\n')}\n`;
}
