import { parseSessionMetadata, type SessionMetadata } from '../checkpoint/metadata.ts';
import { idsOf, type ObjectId } from '../git/object-id.ts';
import { visitUsable } from '../git/read-usable.ts';
import type { Repository } from '../git/repository.ts';

/** The few fields of a session's metadata that a list shows or goes by; the rest of the file is not kept. */
export type SessionFields = Pick<SessionMetadata, 'created_at' | 'branch' | 'agent' | 'files_touched'>;

/** Reads the fields of many sessions, in their order. `undefined` where there is no file, or none that can be read. */
export async function readSessionFields(
  repo: Repository,
  files: readonly (ObjectId | undefined)[],
): Promise<Array<SessionFields | undefined>> {
  const fields: Array<SessionFields | undefined> = files.map(() => undefined);
  const wanted = files.flatMap((id, i) => (id === undefined ? [] : [{ id, i }]));
  await visitUsable(repo, idsOf(wanted), (object, at) => {
    const place = wanted[at]?.i;
    if (object !== undefined && place !== undefined) fields[place] = fieldsOf(object.content);
  });
  return fields;
}

function fieldsOf(content: Buffer): SessionFields | undefined {
  try {
    const { created_at, branch, agent, files_touched } = parseSessionMetadata(content);
    return { created_at, branch, agent, files_touched };
  } catch {
    return undefined;
  }
}
