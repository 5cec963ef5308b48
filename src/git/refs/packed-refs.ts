import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GitError } from '../errors.ts';
import { isObjectId, type ObjectId, type RefName } from '../object-id.ts';

/** A line of `packed-refs`, with what a tag object there leads to, so that git need not open it. */
export interface PackedRef {
  readonly id: ObjectId;
  readonly peeled: ObjectId | undefined;
}

const HEADER = '# pack-refs with: peeled fully-peeled sorted \n';
const END_OF_LINE = 10;
const SPACE = ' '.charCodeAt(0);
const PEELED = '^'.charCodeAt(0);

/** Where the packed refs of a repository lie. */
export function packedRefsPath(commonDir: string): string {
  return join(commonDir, 'packed-refs');
}

/** Reads `packed-refs`; no file means no refs. Throws a `GitError` where its last line has no end, as for git. */
export async function readPackedRefs(commonDir: string): Promise<PackedRefs> {
  const path = packedRefsPath(commonDir);
  const content = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return Buffer.from(HEADER);
    throw new GitError(`${path} can't be read: ${error.message}`, { cause: error });
  });
  return PackedRefs.parse(path, content);
}

/**
 * The refs in `packed-refs`. As git does it, a ref is looked up and changed at its place in the text: what a command does with a few refs
 * takes as long beside a hundred thousand others. A line that is not a ref is found by whoever comes to it: all methods throw a `GitError` then.
 */
export class PackedRefs {
  readonly #path: string;
  /** Lines of refs in git's order, without the header. */
  readonly #lines: Buffer;
  /** Whether a tag that has no peeled line is known to have none: true for all that git wrote since 2012. */
  readonly isFullyPeeled: boolean;

  private constructor(path: string, lines: Buffer, isFullyPeeled: boolean) {
    this.#path = path;
    this.#lines = lines;
    this.isFullyPeeled = isFullyPeeled;
  }

  /** Throws a `GitError` where the last line has no end: the rest of a name that was cut off is the name of another ref. */
  static parse(path: string, content: Buffer): PackedRefs {
    if (content.length > 0 && content.at(-1) !== END_OF_LINE) {
      throw malformed(path, content.subarray(content.lastIndexOf(END_OF_LINE) + 1));
    }
    const header = content[0] === HEADER.charCodeAt(0) ? content.indexOf(END_OF_LINE) + 1 : 0;
    const traits = content.subarray(0, header).toString('latin1');
    const packed = new PackedRefs(path, content.subarray(header), /^# pack-refs with:.* fully-peeled /.test(traits));
    if (/ sorted /.test(traits)) return packed;
    // Of an older git, or nobody's: put in order once.
    return new PackedRefs(path, Buffer.of(), packed.isFullyPeeled).with(
      new Map(packed.#entries(0)),
      packed.isFullyPeeled,
    );
  }

  get(name: RefName): PackedRef | undefined {
    const [found] = this.#entries(this.#seek(Buffer.from(name)));
    return found?.[0] === name ? found[1] : undefined;
  }

  /** The refs whose names begin so, in git's order. */
  *startingWith(prefix: string): Generator<[RefName, PackedRef]> {
    for (const entry of this.#entries(this.#seek(Buffer.from(prefix)))) {
      if (!entry[0].startsWith(prefix)) return;
      yield entry;
    }
  }

  /** These refs with others set, or taken out where the value is `null`. */
  with(values: ReadonlyMap<RefName, PackedRef | null>, isFullyPeeled = true): PackedRefs {
    const changes = [...values].map(([name, value]) => ({ name: Buffer.from(name), value }));
    const parts: Buffer[] = [];
    let done = 0;
    for (const { name, value } of changes.sort((a, b) => Buffer.compare(a.name, b.name))) {
      const at = this.#seek(name);
      parts.push(this.#lines.subarray(done, at));
      done = at < this.#lines.length && this.#compare(at, name) === 0 ? this.#after(at) : at;
      if (value !== null) parts.push(formatRef(name, value));
    }
    parts.push(this.#lines.subarray(done));
    return new PackedRefs(this.#path, Buffer.concat(parts), isFullyPeeled);
  }

  /** The parts of a file with these refs, with the header that git writes. What they lead to must be known of all (`isFullyPeeled`). */
  format(): Buffer[] {
    return [Buffer.from(HEADER), this.#lines];
  }

  /** The refs from a place on. */
  *#entries(start: number): Generator<[RefName, PackedRef]> {
    for (let at = start; at < this.#lines.length; at = this.#after(at)) yield this.#entry(at);
  }

  /** `<id> <name>`, and perhaps `^<peeled>` on the next line. */
  #entry(at: number): [RefName, PackedRef] {
    const end = this.#endOfLine(at);
    const line = this.#lines.toString('utf8', at, end);
    const space = line.indexOf(' ');
    const [id, name] = [line.slice(0, space), line.slice(space + 1)];
    if (!isObjectId(id) || /[ \t\r]/.test(name)) throw this.#malformed(at);
    if (this.#lines[end + 1] !== PEELED) return [name, { id, peeled: undefined }];
    const peeled = this.#lines.toString('latin1', end + 2, this.#endOfLine(end + 1));
    if (!isObjectId(peeled)) throw this.#malformed(end + 1);
    return [name, { id, peeled }];
  }

  /** Where the first ref begins whose name is not before that one. */
  #seek(name: Buffer): number {
    let [low, high] = [0, this.#lines.length];
    while (low < high) {
      const middle = this.#startOf((low + high) >>> 1);
      if (this.#compare(middle, name) < 0) low = this.#after(middle);
      else high = middle;
    }
    return low;
  }

  /** Git's order of ref names: by their bytes. */
  #compare(at: number, name: Buffer): number {
    const end = this.#endOfLine(at);
    const space = this.#lines.indexOf(SPACE, at);
    if (space < 0 || space > end) throw this.#malformed(at);
    return this.#lines.compare(name, 0, name.length, space + 1, end);
  }

  /** Where the ref begins that the byte there belongs to. */
  #startOf(byte: number): number {
    const start = byte === 0 ? 0 : this.#lines.lastIndexOf(END_OF_LINE, byte - 1) + 1;
    return this.#lines[start] === PEELED && start > 0 ? this.#startOf(start - 1) : start;
  }

  /** Where the next ref begins. */
  #after(at: number): number {
    const next = this.#endOfLine(at) + 1;
    return this.#lines[next] === PEELED ? this.#endOfLine(next) + 1 : next;
  }

  #endOfLine(at: number): number {
    return this.#lines.indexOf(END_OF_LINE, at);
  }

  #malformed(at: number): GitError {
    return malformed(this.#path, this.#lines.subarray(at, this.#endOfLine(at)));
  }
}

function formatRef(name: Buffer, { id, peeled }: PackedRef): Buffer {
  return Buffer.concat([Buffer.from(`${id} `), name, Buffer.from(peeled === undefined ? '\n' : `\n^${peeled}\n`)]);
}

function malformed(path: string, line: Buffer): GitError {
  return new GitError(`${path} has a line that is not a ref: ${JSON.stringify(line.toString('utf8', 0, 100))}`, {
    hint: ['Look at it with: ', ['git', 'fsck']],
  });
}
