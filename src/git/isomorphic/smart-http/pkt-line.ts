/** Ends a list of lines (gitprotocol-common, "pkt-line Format"). */
export const FLUSH = Buffer.from('0000', 'latin1');

const LENGTH_DIGITS = 4;
/** How many packets of a server's words are kept: each is up to 64 kB. */
const MAX_HEARD = 64;

/** A line as git's protocol frames it: its length in four hex digits, these included, and then the line. */
export function pktLine(text: string): Buffer {
  const line = Buffer.from(text, 'utf8');
  const length = (line.length + LENGTH_DIGITS).toString(16).padStart(LENGTH_DIGITS, '0');
  return Buffer.concat([Buffer.from(length, 'latin1'), line]);
}

/** The lines of a stream one after the other; `null` is a flush. Throws an `Error` where the stream ends within a line, or is not one of lines. */
export async function* pktLines(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Buffer | null, void, undefined> {
  let held: Buffer = Buffer.alloc(0);
  for await (const piece of source) {
    held = held.length === 0 ? Buffer.from(piece) : Buffer.concat([held, piece]);
    let at = 0;
    while (held.length - at >= LENGTH_DIGITS) {
      const digits = held.toString('latin1', at, at + LENGTH_DIGITS);
      if (!/^[0-9a-f]{4}$/i.test(digits)) throw new Error('the answer is not one of a git server');
      const length = Number.parseInt(digits, 16);
      if (length > held.length - at) break;
      yield length < LENGTH_DIGITS ? null : held.subarray(at + LENGTH_DIGITS, at + length);
      at += Math.max(length, LENGTH_DIGITS);
    }
    held = held.subarray(at);
  }
  if (held.length > 0) throw new Error('the connection broke off');
}

/**
 * The data out of what a server sends with words beside it (gitprotocol-pack, "side-band-64k"). The words go to `heard`, as far as that
 * stays small. Throws an `Error` with what it says where it gives up.
 */
export async function* sideBandData(
  lines: AsyncIterable<Buffer | null>,
  heard: Buffer[] = [],
): AsyncGenerator<Buffer, void, undefined> {
  for await (const line of lines) {
    if (line === null) return;
    if (line[0] === 1) yield line.subarray(1);
    else if (line[0] === 3) throw new Error(line.toString('utf8', 1).trim());
    else if (line[0] === 2) heard.push(...(heard.length < MAX_HEARD ? [line.subarray(1)] : []));
    else throw new Error(`the server answered: ${line.toString('utf8').trim()}`);
  }
  throw new Error('the connection broke off');
}
