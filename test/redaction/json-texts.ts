import fc from 'fast-check';

/** A string between quotes, each character spelled in one of the ways that JSON has for it, chosen by `choose`. */
function spell(text: string, choose: (options: number) => number): string {
  const units = text.split('').map((unit) => {
    const plain = JSON.stringify(unit).slice(1, -1);
    const hex = `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
    const spellings = [plain, plain, plain, plain, hex, hex.replace(/[a-f]/g, (digit) => digit.toUpperCase())];
    if (unit === '/') spellings.push('\\/');
    return spellings[choose(spellings.length)] ?? plain;
  });
  return `"${units.join('')}"`;
}

/** White space where JSON allows it. */
const SPACES = ['', '', '', ' ', '\t', '  '] as const;

/** A value as JSON text in one line, its strings spelled and its white space chosen at random. */
export function spellValue(value: unknown, choose: (options: number) => number): string {
  const space = () => SPACES[choose(SPACES.length)] ?? '';
  const around = (parts: readonly string[]) => parts.map((part) => `${space()}${part}${space()}`).join(',');
  if (typeof value === 'string') return spell(value, choose);
  if (Array.isArray(value)) return `[${around(value.map((item) => spellValue(item, choose)))}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(
      ([key, member]) => `${spell(key, choose)}${space()}:${space()}${spellValue(member, choose)}`,
    );
    return `{${around(members)}}`;
  }
  return JSON.stringify(value);
}

/** Chooses by a list of numbers, over and over. */
export const chooser: fc.Arbitrary<(options: number) => number> = fc
  .array(fc.nat(1000), { minLength: 1, maxLength: 50 })
  .map((numbers) => {
    let next = 0;
    return (options) => (numbers[next++ % numbers.length] as number) % options;
  });

/** Cuts bytes into chunks of the sizes given, over and over. */
export async function* inChunks(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, chunk = 0; at < bytes.length; chunk++) {
    const size = sizes[chunk % sizes.length] ?? bytes.length;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

export const chunkSizes = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 5 });

/** A JSON value whose strings have every kind of character. */
export const jsonValue: fc.Arbitrary<unknown> = fc.jsonValue({ maxDepth: 3, stringUnit: 'binary' });
