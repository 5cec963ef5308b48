import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { CkptError } from '../checkpoint/errors.ts';

/** A document's text, and the folder that the paths in it start from. */
export interface DocumentFile {
  readonly content: string;
  readonly folder: string;
}

/** Reads a document from a file, or with `-` from stdin, whose paths start at the current folder. */
export async function readDocument(path: string): Promise<DocumentFile> {
  if (path === '-') return { content: await readAll(process.stdin), folder: process.cwd() };
  try {
    return { content: await readFile(path, 'utf8'), folder: dirname(resolve(path)) };
  } catch (error) {
    throw new CkptError('DOCUMENT_UNREADABLE', `${path} can't be read: ${(error as Error).message}`, {
      hint: 'Look at the path after --from.',
      cause: error,
    });
  }
}

async function readAll(stream: AsyncIterable<Buffer | string>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}
