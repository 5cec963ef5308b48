import type { FindSecrets } from './finder.ts';
import { MARKER } from './marker.ts';
import { type Piece, replaceRanges } from './piece.ts';
import { RedactionError } from './redaction-error.ts';
import { scanPieces } from './scan.ts';

/** A secret may come to light when the one before it is gone; this many in a row are not secrets but a mistake of a rule. */
const MAX_ROUNDS = 100;

/**
 * The pieces with a marker in the place of each secret, and how many were replaced. What was changed is scanned again until
 * nothing more is found, so that a second redaction has nothing to do.
 */
export async function redactPieces(
  pieces: readonly Piece[],
  find: FindSecrets,
): Promise<{ pieces: Piece[]; count: number }> {
  const result = [...pieces];
  let count = 0;
  let numbers = [...pieces.keys()];
  for (let round = 0; numbers.length > 0; round++) {
    if (round === MAX_ROUNDS) throw new RedactionError('a rule finds secrets in what was redacted, over and over');
    const found = await scanPieces(
      numbers.map((number) => result[number] as Piece),
      find,
    );
    const changed = new Set<number>();
    for (const [index, number] of numbers.entries()) {
      const ranges = found[index] ?? [];
      if (ranges.length === 0) continue;
      result[number] = replaceRanges(result[number] as Piece, ranges, MARKER);
      count += ranges.length;
      changed.add(number);
    }
    numbers = withNames(changed, pieces);
  }
  return { pieces: result, count };
}

/** The numbers of pieces, and of the key of each value and the value of each key among them, in order. */
function withNames(numbers: Iterable<number>, pieces: readonly Piece[]): number[] {
  const all = new Set<number>();
  for (const number of numbers) {
    all.add(number);
    if (pieces[number]?.isNamed) all.add(number - 1);
    if (pieces[number + 1]?.isNamed) all.add(number + 1);
  }
  return [...all].sort((a, b) => a - b);
}
