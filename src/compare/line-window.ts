import { createHash, type Hash } from 'node:crypto';

/** Bytes of a line that are kept; what follows is known by its length and hash, so that lines of any length can be compared. */
const MAX_LINE = 4096;
/** Lines that are compared on each side from the first difference on. */
const MAX_LINES = 1000;
/** Equal lines that are kept before the first difference. */
const CONTEXT = 3;

const LINE_FEED = 0x0a;

type Lines = AsyncGenerator<string, undefined, undefined>;

/** The part of two texts in which they differ. */
export interface LineWindows {
  /** Lines before the windows, which are the same on both sides. */
  readonly skipped: number;
  readonly left: string;
  readonly right: string;
  /** True where a text goes on after its window. */
  readonly isCut: boolean;
}

/**
 * From two texts of any size the lines from the first difference on, with some before it. `undefined` where no line
 * differs. Memory does not grow with the texts, nor with their lines.
 */
export async function differingLines(
  left: AsyncIterable<Buffer>,
  right: AsyncIterable<Buffer>,
): Promise<LineWindows | undefined> {
  const sides = [linesOf(left), linesOf(right)] as const;
  try {
    return await windowsOf(...sides);
  } finally {
    for (const side of sides) await side.return(undefined);
  }
}

async function windowsOf(left: Lines, right: Lines): Promise<LineWindows | undefined> {
  const common: string[] = [];
  let skipped = 0;
  for (;;) {
    const [a, b] = [await left.next(), await right.next()];
    if (a.done && b.done) return undefined;
    if (a.value !== b.value) {
      const [l, r] = [await collect(left, a.value), await collect(right, b.value)];
      const before = common.join('');
      return { skipped, left: before + l.text, right: before + r.text, isCut: l.isCut || r.isCut };
    }
    common.push(a.value ?? '');
    if (common.length > CONTEXT) {
      common.shift();
      skipped += 1;
    }
  }
}

async function collect(lines: Lines, first: string | undefined) {
  const kept = first === undefined ? [] : [first];
  while (kept.length < MAX_LINES) {
    const { value, done } = await lines.next();
    if (done) return { text: kept.join(''), isCut: false };
    kept.push(value);
  }
  return { text: kept.join(''), isCut: (await lines.next()).done !== true };
}

/** The lines of a text with their line feeds; long ones are cut. */
async function* linesOf(stream: AsyncIterable<Buffer>): Lines {
  let line = new CutLine();
  for await (const chunk of stream) {
    let at = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, at)) {
      line.add(chunk.subarray(at, end));
      yield `${line.text()}\n`;
      line = new CutLine();
      at = end + 1;
    }
    line.add(chunk.subarray(at));
  }
  if (line.length > 0) yield line.text();
  return undefined;
}

class CutLine {
  length = 0;
  readonly #kept: Buffer[] = [];
  #rest: Hash | undefined;

  add(bytes: Buffer): void {
    const room = Math.max(0, MAX_LINE - this.length);
    if (bytes.length > 0 && room > 0) this.#kept.push(Buffer.from(bytes.subarray(0, room)));
    if (bytes.length > room) {
      this.#rest ??= createHash('sha256');
      this.#rest.update(bytes.subarray(room));
    }
    this.length += bytes.length;
  }

  text(): string {
    const kept = Buffer.concat(this.#kept).toString('utf8');
    if (this.#rest === undefined) return kept;
    return `${kept} … (${this.length - MAX_LINE} more bytes, SHA-256 ${this.#rest.digest('hex').slice(0, 12)})`;
  }
}
