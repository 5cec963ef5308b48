import type { FindSecrets } from './finder.ts';
import { countMarkers, keyMarker, MARKER } from './marker.ts';
import type { Piece } from './piece.ts';
import { pieceGroups } from './piece-groups.ts';
import type { Range } from './range.ts';
import { redactPieces } from './redact-pieces.ts';
import { viewOf } from './scan-view.ts';
import type { Site } from './sites.ts';
import type { TranscriptFormat } from './transcript-format.ts';

/** What redaction made of some bytes. */
export interface RedactedBytes {
  /** In order; parts without secrets are parts of the input, not copies. */
  readonly output: Buffer[];
  /** How many secrets were replaced. */
  readonly count: number;
  /** The end of the input that is not in the output: text that must be seen together with what follows. Empty at the end. */
  readonly held: Buffer;
}

/**
 * Redacts bytes of a transcript: whole lines, or everything where `isEnd`. Only what is inside a JSON string or in a text
 * changes, and of that only the secrets.
 */
export async function redactBytes(
  bytes: Buffer,
  format: TranscriptFormat,
  isEnd: boolean,
  find: FindSecrets,
): Promise<RedactedBytes> {
  const view = viewOf(bytes);
  const keys = new KeyNumbers(view);
  const output: Buffer[] = [];
  let total = 0;
  let end = bytes.length;
  let at = 0;
  for await (const { sites, pieces, cutAt } of pieceGroups(bytes, view, { format, isEnd, find })) {
    end = cutAt ?? end;
    const { pieces: redacted, count } = await redactPieces(pieces, find);
    total += count;
    for (const [index, site] of sites.entries()) {
      const now = (redacted[index] as Piece).text;
      if (now === pieces[index]?.text) continue;
      output.push(bytes.subarray(at, site.start), Buffer.from(keys.numbered(now, site), 'latin1'));
      at = site.end;
    }
  }
  output.push(bytes.subarray(at, end));
  return { output: output.filter(({ length }) => length > 0), count: total, held: bytes.subarray(end) };
}

/** Numbers the markers in the keys of each document. The keys come in order. */
class KeyNumbers {
  readonly #view: string;
  #document: Range | undefined;
  #taken = 0;

  constructor(view: string) {
    this.#view = view;
  }

  /** The text of a changed site; where it is a key, with numbers in its markers. */
  numbered(text: string, { keyOf }: Site): string {
    if (keyOf === undefined) return text;
    if (keyOf !== this.#document) this.#taken = countMarkers(this.#view.slice(keyOf.start, keyOf.end));
    this.#document = keyOf;
    return text.replaceAll(MARKER, () => keyMarker(this.#taken++));
  }
}
