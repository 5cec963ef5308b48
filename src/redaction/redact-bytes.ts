import type { FindSecrets } from './finder.ts';
import { countMarkers, keyMarker, MARKER } from './marker.ts';
import type { Piece } from './piece.ts';
import type { Range } from './range.ts';
import { redactPieces } from './redact-pieces.ts';
import { scanPieces } from './scan.ts';
import { viewOf } from './scan-view.ts';
import { type Site, sitesOf } from './sites.ts';
import { tailOf, textCut } from './text-cut.ts';
import type { TranscriptFormat } from './transcript-format.ts';

/** Sites are redacted in groups of so many bytes: a document of millions of strings is not taken apart at once. */
const GROUP = 1 << 20;
/** What a site costs besides its bytes. */
const SITE = 16;

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
  const text = bytes.toString('latin1');
  const pieceOf = ({ kind, isNamed, start, end }: Site): Piece => {
    return { kind, isNamed, text: text.slice(start, end), view: view.slice(start, end) };
  };
  const keys = new KeyNumbers(view);
  const output: Buffer[] = [];
  let total = 0;
  let end = bytes.length;
  let at = 0;
  for (const group of inGroups(sitesOf(view, format))) {
    const last = group.at(-1) as Site;
    if (!isEnd && last.kind === 'text' && last.end === bytes.length) {
      end = last.start + (await cutOf(pieceOf(last), find));
      group[group.length - 1] = { ...last, end };
    }
    const pieces = group.map(pieceOf);
    const { pieces: redacted, count } = await redactPieces(pieces, find);
    total += count;
    for (const [index, site] of group.entries()) {
      const now = (redacted[index] as Piece).text;
      if (now === pieces[index]?.text) continue;
      output.push(bytes.subarray(at, site.start), Buffer.from(keys.numbered(now, site), 'latin1'));
      at = site.end;
    }
  }
  output.push(bytes.subarray(at, end));
  return { output: output.filter(({ length }) => length > 0), count: total, held: bytes.subarray(end) };
}

/** Cuts a list of sites into groups of some size, not between a key and its value. */
export function* inGroups(sites: Iterable<Site>): Generator<Site[]> {
  let group: Site[] = [];
  let size = 0;
  for (const site of sites) {
    if (size >= GROUP && !site.isNamed) {
      yield group;
      group = [];
      size = 0;
    }
    group.push(site);
    size += site.end - site.start + SITE;
  }
  if (group.length > 0) yield group;
}

/** Where a text that goes on can be cut. */
export async function cutOf(text: Piece, find: FindSecrets): Promise<number> {
  const { start, end } = tailOf(text.view);
  const tail: Piece = { ...text, text: text.text.slice(start, end), view: text.view.slice(start, end) };
  const [secrets = []] = await scanPieces([tail], find);
  return textCut(
    text.view,
    secrets.map((secret) => ({ start: start + secret.start, end: start + secret.end })),
  );
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
