import type { FindSecrets } from './finder.ts';
import type { Piece } from './piece.ts';
import { scanPieces } from './scan.ts';
import { type Site, sitesOf } from './sites.ts';
import { tailOf, textCut } from './text-cut.ts';
import type { TranscriptFormat } from './transcript-format.ts';

/** Sites are redacted in groups of so many bytes: a document of millions of strings is not taken apart at once. */
const GROUP = 1 << 20;
/** What a site costs besides its bytes. */
const SITE = 16;

/** Sites that are scanned together, each with its piece. */
export interface PieceGroup {
  readonly sites: readonly Site[];
  readonly pieces: readonly Piece[];
  /** Where the last text was cut, since it goes on behind the bytes; absent where nothing was cut. */
  readonly cutAt: number | undefined;
}

/** How bytes are taken apart. `isEnd`: nothing comes after them. */
export interface GroupOptions {
  readonly format: TranscriptFormat;
  readonly isEnd: boolean;
  readonly find: FindSecrets;
}

/** Takes bytes of a transcript apart into what is scanned for secrets. `view` is what `viewOf` gives for them. */
export async function* pieceGroups(
  bytes: Buffer,
  view: string,
  { format, isEnd, find }: GroupOptions,
): AsyncGenerator<PieceGroup> {
  const text = bytes.toString('latin1');
  const pieceOf = ({ kind, isNamed, start, end }: Site): Piece => {
    return { kind, isNamed, text: text.slice(start, end), view: view.slice(start, end) };
  };
  for (const sites of inGroups(sitesOf(view, format))) {
    const last = sites.at(-1) as Site;
    let cutAt: number | undefined;
    if (!isEnd && last.kind === 'text' && last.end === bytes.length) {
      cutAt = last.start + (await cutOf(pieceOf(last), find));
      sites[sites.length - 1] = { ...last, end: cutAt };
    }
    yield { sites, pieces: sites.map(pieceOf), cutAt };
  }
}

/** Cuts a list of sites into groups of some size, not between a key and its value. */
function* inGroups(sites: Iterable<Site>): Generator<Site[]> {
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
async function cutOf(text: Piece, find: FindSecrets): Promise<number> {
  const { start, end } = tailOf(text.view);
  const tail: Piece = { ...text, text: text.text.slice(start, end), view: text.view.slice(start, end) };
  const [secrets = []] = await scanPieces([tail], find);
  return textCut(
    text.view,
    secrets.map((secret) => ({ start: start + secret.start, end: start + secret.end })),
  );
}
