import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { GitError } from '../errors.ts';
import type { ObjectId, ObjectType } from '../object-id.ts';
import type { ContentPart } from '../repository.ts';
import { exitOf, type GitProgram } from './program.ts';

const NEWLINE = 0x0a;
/** What git exits with after `fatal: …`: it could not go on with the object that it was at. */
const FATAL = 128;

/** A `git cat-file --batch` with what it has said so far. */
interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly output: AsyncIterator<Buffer>;
  readonly ended: Promise<number>;
  stderr: string;
  /** Output that was not looked at yet. */
  rest: Buffer;
}

/**
 * Reads the contents of objects in pieces, from a `git cat-file --batch` of its own that stays open. No object is held whole.
 * Git ends itself at an object that it can't read: then it is started again for those behind it. One `read` at a time.
 */
export class ContentReader {
  readonly #git: GitProgram;
  readonly #isHere: (id: ObjectId) => Promise<boolean>;
  #running: Running | undefined;

  /** `isHere` says whether the store has an object, readable or not. */
  constructor(git: GitProgram, isHere: (id: ObjectId) => Promise<boolean>) {
    this.#git = git;
    this.#isHere = isHere;
  }

  async *read(ids: readonly ObjectId[]): AsyncGenerator<ContentPart, void, undefined> {
    let index = 0;
    let isRead = false;
    try {
      while (index < ids.length) {
        const running = this.#started();
        running.child.stdin.write(`${ids.slice(index).join('\n')}\n`, 'latin1');
        while (index < ids.length) {
          const isAnswered = yield* this.#answer(running, ids[index] as ObjectId, index);
          if (!isAnswered) yield { kind: 'damaged', index, reason: await this.#lastWords() };
          index += 1;
          if (!isAnswered) break;
        }
      }
      isRead = true;
    } finally {
      if (!isRead) this.close(); // what is still in the pipe belongs to nobody
    }
  }

  close(): void {
    this.#running?.child.kill();
    this.#running = undefined;
  }

  /** The parts of one object. False where git ended before all of it was there. */
  async *#answer(running: Running, id: ObjectId, index: number): AsyncGenerator<ContentPart, boolean, undefined> {
    let end = running.rest.indexOf(NEWLINE);
    for (; end < 0; end = running.rest.indexOf(NEWLINE)) if (!(await more(running))) return false;
    const header = running.rest.toString('latin1', 0, end);
    running.rest = running.rest.subarray(end + 1);
    if (header.endsWith(' missing')) {
      // Git also says this of an object that is here, but whose first bytes it can't read.
      if (await this.#isHere(id)) yield { kind: 'damaged', index, reason: 'its first bytes can not be read' };
      else yield { kind: 'absent', index };
      return true;
    }
    const [, type, size] = header.split(' ');
    yield { kind: 'start', index, type: type as ObjectType, size: Number(size) };
    for (let left = Number(size); left > 0; ) {
      if (running.rest.length === 0 && !(await more(running))) return false;
      const bytes = running.rest.subarray(0, left);
      running.rest = running.rest.subarray(bytes.length);
      left -= bytes.length;
      yield { kind: 'bytes', index, bytes };
    }
    if (running.rest.length === 0 && !(await more(running))) return false;
    running.rest = running.rest.subarray(1);
    yield { kind: 'end', index };
    return true;
  }

  #started(): Running {
    if (this.#running !== undefined) return this.#running;
    const child = this.#git.start(['cat-file', '--batch']);
    const ended = exitOf(child);
    ended.catch(() => undefined); // awaited where the output ends early
    child.stdin.on('error', () => undefined);
    const output = child.stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    const running: Running = { child, output, ended, stderr: '', rest: Buffer.alloc(0) };
    child.stderr.on('data', (chunk: Buffer) => {
      running.stderr += chunk.toString('utf8');
    });
    this.#running = running;
    return running;
  }

  /** Why git ended. Throws a `GitError` where that was not for the object. */
  async #lastWords(): Promise<string> {
    const running = this.#running;
    this.#running = undefined;
    const exitCode = await running?.ended;
    const said = running?.stderr.trim().split('\n').at(-1) ?? '';
    if (exitCode !== FATAL)
      throw new GitError(`git cat-file ended early (exit ${exitCode}): ${said || 'no reason given'}`);
    return said.replace(/^fatal: /, '');
  }
}

/** Waits for more output. False where there is none. */
async function more(running: Running): Promise<boolean> {
  const { value, done } = await running.output.next();
  if (done === true) return false;
  running.rest = running.rest.length === 0 ? value : Buffer.concat([running.rest, value]);
  return true;
}
