/** `NAME … = VALUE`, from behind a part of the name on. */
export interface ValueAssignment {
  /** What is left of the name. */
  readonly nameRest: string;
  /** Where the value begins: behind quotes and blanks. */
  readonly value: number;
}

/**
 * What stands between a name and its value, after gitleaks: more of the name, closing quotes, an operator, opening quotes. Besides
 * `name["x"] =`, `name: Optional[str] =`, a default in brackets (`aws configure`), `("x", "…")`, a value in a member of its own
 * (`{"name": "X", "value": "…"}`), and a scheme before the value (`Authorization: Bearer …`).
 */
const BETWEEN =
  /([\w.-]{0,30}(?:[ \t][\w.-]{1,16}){0,2}[ \t]{0,4})[\s'"`\\\])]{0,18}(?:\[[^\]\n]{0,24}\])?(?::[ \t]{0,2}[A-Za-z.]{1,16}(?:[<[][\w ]{1,12}[>\]])?[ \t]{0,2}(?==))?[ \t]{0,2}(=>|:{0,3}=|\?=|\|\||:|=|(?<!-)>|,|\()[\s'"`\\=]{0,20}(?:(?:value|Value|VALUE|val)[\\'"]{0,18}\s{0,3}[:=>]\s{0,3}[\\'"]{0,18})?(?:(?:[Bb]earer|[Bb]asic|[Tt]oken|BEARER)[ \t]{1,2})?/y;

/** What stands between a flag of a command and its value. */
const BEHIND_FLAG = /([\w.-]{0,30})[ \t]{1,4}\\{0,8}['"]?/y;

/** The assignment that goes on at this place of a text, right behind a part of a name; undefined where there is none. */
export function assignmentAt(text: string, at: number): ValueAssignment | undefined {
  const pattern = isFlag(text, at) && isMatch(BEHIND_FLAG, text, at) ? BEHIND_FLAG : BETWEEN;
  pattern.lastIndex = at;
  const match = pattern.exec(text);
  return match === null ? undefined : { nameRest: match[1] ?? '', value: pattern.lastIndex };
}

/** Whether the name that has come to this place is a flag, as in `--password VALUE`. */
function isFlag(text: string, end: number): boolean {
  let start = end;
  while (start > 0 && end - start < 40 && FLAG_CODES[text.charCodeAt(start - 1) & 0xff] === YES) start--;
  return text[start] === '-' && text[start + 1] === '-' && text[start + 2] !== '-';
}

function isMatch(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at;
  return pattern.test(text);
}

/** In a table of character codes: those that it is about. */
const YES = 1;

const BEFORE_VALUE = /[A-Za-z.]{1,16}(?:[<[][\w ]{1,12}[>\]])?[\s'"\\]{0,20}[=:>]/y;
/** The shortest value that is worth a look. */
const SHORTEST_VALUE = 8;
const LONGEST_GAP = 96;
const FLAG_CODES = tableOf(/[\w-]/);
const NAME_CODES = tableOf(/[\w.\- \t]/);
const GAP_CODES = tableOf(/[\s'"`\\=:>|,?()[\]\x1b%;<nrtu0-9a-fA-Fm]/);
const VALUE_CODES = tableOf(/[\w+/=.~%\\\-[\];!@#$^&*?:\x1b]/);
const OPERATOR_CODES = tableOf(/[=:>|,(%\\?]/);

/**
 * A look at whether a value may follow a name that goes on at this place, in whatever encoding: quick, and true too often rather
 * than too seldom.
 */
export function mayBeAssigned(text: string, from: number): boolean {
  let at = from;
  const nameEnd = Math.min(from + 48, text.length);
  while (at < nameEnd && NAME_CODES[text.charCodeAt(at) & 0xff] === YES) at++;
  // A blank behind the name, as in `--password VALUE`, is part of what was skipped.
  let hasOperator = false;
  const gapEnd = Math.min(at + LONGEST_GAP, text.length);
  for (; at < gapEnd && GAP_CODES[text.charCodeAt(at) & 0xff] === YES; at++) {
    if (OPERATOR_CODES[text.charCodeAt(at) & 0xff] === YES) hasOperator = true;
    else if (hasOperator && isWordCode(text.charCodeAt(at))) break;
  }
  if (!hasOperator) return isFlag(text, from);
  let length = 0;
  while (length < SHORTEST_VALUE && VALUE_CODES[text.charCodeAt(at + length) & 0xff] === YES) length++;
  // A type, or the name of the member that has the value: `key: string = …`, `"value": …`.
  return length === SHORTEST_VALUE || (length > 0 && isMatch(BEFORE_VALUE, text, at));
}

function isWordCode(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
}

function tableOf(pattern: RegExp): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, code) => (pattern.test(String.fromCharCode(code)) ? YES : 0));
}
