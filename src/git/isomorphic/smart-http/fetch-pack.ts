import { EngineUnavailableError } from '../../errors.ts';
import type { ObjectId } from '../../object-id.ts';
import { FLUSH, pktLine, pktLines, sideBandData } from './pkt-line.ts';
import type { RemoteServer } from './remote-server.ts';

/** What a fetch asks for. */
export interface PackRequest {
  /** Never none. */
  readonly wants: readonly ObjectId[];
  /** Objects that are here, with all that they lead to: the server leaves that out. */
  readonly haves: readonly ObjectId[];
  /** The commits at which what is here was cut off. */
  readonly shallow: Iterable<string>;
}

/** Without `thin-pack`: every delta's base is in the pack, which can be kept as it comes. */
const CAPABILITIES = 'side-band-64k ofs-delta no-progress';

/** The largest pack that is held in memory, in bytes. */
const LARGEST_PACK = 2 ** 30;

/**
 * Fetches a pack (gitprotocol-pack, version 0, "Packfile Negotiation") in one round trip: all that is here is said at once. Throws a
 * `RemoteError` where the server refuses or breaks off, an `EngineUnavailableError` for a pack of more than `largest` bytes.
 */
export function fetchPack(
  server: Pick<RemoteServer, 'talk' | 'post'>,
  request: PackRequest,
  largest = LARGEST_PACK,
): Promise<Buffer> {
  return server.talk(async () => {
    const lines = withoutAcknowledgments(pktLines(await server.post('git-upload-pack', requestLines(request))));
    const pieces: Buffer[] = [];
    let size = 0;
    for await (const piece of sideBandData(lines)) {
      size += piece.length;
      if (size > largest) throw tooLarge(largest);
      // Copied: the bytes of a line are parts of larger buffers.
      pieces.push(Buffer.from(piece));
    }
    return Buffer.concat(pieces);
  });
}

async function* requestLines({ wants, haves, shallow }: PackRequest): AsyncGenerator<Buffer, void, undefined> {
  const wanted = wants.map((id, i) => pktLine(`want ${id}${i === 0 ? ` ${CAPABILITIES}` : ''}\n`));
  const cut = Array.from(shallow, (id) => pktLine(`shallow ${id}\n`));
  const known = haves.map((id) => pktLine(`have ${id}\n`));
  yield Buffer.concat([...wanted, ...cut, FLUSH, ...known, pktLine('done\n')]);
}

/** There may be several: one more for each object that is here and is a parent of the first one that both have. */
async function* withoutAcknowledgments(lines: AsyncIterable<Buffer | null>) {
  for await (const line of lines) {
    if (line === null || !/^(?:NAK|ACK )/.test(line.toString('latin1', 0, 4))) yield line;
  }
}

function tooLarge(largest: number): EngineUnavailableError {
  return new EngineUnavailableError(
    `the pack that the server sends has more than ${largest} bytes, which the engine without git would hold in memory`,
    { hint: 'Fetch with the git program: --engine native' },
  );
}
