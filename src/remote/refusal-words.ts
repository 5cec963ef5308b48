import type { PushedRef } from '../git/network.ts';

/** How many different messages of a server are passed on: one that refuses refs one by one may have as many as there are refs. */
const MAX_MESSAGES = 3;

/** What a server said where it refused refs (a branch is protected, a hook has its rules): a sentence a message. */
export function refusalWords(remote: string, pushed: Iterable<Pick<PushedRef, 'words'>>): string[] {
  const said = [...new Set([...pushed].flatMap(({ words }) => words ?? []))];
  return said.slice(0, MAX_MESSAGES).map((words) => `${remote} says: ${words}`);
}
