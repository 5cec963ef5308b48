import { parseJsonDocument, tokenEnd } from './tokens.ts';

/** Marks the text of a number that no float holds; strings in metadata do not begin with it. */
const EXACT = '\u0000number:';

/**
 * Reads a JSON text so that two numbers are equal exactly when the texts mean the same number: one that a float can't hold
 * becomes a marked string of its digits. Throws a `SyntaxError` where it is not JSON.
 */
export function parseExactJson(text: string): unknown {
  const plain = parseJsonDocument(text); // what is not JSON must not become some by what follows
  const parts: string[] = [];
  let kept = 0;
  for (let at = 0, end = 0; at < text.length; at = end) {
    end = tokenEnd(text, at);
    const token = /^[-\d]/.test(text.charAt(at)) ? text.slice(at, end) : undefined;
    const other = token && replacement(token);
    if (other === undefined) continue;
    parts.push(text.slice(kept, at), other);
    kept = end;
  }
  return kept === 0 ? plain : JSON.parse(parts.join('') + text.slice(kept));
}

/** A number of ten bytes can have a billion digits: beside one, what is smaller by more than these many is not added. */
const MOST_DIGITS = 1000n;

/** The sum of numbers that are spelled as in JSON, to the last digit, as JSON spells it. */
export function exactSum(numbers: readonly string[]): string {
  const terms = numbers.flatMap((text) => {
    const [digits = '0', exponent = '0'] = canonicalNumber(text).split('e');
    return digits === '0' ? [] : [{ text, digits: BigInt(digits), exponent: BigInt(exponent), length: digits.length }];
  });
  const sizes = terms.map(({ exponent, length }) => exponent + BigInt(length));
  const largest = sizes.reduce((a, b) => (b > a ? b : a), sizes[0] ?? 0n);
  const added = terms.filter((_, i) => (sizes[i] ?? 0n) + MOST_DIGITS > largest);
  const [only] = added;
  if (only === undefined) return '0';
  const lowest = added.reduce((least, { exponent }) => (exponent < least ? exponent : least), only.exponent);
  const sum = added.reduce((total, { digits, exponent }) => total + digits * 10n ** (exponent - lowest), 0n);
  const exact = canonicalNumber(`${sum}e${lowest}`);
  const float = String(Number(exact));
  if (canonicalNumber(float) === exact) return float;
  if (added.length === 1) return only.text;
  return lowest >= 0n && lowest < 20n ? String(sum * 10n ** lowest) : exact;
}

/** JSON text of values that `parseExactJson` read, with the numbers that it marked as numbers again. */
export function withoutMarks(text: string): string {
  return text.replace(/"\\u0000number:([^"]*)"/g, '$1');
}

/** What takes the place of a number; `undefined` where it stays. Zero has no sign. */
function replacement(number: string): string | undefined {
  const exact = canonicalNumber(number);
  if (exact === '0') return '0';
  return canonicalNumber(String(Number(number))) === exact ? undefined : JSON.stringify(EXACT + exact);
}

/** A number as its digits without zeros at either end, and the power of ten that they are multiplied by: `-12.50` is `-125e-1`. */
export function canonicalNumber(text: string): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (match === null) return text; // `Infinity`, what a float makes of 1e999
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const digits = (whole + fraction).replace(/^0+/, '');
  const kept = digits.replace(/0+$/, '');
  if (kept === '') return '0';
  return `${sign}${kept}e${BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - kept.length)}`;
}
