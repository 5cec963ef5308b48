import { batches } from '../../git/batches.ts';
import { GitError } from '../../git/errors.ts';
import { inCaseOf } from '../../git/in-case-of.ts';
import { idsOf, type ObjectId } from '../../git/object-id.ts';
import { readContents } from '../../git/read-contents.ts';
import type { ObjectInfo, Repository } from '../../git/repository.ts';
import { type Document, documentKey } from './deep-document.ts';
import type { BothContents } from './layout-contents.ts';
import type { PlacedObject } from './layout-files.ts';
import { hasJsonLines, type PlacedTranscript } from './transcripts.ts';

const CONTENT_HASH = /^sha256:[0-9a-f]{64}$/;
/** A content hash has 71 bytes; a larger file is none, and not read. */
const LARGEST_HASH = 1024;
/** Objects that git is asked about together. */
const INFOS_AT_ONCE = 50_000;

/** What stands in the files of content hashes, by their ids: the hash, or `malformed`. Absent ones are left out. */
export type HashTexts = ReadonlyMap<ObjectId, string | 'malformed'>;

/** Reads the content hashes that are here; fetches none. */
export async function readHashes(
  repo: Repository,
  transcripts: readonly PlacedTranscript[],
  infos: ReadonlyMap<ObjectId, ObjectInfo>,
): Promise<HashTexts> {
  const ids = [...new Set(transcripts.flatMap(({ hash }) => hash?.id ?? []))].filter((id) => infos.has(id));
  const small = ids.filter((id) => (infos.get(id)?.size ?? 0) <= LARGEST_HASH);
  const contents = await readContents(repo, small);
  const texts = new Map<ObjectId, string>(ids.map((id) => [id, 'malformed']));
  for (const [i, id] of small.entries()) {
    const read = contents[i];
    // Readers cut white space off, so that a newline at the end does no harm.
    const text = read !== undefined && 'content' in read ? read.content.toString('latin1').trim() : '';
    if (CONTENT_HASH.test(text)) texts.set(id, text);
    else if (read?.type === 'damaged') texts.delete(id); // said of the object itself
  }
  return texts;
}

/** Types and sizes of the objects that are here, by their ids. Fetches none. Damaged ones may be left out. */
export async function infosOf(repo: Repository, ids: ReadonlySet<ObjectId>): Promise<Map<ObjectId, ObjectInfo>> {
  const found = new Map<ObjectId, ObjectInfo>();
  for (const batch of batches(ids, INFOS_AT_ONCE)) {
    const oneByOne = () => Promise.all(batch.map((id) => infoOf(repo, id)));
    const infos = await repo.objectInfo(batch).catch(inCaseOf(GitError, oneByOne));
    for (const [i, id] of batch.entries()) if (infos[i] !== undefined) found.set(id, infos[i]);
  }
  return found;
}

/** Of one that can't be read nothing is known; its content is looked at later. */
async function infoOf(repo: Repository, id: ObjectId): Promise<ObjectInfo | undefined> {
  const [info] = await repo.objectInfo([id]).catch(() => []);
  return info;
}

/** The documents that files make up: each transcript with its pieces, each other file by itself, the same objects once. */
export function documentsOf(
  { v1, v2 }: BothContents,
  hashes: HashTexts,
  infos: ReadonlyMap<ObjectId, ObjectInfo>,
): Map<string, Document> {
  const documents = new Map<string, Document>();
  const inTranscripts = new Set<PlacedObject>();
  for (const { pieces, hash } of [...v1.transcripts, ...v2.transcripts]) {
    for (const piece of pieces) inTranscripts.add(piece);
    const ids = idsOf(pieces);
    const text = hash === undefined ? undefined : hashes.get(hash.id);
    const known = documents.get(documentKey(ids));
    const expected = [...(known?.expected ?? []), ...(text === undefined || text === 'malformed' ? [] : [text])];
    documents.set(documentKey(ids), {
      pieces: ids,
      bytes: ids.reduce((sum, id) => sum + (infos.get(id)?.size ?? 0), 0),
      expected: [...new Set(expected)],
      isJson: known?.isJson === true || hasJsonLines(pieces[0]?.path ?? ''),
      isHistory: false,
    });
  }
  const addFile = (id: ObjectId) => {
    if (!documents.has(id)) documents.set(id, fileDocument(id, infos, false));
  };
  for (const { files, others } of [v1, v2]) {
    for (const file of files) if (!inTranscripts.has(file)) addFile(file.id);
    for (const id of others.files) addFile(id);
  }
  return documents;
}

const NONE: readonly string[] = [];

/** A file by itself, or an object of the history. */
export function fileDocument(id: ObjectId, infos: ReadonlyMap<ObjectId, ObjectInfo>, isHistory: boolean): Document {
  return { pieces: [id], bytes: infos.get(id)?.size ?? 0, expected: NONE, isJson: false, isHistory };
}
