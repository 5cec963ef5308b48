import type { GitHttpResponse } from 'isomorphic-git';
import { pktLines } from './pkt-line.ts';

/**
 * An answer with its body read to the end, for isomorphic-git: that takes one that breaks off for a shorter one, and any text for refs, and
 * refs that seem to be gone are pruned. Throws an `Error` where it breaks off, is not one of a git server, is an error in the server's
 * words, or speaks of a repository whose ids are not SHA-1.
 */
export async function wholeAnswer(response: GitHttpResponse): Promise<GitHttpResponse> {
  if (response.statusCode !== 200) return response;
  const type = response.headers?.['content-type'] ?? '';
  if (!type.startsWith('application/x-git-'))
    throw new Error(`the answer is not one of a git server, but ${type || 'of no type'}`);
  const pieces: Uint8Array[] = [];
  for await (const piece of response.body ?? []) pieces.push(piece);
  let last: Buffer | null | undefined;
  for await (const line of pktLines(pieces)) {
    last = line;
    assertUsable(line?.toString('utf8').trim() ?? '');
  }
  // Each list ends with a flush (gitprotocol-pack, gitprotocol-v2).
  if (last !== null) throw new Error('the connection broke off');
  return { ...response, body: inOrder(pieces) };
}

function assertUsable(line: string): void {
  if (line.startsWith('ERR ')) throw new Error(line.slice('ERR '.length));
  const format = /(?:^|[ \0])object-format=(\S+)/.exec(line)?.[1] ?? 'sha1';
  if (format !== 'sha1') throw new Error(`the repository there has object ids of ${format}, and this one of sha1`);
}

async function* inOrder(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array, void, undefined> {
  yield* pieces;
}
