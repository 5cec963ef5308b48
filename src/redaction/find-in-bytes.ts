import type { FindSecrets } from './finder.ts';
import type { Piece } from './piece.ts';
import { pieceGroups } from './piece-groups.ts';
import type { Range } from './range.ts';
import { scanPieces } from './scan.ts';
import { viewOf } from './scan-view.ts';
import type { Site } from './sites.ts';
import type { TranscriptFormat } from './transcript-format.ts';

/** A secret in some bytes, and the names of the rules that found it or one beside it in the same string. */
export interface SecretInBytes extends Range {
  readonly rules: readonly string[];
}

/** What was found in some bytes. */
export interface FoundInBytes {
  /** In their order. */
  readonly secrets: SecretInBytes[];
  /** Where the end of the bytes begins that must be seen together with what follows. */
  readonly end: number;
}

/** Finds what `redactBytes` would replace first, in whole lines, or in everything where `isEnd`; and changes nothing. */
export async function findInBytes(
  bytes: Buffer,
  format: TranscriptFormat,
  isEnd: boolean,
  find: FindSecrets,
): Promise<FoundInBytes> {
  const view = viewOf(bytes);
  const secrets: SecretInBytes[] = [];
  let end = bytes.length;
  for await (const { sites, pieces, cutAt } of pieceGroups(bytes, view, { format, isEnd, find })) {
    end = cutAt ?? end;
    for (const [index, ranges] of (await scanPieces(pieces, find)).entries()) {
      if (ranges.length === 0) continue;
      const rules = await rulesAt(pieces, index, find);
      const { start } = sites[index] as Site;
      for (const range of ranges) secrets.push({ start: start + range.start, end: start + range.end, rules });
    }
  }
  return { secrets, end };
}

/** The rules that find something in a piece; it is scanned again together with the key or the value that it belongs to. */
async function rulesAt(pieces: readonly Piece[], index: number, find: FindSecrets): Promise<string[]> {
  const from = pieces[index]?.isNamed ? index - 1 : index;
  const to = pieces[index + 1]?.isNamed ? index + 2 : index + 1;
  const rules = new Set<string>();
  await scanPieces(pieces.slice(from, to), async (content) => {
    const found = await find(content);
    for (const { rule } of found) rules.add(rule);
    return found;
  });
  return [...rules].sort();
}
