import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { BadObjectError, damagedObject, GitError, OTHER_SIZE } from '../errors.ts';
import type { ObjectId, ObjectType } from '../object-id.ts';
import type { ObjectInfo } from '../repository.ts';
import type { GitProgram } from './program.ts';

interface Batch<T> {
  readonly ids: readonly ObjectId[];
  /** How many answers were taken. The line that ends a request comes behind the last. */
  answered: number;
  take(answer: T | undefined, index: number): void;
  resolve(): void;
  reject(error: unknown): void;
}

/** Takes one answer off the front of the stream; `undefined` while it is not complete yet. */
export type Answer<T> = { value: T | undefined } | undefined;

const NEWLINE = 0x0a;
/**
 * What is asked for behind all else of a request. Git has no such object and looks nowhere for it: no ref can have the name, and a partial
 * clone fetches none.
 */
export const END_OF_ANSWERS = `?${randomBytes(16).toString('hex')}`;
/** What git says to it, in words that no content has. Where it comes shows whether the objects before have the sizes that they say. */
export const END = Buffer.from(`${END_OF_ANSWERS} missing\n`);
/** How git ends where it does not know an option. */
const USAGE_ERROR = 129;
/** How git ends after `fatal: …`. */
const FATAL = 128;

/** A way to ask `git cat-file`: its options, and the text that asks for objects. */
interface Dialect {
  readonly options: readonly string[];
  readonly request: (names: readonly string[]) => string;
}

/**
 * Git 2.36 and newer take commands, and then write answers in whole buffers: with `--batch` each object is three writes of its
 * own, and the reader is woken for each. `flush` ends a request.
 */
export const commands = (verb: 'contents' | 'info'): Dialect => ({
  options: ['--batch-command', '--buffer'],
  request: (names) => `${verb} ${names.join(`\n${verb} `)}\nflush\n`,
});
/** The way to ask that every git knows. */
export const plain = (option: string): Dialect => ({
  options: [option],
  request: (names) => `${names.join('\n')}\n`,
});

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
  /** The object whose answer was begun last. */
  #last: ObjectId | undefined;
  /** The last bytes that git has said, as many as `END` has. */
  #tail: Buffer = Buffer.alloc(0);
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
      const batch = { ids, answered: 0, take, resolve, reject };
      this.#queue.push(batch);
      this.#send(batch);
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
    const space = line.indexOf(' ', id.length + 1);
    const type = line.slice(id.length + 1, space < 0 ? undefined : space);
    const size = Number(line.slice(space + 1));
    const isMissing = type === 'missing';
    if (!line.startsWith(id) || !(isMissing || (space > 0 && Number.isInteger(size))))
      throw this.#outOfPlace(this.buffer.subarray(this.at, end));
    this.at = end + 1;
    this.#last = id;
    return { value: isMissing ? undefined : { type: type as ObjectType, size } };
  }

  #receive(chunk: Buffer): void {
    const rest = this.buffer.length - this.at;
    this.buffer = rest === 0 ? chunk : Buffer.concat([this.buffer.subarray(this.at), chunk]);
    this.at = 0;
    this.#tail = Buffer.concat([this.#tail, chunk.subarray(-END.length)]).subarray(-END.length);
  }

  #send({ ids, answered }: Batch<T>): void {
    this.#started().stdin.write(this.#dialects[0]?.request([...ids.slice(answered), END_OF_ANSWERS]) ?? '', 'latin1');
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
        this.#assertMore();
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
    const words = said.split('\n').at(-1) ?? '';
    batch.reject(damagedObject(id, words.replace(/^fatal: /, '')));
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
    for (const batch of this.#queue) this.#send(batch);
  }

  /** Forgets what git had begun to say when it ended. */
  protected forget(): void {
    this.buffer = Buffer.alloc(0);
    this.at = 0;
    this.#tail = this.buffer;
    this.#last = undefined;
  }

  #deliver(): void {
    for (let batch = this.#queue[0]; batch !== undefined; batch = this.#queue[0]) {
      while (batch.answered < batch.ids.length) {
        const answer = this.take(batch.ids[batch.answered] as ObjectId);
        if (answer === undefined) return;
        batch.take(answer.value, batch.answered++);
      }
      if (!this.#takeEnd()) return;
      this.#queue.shift();
      batch.resolve();
    }
  }

  /** Takes the line that ends the answers of a request; false while it is not there. */
  #takeEnd(): boolean {
    const next = this.buffer.subarray(this.at, this.at + END.length);
    if (!END.subarray(0, next.length).equals(next)) throw this.#outOfPlace(next);
    if (next.length < END.length) return false;
    this.at += END.length;
    if (this.at === this.buffer.length) this.#tail = Buffer.alloc(0);
    return true;
  }

  /** When it has answered all, git waits for requests: what is missing then does not come. */
  #assertMore(): void {
    if (this.#queue.length > 0 && this.#tail.equals(END)) throw this.#outOfPlace(this.buffer.subarray(this.at));
  }

  /** The error where git said something else than what comes next: the object before it has more bytes than it says, or fewer. */
  #outOfPlace(said: Buffer): GitError {
    if (this.#last !== undefined) return damagedObject(this.#last, OTHER_SIZE);
    return new GitError(`git cat-file gave an answer that can't be read: ${said.toString('latin1', 0, 200)}`);
  }

  #fail(error: unknown): void {
    for (const batch of this.#queue.splice(0)) batch.reject(error);
  }
}
