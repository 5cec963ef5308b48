import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { assertHeld, BadObjectError, damagedObject, GitError } from '../errors.ts';
import type { ObjectId, ObjectType } from '../object-id.ts';
import type { GitObject, ObjectInfo } from '../repository.ts';
import type { GitProgram } from './program.ts';

interface Batch<T> {
  readonly ids: readonly ObjectId[];
  answered: number;
  take(answer: T | undefined, index: number): void;
  resolve(): void;
  reject(error: unknown): void;
}

/** Takes one answer off the front of the stream; `undefined` while it is not complete yet. */
type Answer<T> = { value: T | undefined } | undefined;

const NEWLINE = 0x0a;
/** How git ends where it does not know an option. */
const USAGE_ERROR = 129;
/** How git ends after `fatal: …`. */
const FATAL = 128;

/** A way to ask `git cat-file`: its options, and the text that asks for objects. */
interface Dialect {
  readonly options: readonly string[];
  readonly request: (ids: readonly ObjectId[]) => string;
}

/**
 * Git 2.36 and newer take commands, and then write answers in whole buffers: with `--batch` each object is three writes of its
 * own, and the reader is woken for each. `flush` ends a request.
 */
const commands = (verb: 'contents' | 'info'): Dialect => ({
  options: ['--batch-command', '--buffer'],
  request: (ids) => `${verb} ${ids.join(`\n${verb} `)}\nflush\n`,
});
const plain = (option: string): Dialect => ({ options: [option], request: (ids) => `${ids.join('\n')}\n` });

/**
 * A `git cat-file` that is kept open. Requests are answered in order; many may be under way, so that git reads the next objects
 * while the program works on the last ones.
 */
export abstract class CatFile<T> {
  readonly #git: GitProgram;
  /** The ways to ask, the best one first; one that git turns out not to know is dropped. */
  readonly #dialects: Dialect[];
  readonly #queue: Array<Batch<T>> = [];
  /** What git has said and nobody has taken yet: the bytes of the buffer from `at` on. */
  protected buffer: Buffer = Buffer.alloc(0);
  protected at = 0;
  #child: ChildProcessWithoutNullStreams | undefined;
  #stderr = '';
  #closed = false;

