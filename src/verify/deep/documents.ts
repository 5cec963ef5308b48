import { GitError } from '../../git/errors.ts';
import { inCaseOf } from '../../git/in-case-of.ts';
import { idsOf, type ObjectId } from '../../git/object-id.ts';
import { readContents } from '../../git/read-contents.ts';
import type { ObjectInfo, Repository } from '../../git/repository.ts';
import { type Document, documentKey } from './deep-document.ts';
import type { PlacedObject } from './layout-files.ts';
import { hasJsonLines, type PlacedTranscript } from './transcripts.ts';

const CONTENT_HASH = /^sha256:[0-9a-f]{64}$/;
/** A content hash has 71 bytes; a larger file is none, and not read. */
const LARGEST_HASH = 1024;

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
export async function infosOf(repo: Repository, ids: Iterable<ObjectId>): Promise<Map<ObjectId, ObjectInfo>> {
  const all = [...new Set(ids)];
  const oneByOne = () => Promise.all(all.map((id) => infoOf(repo, id)));
  const infos = await repo.objectInfo(all).catch(inCaseOf(GitError, oneByOne));
  return new Map(
    all.flatMap((id, i): Array<[ObjectId, ObjectInfo]> => (infos[i] === undefined ? [] : [[id, infos[i]]])),
  );
}

/** Of one that can't be read nothing is known; its content is looked at later. */
async function infoOf(repo: Repository, id: ObjectId): Promise<ObjectInfo | undefined> {
  const [info] = await repo.objectInfo([id]).catch(() => []);
  return info;
}

/** The documents that files make up: each transcript with its pieces, each other file by itself, the same objects once. */
export function documentsOf(
  files: readonly PlacedObject[],
  transcripts: readonly PlacedTranscript[],
  hashes: HashTexts,
  infos: ReadonlyMap<ObjectId, ObjectInfo>,
): Map<string, Document> {
  const documents = new Map<string, Document>();
  const add = (pieces: readonly PlacedObject[], hash: string | undefined) => {
    const ids = idsOf(pieces);
    const key = documentKey(ids);
    const known = documents.get(key);
    documents.set(key, {
      pieces: ids,
      bytes: ids.reduce((sum, id) => sum + (infos.get(id)?.size ?? 0), 0),
      expected: [...new Set([...(known?.expected ?? []), ...(hash === undefined ? [] : [hash])])],
      isJson: known?.isJson === true || hasJsonLines(pieces[0]?.path ?? ''),
      isHistory: false,
    });
  };
  const inTranscripts = new Set<PlacedObject>();
  for (const { pieces, hash } of transcripts) {
    for (const piece of pieces) inTranscripts.add(piece);
    const text = hash === undefined ? undefined : hashes.get(hash.id);
    add(pieces, text === 'malformed' ? undefined : text);
  }
  for (const file of files) if (!inTranscripts.has(file)) add([file], undefined);
  return documents;
}
