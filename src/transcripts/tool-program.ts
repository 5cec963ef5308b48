import { parseJson } from './members.ts';

/** A call in a program. */
interface ProgramCall {
  readonly name: string;
  readonly input: unknown;
}

/** Characters of a program up to which its calls are looked for. */
const LONGEST = 1024 * 1024;
const STRING = /"[^"\\]*(?:\\[\s\S][^"\\]*)*"|'[^'\\]*(?:\\[\s\S][^'\\]*)*'|`[^`\\]*(?:\\[\s\S][^`\\]*)*`/.source;
const NAMED = new RegExp(`\\bconst\\s+([A-Za-z_$][\\w$]*)\\s*=\\s*(${STRING})\\s*(?:;|\\n|$)`, 'g');
const CALL = /\btools\.(\w+)\s*\(/g;
const CLOSE = /\s*,?\s*\)/y;
const TOKEN = new RegExp(`\\s*(?:([{}[\\],:])|(-?\\d+(?:\\.\\d+)?)|(${STRING})|([A-Za-z_$][\\w$]*)(?=(\\s*:)?))`, 'y');
const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  v: '\v',
  0: '\0',
  '\n': '',
};

/**
 * The calls of tools in a program that an agent writes: `tools.exec_command({cmd: "make"})`. Empty where there is none, or where
 * what one of them is asked can't be read without running the program.
 */
export function callsInProgram(code: string): ProgramCall[] {
  if (code.length > LONGEST) return [];
  const names = new Map([...code.matchAll(NAMED)].map(([, name = '', text = '']) => [name, unquoted(text)]));
  const calls: ProgramCall[] = [];
  CALL.lastIndex = 0;
  for (let found = CALL.exec(code); found !== null; found = CALL.exec(code)) {
    const literal = literalAt(code, CALL.lastIndex, names);
    if (literal === undefined) return [];
    calls.push({ name: found[1] ?? '', input: literal.value });
    CALL.lastIndex = literal.end;
  }
  return calls;
}

/** The value between the parentheses of a call, where it is a literal or the name of a text; `undefined` otherwise. */
function literalAt(code: string, start: number, names: ReadonlyMap<string, string | undefined>) {
  let json = '';
  let depth = 0;
  let end = start;
  do {
    TOKEN.lastIndex = end;
    const [whole, sign, number, text, word, colon] = TOKEN.exec(code) ?? [];
    if (whole === undefined) return undefined;
    end += whole.length;
    if (sign === '{' || sign === '[') depth += 1;
    if (sign === '}' || sign === ']') {
      depth -= 1;
      if (json.endsWith(',')) json = json.slice(0, -1);
    }
    const value = text === undefined ? wordAsJson(word, colon !== undefined, names) : JSON.stringify(unquoted(text));
    const piece = sign ?? number ?? value;
    if (piece === undefined) return undefined;
    json += piece;
  } while (depth > 0);
  CLOSE.lastIndex = end;
  const value = parseJson(json);
  return value === undefined || !CLOSE.test(code) ? undefined : { value, end: CLOSE.lastIndex };
}

/** A word as JSON: the key of a member, a constant, or a name that stands for a text. */
function wordAsJson(word = '', isKey: boolean, names: ReadonlyMap<string, string | undefined>): string | undefined {
  if (isKey) return JSON.stringify(word);
  return /^(?:true|false|null)$/.test(word) ? word : JSON.stringify(names.get(word));
}

/** The text that a literal stands for; `undefined` where the program computes a part of it. */
function unquoted(literal: string): string | undefined {
  if (literal.startsWith('`') && literal.includes('${')) return undefined;
  return literal
    .slice(1, -1)
    .replace(
      /\\(?:u\{([\da-fA-F]+)\}|u([\da-fA-F]{4})|x([\da-fA-F]{2})|([\s\S]))/g,
      (_, long, four, two, other: string) => {
        const digits: string | undefined = long ?? four ?? two;
        if (digits === undefined) return ESCAPES[other] ?? other;
        const point = Number.parseInt(digits, 16);
        return point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd';
      },
    );
}
