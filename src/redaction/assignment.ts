/** `NAME … = VALUE`, from behind a part of the name on. */
export interface ValueAssignment {
  /** What is left of the name. */
  readonly nameRest: string;
  /** Where the value begins: behind quotes and blanks. */
  readonly value: number;
}

/** A type between a name and its value: `&'static str`, `Option<&str>`, `string | undefined`, `String?`, `readonly string[]`. */
const TYPE = String.raw`(?:&(?:'[a-z]{1,10} )?(?:mut )?)?(?:readonly )?[A-Za-z][A-Za-z.:]{0,23}(?:[<[][\w &'.:|<>,]{0,24}[>\]])?[?!]?(?:\[\])?`;
const TYPES = String.raw`:[ \t]{0,2}${TYPE}(?:[ \t]?\|[ \t]?${TYPE}){0,3}[ \t]{0,2}(?==)`;
/** What makes a value of a text, and letters before its quote: `Some("…")`, `[]byte("…")`, `b"…"`, `["…"]`. */
const MAKER = String.raw`(?:(?:String::from|String|string|str|Some|Ok|Secret(?:Str|String)?(?:::new|::from)?|\[\]byte|bytes|Buffer\.from)\(|[rbufRBUFL@$]{1,2}|\[)(?=\\{0,16}["'\x60])`;
/**
 * What stands between a name and its value, after gitleaks: more of the name, closing quotes, an operator, opening quotes. Besides
 * `name["x"] =`, a type, a default in brackets (`aws configure`), `("x", "…")`, elements of XML (`<name>X</name><value>…`), signs of
 * Markdown and YAML (`**X**: …`, `X: >-`), a value in a member of its own (`{"name": "X", "value": "…"}`), and a scheme before the value
 * (`Authorization: Bearer …`).
 */
const BETWEEN = new RegExp(
  [
    String.raw`([\w.-]{0,30}(?:[ \t][\w.-]{1,16}){0,2}[ \t]{0,4})(?:</\w{1,16}>\s{0,24}<\w{1,16})?[\s'"\x60\\\])]{0,18}(?:\*\*)?(?:\[[^\]\n]{0,24}\])?(?:${TYPES})?[ \t]{0,2}`,
    String.raw`(=>|:{0,3}=|\?{1,2}=?|\|\|=?|\|(?=[ \t]{1,24}[^\s|]{8,512}[ \t]{1,99}\|)|:|=|(?<!-)>|,|\()(?:[ \t]{0,2}\*\*(?!\*))?(?:[ \t][>|][+-]?(?=\s))?[\s'"\x60\\=]{0,20}(?:${MAKER}[\s'"\x60\\]{0,18})?`,
    String.raw`(?:(?:value|Value|VALUE|val)[\\'"]{0,18}\s{0,3}[:=>]\s{0,3}[\\'"]{0,18})?(?:(?:[Bb]earer|[Bb]asic|[Tt]oken|BEARER)[ \t]{1,2})?`,
  ].join(''),
  'y',
);

/** What stands between a name and its value where there is no operator: `--token …`, `set -x TOKEN …`, `the token is …`. */
const BEHIND_NAME = /([\w.-]{0,30})[ \t]{1,16}(?:is:?[ \t]{1,4}|(?:--body|-b)[ \t=]{1,4})?\\{0,8}['"`]?/y;
/** What sets the variable or the setting that is named next: in shells, Windows, Dockerfiles, and by `config set` and the like. */
const SETS =
  /(?:^|[\s;&|("'`n])(?:setx|setenv|env|arg|(?:set|config)(?:[ \t]+set)?(?:[ \t]+--?[\w-]{1,12}){0,3})[ \t]+["']?$/i;

/** The assignment that goes on at this place of a text, right behind a part of a name; undefined where there is none. */
export function assignmentAt(text: string, at: number): ValueAssignment | undefined {
  const pattern = isFollowed(text, at) && isMatch(BEHIND_NAME, text, at) ? BEHIND_NAME : BETWEEN;
  pattern.lastIndex = at;
  const match = pattern.exec(text);
  return match === null ? undefined : { nameRest: match[1] ?? '', value: pattern.lastIndex };
}

/** Whether the value of the name that has come to this place follows it without an operator. */
function isFollowed(text: string, end: number): boolean {
  return isFlag(text, end) || isSaid(text, end) || isSet(text, end);
}

/** Whether the name goes on as in `the password is …`. */
function isSaid(text: string, at: number): boolean {
  return (
    text[at] === ' ' && text[at + 1] === 'i' && text[at + 2] === 's' && (text[at + 3] === ' ' || text[at + 3] === ':')
  );
}

/** Whether what stands before this place begins a closing tag, as in `<name>TOKEN</name><value>…`. */
function isClosed(text: string, at: number): boolean {
  return text[at - 1] === '<' && text[at] === '/';
}

/** Whether something sets the name, as in `set -x TOKEN …`. */
function isSet(text: string, end: number): boolean {
  let start = end;
  while (start > 0 && end - start < 64 && PATH_CODES[text.charCodeAt(start - 1) & 0xff] === YES) start--;
  const before = text[start - 1];
  if (before !== ' ' && before !== '\t' && before !== '"') return false;
  return SETS.test(text.slice(Math.max(start - 48, 0), start));
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

const BEFORE_VALUE =
  /[A-Za-z&][\w.:&'<>[\]|?! ]{0,47}[\s'"\\]{0,20}[=:>]|[\w.:[\]]{1,20}\(\\{0,16}["'`]|[rbufRBUFL@$]{1,2}\\{0,16}["'`]|-\s|-?\\+n/y;
/** The shortest value that is worth a look. */
const SHORTEST_VALUE = 8;
const LONGEST_GAP = 96;
const FLAG_CODES = tableOf(/[\w-]/);
const PATH_CODES = tableOf(/[\w.:/@-]/);
const NAME_CODES = tableOf(/[\w.\- \t]/);
const GAP_CODES = tableOf(/[\s'"`\\=:>|,?()*[\]\x1b%;<nrtu0-9a-fA-Fm]/);
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
  if (!hasOperator) return isFollowed(text, from) || isClosed(text, at);
  let length = 0;
  while (length < SHORTEST_VALUE && VALUE_CODES[text.charCodeAt(at + length) & 0xff] === YES) length++;
  // A type, or the name of the member that has the value: `key: string = …`, `"value": …`.
  return length === SHORTEST_VALUE || (length > 0 && isMatch(BEFORE_VALUE, text, at)) || isFollowed(text, from);
}

function isWordCode(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
}

function tableOf(pattern: RegExp): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, code) => (pattern.test(String.fromCharCode(code)) ? YES : 0));
}
