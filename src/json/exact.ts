/** A string or a number in a JSON text; a string may hold digits. */
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** Marks the text of a number that no float holds; strings in metadata do not begin with it. */
const EXACT = '\u0000number:';

/**
 * Reads a JSON text so that two numbers are equal exactly when the texts mean the same number: one that a float can't hold
 * becomes a marked string of its digits. Throws a `SyntaxError` where it is no JSON.
 */
export function parseExactJson(text: string): unknown {
  JSON.parse(text); // what is no JSON must not become some by what follows
  return JSON.parse(
    text.replace(STRING_OR_NUMBER, (token) => {
      if (token.startsWith('"')) return token;
      const exact = canonicalNumber(token);
      if (exact === '0') return '0';
      return canonicalNumber(String(Number(token))) === exact ? token : JSON.stringify(EXACT + exact);
    }),
  );
}

/** A number as its digits without zeros at either end, and the power of ten that they are multiplied by: `-12.50` is `-125e-1`. */
function canonicalNumber(text: string): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (match === null) return text; // `Infinity`, what a float makes of 1e999
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const digits = (whole + fraction).replace(/^0+/, '');
  const kept = digits.replace(/0+$/, '');
  if (kept === '') return '0';
  return `${sign}${kept}e${BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - kept.length)}`;
}
