import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { GitError } from '../errors.ts';
import type { ObjectId, ObjectType } from '../object-id.ts';
import type { GitObject, ObjectInfo } from '../repository.ts';
import type { GitProgram } from './program.ts';

interface Batch<T> {
  readonly size: number;
  answered: number;
  take(answer: T | undefined, index: number): void;
  resolve(): void;
  reject(error: unknown): void;
}

/** Takes one answer off the front of the stream; `undefined` while it is not complete yet. */
type Answer<T> = { value: T | undefined } | undefined;

const NEWLINE = 0x0a;

/**
 * A `git cat-file --batch` (or `--batch-check`) that is kept open. Requests are answered in order; many may be under way,
 * so that git reads the next objects while the program works on the last ones.
 */
export abstract class CatFile<T> {
  readonly #git: GitProgram;
  readonly #mode: '--batch' | '--batch-check';
  readonly #queue: Array<Batch<T>> = [];
  #child: ChildProcessWithoutNullStreams | undefined;
  #stderr = '';
  #closed = false;

  constructor(git: GitProgram, mode: '--batch' | '--batch-check') {
    this.#git = git;
    this.#mode = mode;
  }

  /** The answers for these ids, in their order. */
  async request(ids: readonly ObjectId[]): Promise<Array<T | undefined>> {
    const answers: Array<T | undefined> = [];
    await this.visit(ids, (answer) => answers.push(answer));
    return answers;
  }

  /** Hands over the answers for these ids, in their order, as they come. */
  visit(ids: readonly ObjectId[], take: (answer: T | undefined, index: number) => void): Promise<void> {
    if (ids.length === 0) return Promise.resolve();
    if (this.#closed) return Promise.reject(new GitError('the repository was closed already'));
    return new Promise((resolve, reject) => {
      this.#queue.push({ size: ids.length, answered: 0, take, resolve, reject });
      this.#started().stdin.write(`${ids.join('\n')}\n`, 'latin1');
    });
  }

  /** Starts the process ahead of the first request, so that it is ready when that comes. */
  warm(): void {
    this.#started();
  }

  /** Ends the process. Requests under way fail. */
  close(): void {
    this.#closed = true;
    this.#child?.stdin.end();
    this.#child?.kill();
    this.#fail(new GitError('the repository was closed'));
  }

  protected abstract take(): Answer<T>;
  protected abstract receive(chunk: Buffer): void;

  #started(): ChildProcessWithoutNullStreams {
    if (this.#child !== undefined) return this.#child;
    const child = this.#git.start(['cat-file', this.#mode]);
    this.#child = child;
    child.stdout.on('data', (chunk: Buffer) => {
      this.receive(chunk);
      try {
        this.#deliver();
      } catch (error) {
        this.#fail(error);
      }
    });
    child.stderr.on('data', (chunk: Buffer) => {
      this.#stderr += chunk.toString('utf8');
    });
    child.stdin.on('error', () => undefined);
    child.on('error', (cause) =>
      this.#fail(new GitError(`git cat-file could not be started: ${cause.message}`, { cause })),
    );
    child.on('close', () => {
      if (!this.#closed)
        this.#fail(new GitError(`git cat-file ended early: ${this.#stderr.trim() || 'no reason given'}`));
      this.#child = undefined;
    });
    return child;
  }

  #deliver(): void {
    for (let batch = this.#queue[0]; batch !== undefined; batch = this.#queue[0]) {
      while (batch.answered < batch.size) {
        const answer = this.take();
        if (answer === undefined) return;
        batch.take(answer.value, batch.answered++);
      }
      this.#queue.shift();
      batch.resolve();
    }
  }

  #fail(error: unknown): void {
    for (const batch of this.#queue.splice(0)) batch.reject(error);
  }
}

/** Reads whole objects. */
export class ObjectReader extends CatFile<GitObject> {
  #buffer: Buffer = Buffer.alloc(0);
  /** The object whose content is still arriving, and how much of it is there. */
  #partial: { id: ObjectId; type: ObjectType; content: Buffer; filled: number } | undefined;

  constructor(git: GitProgram) {
    super(git, '--batch');
  }

  protected receive(chunk: Buffer): void {
    this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk]);
  }

  protected take(): Answer<GitObject> {
    if (this.#partial === undefined) {
      const end = this.#buffer.indexOf(NEWLINE);
      if (end < 0) return undefined;
      const header = parseHeader(this.#buffer.toString('latin1', 0, end));
      this.#buffer = this.#buffer.subarray(end + 1);
      if (header === undefined) return { value: undefined };
      const { id, type, size } = header;
      if (this.#buffer.length > size) {
        const content = this.#buffer.subarray(0, size);
        this.#buffer = this.#buffer.subarray(size + 1);
        return { value: { id, type, content } };
      }
      this.#partial = { id, type, content: Buffer.allocUnsafe(size), filled: 0 };
    }
    const partial = this.#partial;
    const { id, type, content } = partial;
    const copied = this.#buffer.copy(content, partial.filled);
    partial.filled += copied;
    this.#buffer = this.#buffer.subarray(copied);
    if (partial.filled < content.length || this.#buffer.length === 0) return undefined;
    this.#buffer = this.#buffer.subarray(1);
    this.#partial = undefined;
    return { value: { id, type, content } };
  }
}

/** Reads types and sizes only. */
export class InfoReader extends CatFile<ObjectInfo> {
  #text = '';

  constructor(git: GitProgram) {
    super(git, '--batch-check');
  }

  protected receive(chunk: Buffer): void {
    this.#text += chunk.toString('latin1');
  }

  protected take(): Answer<ObjectInfo> {
    const end = this.#text.indexOf('\n');
    if (end < 0) return undefined;
    const header = parseHeader(this.#text.slice(0, end));
    this.#text = this.#text.slice(end + 1);
    return { value: header };
  }
}

/** `<id> <type> <size>`, or `undefined` for `<id> missing`. */
function parseHeader(line: string): (ObjectInfo & { id: ObjectId }) | undefined {
  if (line.endsWith(' missing')) return undefined;
  const [id, type, size] = line.split(' ');
  if (id === undefined || type === undefined || size === undefined || !/^\d+$/.test(size)) {
    throw new GitError(`git cat-file gave an answer that can't be read: ${line.slice(0, 200)}`);
  }
  return { id: id as ObjectId, type: type as ObjectType, size: Number(size) };
}
