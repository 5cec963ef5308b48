import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { GitError, OTHER_SIZE } from '../errors.ts';
import type { ObjectId, ObjectType } from '../object-id.ts';
import type { ContentPart } from '../repository.ts';
import { END, END_OF_ANSWERS } from './cat-file.ts';
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
  /** The last bytes of the output, as many as `END` has. */
  tail: Buffer;
  hasEnded: boolean;
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
        const asked = [...ids.slice(index), END_OF_ANSWERS];
        running.child.stdin.write(`${asked.join('\n')}\n`, 'latin1');
        let isAnswered = true;
        for (; isAnswered && index < ids.length; index++) {
          isAnswered = yield* this.#answer(running, ids, index);
          if (!isAnswered) yield { kind: 'damaged', index, reason: await this.#reason(running) };
        }
        if (isAnswered) isRead = await takeEnd(running);
      }
    } finally {
      if (!isRead) this.close(); // what is still in the pipe belongs to nobody
    }
  }

  close(): void {
    this.#running?.child.kill();
    this.#running = undefined;
  }

  /** The parts of one object. False where not all of it came, or something else came behind it. */
  async *#answer(
    running: Running,
    ids: readonly ObjectId[],
    index: number,
  ): AsyncGenerator<ContentPart, boolean, undefined> {
    const id = ids[index] as ObjectId;
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
    const next = ids[index + 1];
    if (!(await isNext(running, next === undefined ? `\n${END}` : `\n${next} `))) return false;
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
    const nothing = Buffer.alloc(0);
    const running: Running = { child, output, ended, stderr: '', rest: nothing, tail: nothing, hasEnded: false };
    child.stderr.on('data', (chunk: Buffer) => {
      running.stderr += chunk.toString('utf8');
    });
    this.#running = running;
    return running;
  }

  /** Why an object could not be read. Throws a `GitError` where git ended, and not for the object. */
  async #reason(running: Running): Promise<string> {
    this.#running = undefined;
    if (!running.hasEnded) {
      running.child.kill();
      return OTHER_SIZE;
    }
    const exitCode = await running.ended;
    const said = running.stderr.trim().split('\n').at(-1) ?? '';
    if (exitCode !== FATAL)
      throw new GitError(`git cat-file ended early (exit ${exitCode}): ${said || 'no reason given'}`);
    return said.replace(/^fatal: /, '');
  }
}

/** Waits for more output. False where none comes: git has ended, or has answered all and waits. */
async function more(running: Running): Promise<boolean> {
  if (running.tail.equals(END)) return false;
  const { value, done } = await running.output.next();
  running.hasEnded = done === true;
  if (done === true) return false;
  running.rest = running.rest.length === 0 ? value : Buffer.concat([running.rest, value]);
  running.tail = Buffer.concat([running.tail, value.subarray(-END.length)]).subarray(-END.length);
  return true;
}

/** Whether this comes next, as far as git got. */
async function isNext(running: Running, text: string): Promise<boolean> {
  const wanted = Buffer.from(text, 'latin1');
  while (running.rest.length < wanted.length && (await more(running)));
  const next = running.rest.subarray(0, wanted.length);
  return (next.length === wanted.length || running.hasEnded) && wanted.subarray(0, next.length).equals(next);
}

/** Takes what ends the answers off the output. False where something else is there. */
async function takeEnd(running: Running): Promise<boolean> {
  const isThere = await isNext(running, `${END}`);
  running.rest = running.rest.subarray(END.length);
  running.tail = Buffer.alloc(0);
  return isThere;
}
