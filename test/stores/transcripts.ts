import { createHash } from 'node:crypto';
import { chunkTranscript } from '../../src/checkpoint/transcript-chunks.ts';
import type { ObjectId, RefName } from '../../src/git/object-id.ts';
import type { ObjectVisitor, Repository } from '../../src/git/repository.ts';
import type { StoredTranscript } from '../../src/layout/transcript-reader.ts';
import { findTranscript } from '../../src/layout/transcript-reader.ts';

/** Some bytes in parts of these sizes (in turn), or in one part. */
export async function* parts(contents: readonly Buffer[], sizes: readonly number[] = []): AsyncGenerator<Buffer> {
  for (const content of contents) {
    for (let at = 0, i = 0; at < content.length; i++) {
      const size = sizes[i % Math.max(sizes.length, 1)] ?? content.length;
      yield content.subarray(at, at + size);
      at += size;
    }
  }
}

/** The pieces that a transcript is laid down in. */
export async function piecesOf(
  content: Buffer,
  options: { readonly limit?: number; readonly sizes?: readonly number[] } = {},
): Promise<Buffer[]> {
  const pieces: Buffer[] = [];
  const take = async (piece: Buffer, index: number) => {
    pieces[index] = Buffer.from(piece);
  };
  await chunkTranscript(parts([content], options.sizes), take, options.limit);
  return pieces;
}

/** What a reader makes of the pieces, beside the content hash of `whole`. */
export async function joined(pieces: readonly Buffer[], whole: Buffer): Promise<Buffer> {
  const hash = Buffer.from(`sha256:${createHash('sha256').update(whole).digest('hex')}`);
  const blobs = [...pieces, hash];
  const repo = {
    visitObjects: async (ids: readonly ObjectId[], visit: ObjectVisitor) =>
      ids.forEach((id, i) => void visit({ id, type: 'blob', content: blobs[Number(id)] ?? Buffer.alloc(0) }, i)),
    streamBlob: async (id: ObjectId) => parts([blobs[Number(id)] ?? Buffer.alloc(0)]),
  } as unknown as Repository;
  const names = pieces.map((_, i) => (i === 0 ? 'full.jsonl' : `full.jsonl.${String(i).padStart(3, '0')}`));
  const entries = [...names, 'content_hash.txt'].map((name, i) => ({
    mode: '100644',
    name,
    id: String(i) as ObjectId,
  }));
  return bytesOf(await findTranscript(repo, 'refs/x' as RefName, 'a3/b2c4d5e6f7/0', entries));
}

/** All of a stored transcript. Throws where there is none. */
export async function bytesOf(transcript: StoredTranscript | undefined): Promise<Buffer> {
  if (transcript === undefined) throw new Error('there is no transcript');
  const read: Buffer[] = [];
  for await (const part of transcript.stream()) read.push(part);
  return Buffer.concat(read);
}
