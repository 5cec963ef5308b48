import { beginsOtherwise, isMessageObject, joinMessageObjects } from '../checkpoint/message-objects.ts';
import { contentHashOf, rawTranscript } from '../checkpoint/transcript.ts';
import { BadObjectError, fetchObjectHint } from '../git/errors.ts';
import type { ObjectId, RefName } from '../git/object-id.ts';
import { contentIn, readDocuments } from '../git/read-usable.ts';
import type { Repository } from '../git/repository.ts';
import { isTreeMode, type TreeEntry } from '../git/tree.ts';

/** One file of a transcript. */
export interface TranscriptPiece {
  readonly path: string;
  readonly id: ObjectId;
}

/** A session's raw transcript, wherever it lies. */
export interface StoredTranscript {
  /** The ref that it was found on. */
  readonly ref: RefName;
  /** The files that it is made of, from the tree's root, in order. */
  readonly paths: readonly string[];
  /** What the session's hash file says (`sha256:<64 hex>`); absent where there is none. It may be wrong in real data. */
  readonly contentHash: string | undefined;
  /**
   * The whole transcript as it was before it was split, in pieces that have nothing to do with the files. Throws
   * `BadObjectError` where a file is absent from the repository.
   */
  stream(): AsyncIterable<Buffer>;
}

/**
 * The transcript in a session folder, under whichever names it has there; `undefined` where there is none. `folder` is the
 * path of the session folder from the tree's root.
 */
export async function findTranscript(
  repo: Repository,
  ref: RefName,
  folder: string,
  entries: readonly TreeEntry[],
): Promise<StoredTranscript | undefined> {
  const files = rawTranscript(
    new Map(entries.filter(({ mode }) => !isTreeMode(mode)).map((entry) => [entry.name, entry])),
  );
  if (files === undefined) return undefined;
  const pieces = files.pieces.map(({ name, id }): TranscriptPiece => ({ path: `${folder}/${name}`, id }));
  const contentHash = await readContentHash(repo, files.hash?.id);
  return {
    ref,
    paths: pieces.map(({ path }) => path),
    contentHash,
    stream: () => openTranscript(repo, pieces, contentHash),
  };
}

/** What a file with a content hash says; `undefined` where there is none, or one that is too large to be one. */
export async function readContentHash(repo: Repository, hash: ObjectId | undefined): Promise<string | undefined> {
  const [document] = hash === undefined ? [] : await readDocuments(repo, [hash]);
  return contentIn(document)?.toString('utf8').trim();
}

/**
 * A whole transcript, put together from its files: JSONL pieces are joined by one newline; pieces that are one JSON object each, by
 * their messages. `contentHash` is what the session's hash file says. Throws `BadObjectError` where a file is absent.
 */
export async function* openTranscript(
  repo: Repository,
  pieces: readonly TranscriptPiece[],
  contentHash: string | undefined,
): AsyncGenerator<Buffer, void, undefined> {
  const [first, ...rest] = pieces;
  if (first === undefined) return;
  if (rest.length > 0) {
    const start = await readUnlessLines(repo, first);
    if (start !== undefined && isMessageObject(start)) {
      const contents = [start];
      for (const piece of rest) contents.push(await readPiece(repo, piece));
      yield joinObjects(contents, contentHash);
      return;
    }
  }
  for (const [i, piece] of pieces.entries()) {
    if (i > 0) yield Buffer.from('\n');
    yield* await openPiece(repo, piece);
  }
}

/** A line of JSONL that fills a piece can look like a message object: then the content hash says which it is. */
function joinObjects(pieces: readonly Buffer[], contentHash: string | undefined): Buffer {
  const isLines = !pieces.every(isMessageObject);
  const lines = () => Buffer.concat(pieces.flatMap((piece, i) => (i === 0 ? [piece] : [Buffer.from('\n'), piece])));
  if (isLines || (contentHash !== undefined && contentHashOf(lines()) === contentHash)) return lines();
  return joinMessageObjects(pieces);
}

/** The content of one file. Throws `BadObjectError` where it is absent and can't be fetched. */
export async function openPiece(repo: Repository, { id, path }: TranscriptPiece): Promise<AsyncIterable<Buffer>> {
  const stream = await repo.streamBlob(id);
  if (stream !== undefined) return stream;
  throw new BadObjectError(id, `${path} is absent from this repository (${id})`, fetchObjectHint(id));
}

/** The content of a piece; `undefined` as soon as its beginning shows that it is not a message object: a piece of JSONL may be large. */
async function readUnlessLines(repo: Repository, piece: TranscriptPiece): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  let nextLook = 0;
  for await (const chunk of await openPiece(repo, piece)) {
    chunks.push(chunk);
    size += chunk.length;
    if (size === 0 || size < nextLook) continue;
    nextLook = size * 2; // so that all looks together cost no more than the last
    if (beginsOtherwise(Buffer.concat(chunks))) return undefined;
  }
  return Buffer.concat(chunks);
}

async function readPiece(repo: Repository, piece: TranscriptPiece): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of await openPiece(repo, piece)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
