import { BadObjectError, TooLargeError } from './errors.ts';
import { inCaseOf } from './in-case-of.ts';
import type { ObjectId } from './object-id.ts';
import type { GitObject, ObjectVisitor, Repository } from './repository.ts';

/**
 * What `read` gives for each of these ids, with `undefined` for what can't be used. One such object ends the reading of all that are asked
 * for with it, so that each half is read by itself then.
 */
export async function readUsable<T>(
  ids: readonly ObjectId[],
  read: (ids: readonly ObjectId[]) => Promise<ReadonlyArray<T | undefined>>,
): Promise<Array<T | undefined>> {
  try {
    return [...(await read(ids))];
  } catch (error) {
    if (!(error instanceof BadObjectError)) throw error;
    if (ids.length <= 1) return ids.map(() => undefined);
    const middle = ids.length >> 1;
    return [...(await readUsable(ids.slice(0, middle), read)), ...(await readUsable(ids.slice(middle), read))];
  }
}

/** Like `visitObjects`, with `undefined` for what is damaged or too large too: for who shows what there is, and leaves the rest to verify. */
export function visitUsable(repo: Repository, ids: readonly ObjectId[], visit: ObjectVisitor): Promise<void> {
  return visitDespite(BadObjectError, repo, ids, (object, at) =>
    visit(object instanceof BadObjectError ? undefined : object, at),
  );
}

/** The content of a document; the error that says why it is not read, where it is too large; `undefined` where it is absent. */
export type ReadDocument = Buffer | TooLargeError | undefined;

/** Hands over documents as `visitObjects` does, and goes on behind those that are too large to be read whole. */
export function visitDocuments(
  repo: Repository,
  ids: readonly ObjectId[],
  visit: (document: ReadDocument, index: number) => void,
): Promise<void> {
  return visitDespite(TooLargeError, repo, ids, (object, at) =>
    visit(object instanceof TooLargeError ? object : object?.content, at),
  );
}

/** The documents with these ids, in their order. */
export async function readDocuments(repo: Repository, ids: readonly ObjectId[]): Promise<ReadDocument[]> {
  const documents: ReadDocument[] = ids.map(() => undefined);
  await visitDocuments(repo, ids, (document, at) => {
    documents[at] = document;
  });
  return documents;
}

/** What a document holds; `undefined` for one that is absent, and for one that is too large to be read whole. */
export function contentIn(document: ReadDocument): Buffer | undefined {
  return document instanceof TooLargeError ? undefined : document;
}

/** As `visitObjects`, with the error in place of each object that can't be read for one of this kind. */
async function visitDespite<E extends BadObjectError>(
  kind: abstract new (...args: never[]) => E,
  repo: Repository,
  ids: readonly ObjectId[],
  visit: (object: GitObject | E | undefined, index: number) => void,
): Promise<void> {
  const left = new Map(ids.entries());
  while (left.size > 0) {
    const asked = [...left];
    const visitOne: ObjectVisitor = (object, i) => {
      const [at] = asked[i] as [number, ObjectId];
      left.delete(at);
      visit(object, at);
    };
    const visiting = repo.visitObjects(
      asked.map(([, id]) => id),
      visitOne,
    );
    const failed = await visiting.then(
      () => undefined,
      inCaseOf(kind, (error) => error),
    );
    if (failed === undefined) return;
    const places = [...left].filter(([, id]) => id === failed.id);
    if (places.length === 0) throw failed;
    for (const [at] of places) {
      left.delete(at);
      visit(failed, at);
    }
  }
}