  constructor(git: GitProgram, ...dialects: Dialect[]) {
    this.#git = git;
    this.#dialects = dialects;
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
      this.#queue.push({ ids, answered: 0, take, resolve, reject });
      this.#send(ids);
    });
  }

  /** Starts the process ahead of the first request, so that it is ready when that comes. */
  warm(): void {
    this.#started();
  }

  /** Asks a new process from now on: one that runs goes on reading an object where it found it, also when a pack has a sound one since. */
  restart(): void {
    const child = this.#child;
    this.#child = undefined;
    child?.kill();
    this.forget();
    this.#goOn();
  }

  /** Ends the process. Requests under way fail. */
  close(): void {
    this.#closed = true;
    this.#child?.stdin.end();
    this.#child?.kill();
    this.#fail(new GitError('the repository was closed'));
  }

  /** Takes the answer about this object off what git has said. */
  protected abstract take(id: ObjectId): Answer<T>;

  /** Takes the line that begins an answer: `<id> <type> <size>`, or `<id> missing`, which is `{ value: undefined }`. */
  protected takeHeader(id: ObjectId): Answer<ObjectInfo> {
    const end = this.buffer.indexOf(NEWLINE, this.at);
    if (end < 0) return undefined;
    const line = this.buffer.toString('latin1', this.at, end);
    this.at = end + 1;
    const space = line.indexOf(' ', id.length + 1);
    const type = line.slice(id.length + 1, space < 0 ? undefined : space);
    if (line.startsWith(id)) {
      if (type === 'missing') return { value: undefined };
      const size = Number(line.slice(space + 1));
      if (space > 0 && Number.isInteger(size)) return { value: { type: type as ObjectType, size } };
    }
    throw new GitError(`git cat-file gave an answer that can't be read: ${line.slice(0, 200)}`);
  }

  #receive(chunk: Buffer): void {
    const rest = this.buffer.length - this.at;
    this.buffer = rest === 0 ? chunk : Buffer.concat([this.buffer.subarray(this.at), chunk]);
    this.at = 0;
  }

  #send(ids: readonly ObjectId[]): void {
    this.#started().stdin.write(this.#dialects[0]?.request(ids) ?? '', 'latin1');
  }

  #started(): ChildProcessWithoutNullStreams {
    if (this.#child !== undefined) return this.#child;
    const child = this.#git.start(['cat-file', ...(this.#dialects[0]?.options ?? [])]);
    this.#child = child;
    child.stdout.on('data', (chunk: Buffer) => {
      if (child !== this.#child) return;
      this.#receive(chunk);
      try {
        this.#deliver();
      } catch (error) {
        if (error instanceof BadObjectError) this.#refuse(error);
        else this.#fail(error);
      }
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (child === this.#child) this.#stderr += chunk.toString('utf8');
    });
    child.stdin.on('error', () => undefined);
    child.on('error', (cause) =>
      this.#fail(new GitError(`git cat-file could not be started: ${cause.message}`, { cause })),
    );
    child.on('close', (code) => {
      if (child === this.#child) this.#ended(code);
    });
    return child;
  }

  #ended(code: number | null): void {
    this.#child = undefined;
    if (this.#closed) return;
    this.forget();
    const said = this.#stderr.trim();
    if (code === FATAL && this.#failAtDamaged(said)) return;
    if (code === USAGE_ERROR && this.#dialects.length > 1) {
      // An older git. It has answered nothing: what was asked is asked again, the other way.
      this.#dialects.shift();
      this.#goOn();
      return;
    }
    this.#fail(new GitError(`git cat-file ended early: ${said || 'no reason given'}`));
    this.#stderr = '';
  }

  /** Git ends at a damaged object and names it. It alone is to blame: what else was asked is asked again. False where it was something else. */
  #failAtDamaged(said: string): boolean {
    const [batch] = this.#queue;
    const id = batch?.ids[batch.answered];
    if (batch === undefined || id === undefined || !said.includes(id)) return false;
    this.#queue.shift();
    batch.reject(
      damagedObject(
        id,
        said
          .split('\n')
          .at(-1)
          ?.replace(/^fatal: /, '') ?? '',
      ),
    );
    this.#goOn();
    return true;
  }

  /** Leaves the rest of an answer unread. What else was asked is asked again. */
  #refuse(error: BadObjectError): void {
    this.#queue.shift()?.reject(error);
    this.restart();
  }

  /** Asks a new process for what is still waited for. */
  #goOn(): void {
    this.#stderr = '';
    const left = this.#queue.flatMap(({ ids, answered }) => ids.slice(answered));
    if (left.length > 0) this.#send(left);
  }

  /** Forgets what git had begun to say when it ended. */
  protected forget(): void {
    this.buffer = Buffer.alloc(0);
    this.at = 0;
  }

  #deliver(): void {
    for (let batch = this.#queue[0]; batch !== undefined; batch = this.#queue[0]) {
      while (batch.answered < batch.ids.length) {
        const answer = this.take(batch.ids[batch.answered] as ObjectId);
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
  /** The object whose content is still arriving, and how much of it is there. */
  #partial: { object: GitObject; filled: number } | undefined;

  constructor(git: GitProgram) {
    super(git, commands('contents'), plain('--batch'));
  }

  protected override forget(): void {
    super.forget();
    this.#partial = undefined;
  }

  protected take(id: ObjectId): Answer<GitObject> {
    if (this.#partial === undefined) {
      const header = this.takeHeader(id);
      if (header?.value === undefined) return header as Answer<GitObject>;
      const { type, size } = header.value;
      assertHeld(id, size);
      const end = this.at + size;
      if (end < this.buffer.length) {
        const content = this.buffer.subarray(this.at, end);
        this.at = end + 1; // a newline ends it
        return { value: { id, type, content } };
      }
      this.#partial = { object: { id, type, content: Buffer.allocUnsafe(size) }, filled: 0 };
    }
    return this.#takePartial(this.#partial);
  }

  #takePartial(partial: { object: GitObject; filled: number }): Answer<GitObject> {
    const { object } = partial;
    const copied = this.buffer.copy(object.content, partial.filled, this.at);
    partial.filled += copied;
    this.at += copied;
    if (partial.filled < object.content.length || this.at === this.buffer.length) return undefined;
    this.at += 1; // the newline
    this.#partial = undefined;
    return { value: object };
  }
}

/** Reads types and sizes only. */
export class InfoReader extends CatFile<ObjectInfo> {
  constructor(git: GitProgram) {
    super(git, commands('info'), plain('--batch-check'));
  }

  protected take(id: ObjectId): Answer<ObjectInfo> {
    return this.takeHeader(id);
  }
}
