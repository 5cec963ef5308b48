import { someOf } from '../checkpoint/some-of.ts';
import { commitHeader, parseCommit } from '../git/commit.ts';
import { idsOf, type ObjectId } from '../git/object-id.ts';
import { readAhead } from '../git/read-ahead.ts';
import type { Repository } from '../git/repository.ts';
import { MAIN_REF } from '../layout/ref-names.ts';
import { type Finding, finding } from './finding.ts';

/** Names in a message; the rest is counted. */
const NAMED = 5;

/** Authors that V1's history has, and that of another writer's `main` has not: their checkpoints bear somebody else's name there. */
export async function compareAuthors(repo: Repository, v1: ObjectId, main: ObjectId): Promise<Finding[]> {
  const inSplit = await authorsOf(repo, main);
  const lost = [...(await authorsOf(repo, v1))].filter((author) => !inSplit.has(author));
  if (lost.length === 0) return [];
  const message = `${MAIN_REF} has no commit of ${someOf(lost, NAMED)}`;
  return [finding('AUTHORS_LOST', message, { ref: MAIN_REF })];
}

/** Name and address of each author in a history. */
async function authorsOf(repo: Repository, tip: ObjectId): Promise<Set<string>> {
  const commits = await repo.walk({ tips: [tip] });
  const authors = new Set<string>();
  const ids = idsOf(commits);
  for await (const { objects } of readAhead(repo, ids)) {
    for (const object of objects) {
      const author = object === undefined ? undefined : commitHeader(parseCommit(object.content), 'author');
      const person = /^(.*>)/.exec(author ?? '')?.[1];
      if (person !== undefined) authors.add(Buffer.from(person, 'latin1').toString('utf8'));
    }
  }
  return authors;
}
