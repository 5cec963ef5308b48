import { entropyOf } from './entropy.ts';
import type { Range } from './range.ts';
import gitleaks from './rules/gitleaks.json' with { type: 'json' };

/** Names whose values are secrets; the words are those of gitleaks' rule `generic-api-key` and some more. */
export const NAMES = [
  'access',
  'auth',
  'api',
  'credential',
  'creds',
  'key',
  'passwd',
  'password',
  'passphrase',
  'secret',
  'token',
  'pwd',
  'jwt',
  'dsn',
  'pass',
  'salt',
] as const;

/** Of these a value may be short or of few characters, or have signs in it. */
const PASSWORD = /passw|passphrase|pwd|_pass$|^pass$|PASS$|[a-z]Pass$/i;
/** Only with these is a value of hexadecimal digits alone a secret, and no hash. */
const STRONG =
  /secret|passw|token|api[_-]?key|access[_-]?key|private[_-]?key|auth[_-]?key|encryption[_-]?key|signing[_-]?key|credential|master[_-]?key|passphrase/i;
/** With these it is none. */
const WEAK =
  /(?:public[ _-]?key)|(?:foreign|primary|sort|partition|cache|idempotency|hot|row|column|map|object|storage|registry|group|file|s3|dedup\w*|invocation|turbo|query|react|i18n|translation|lookup|index)[_-]?key|key[_-]?(?:id|name|path|code|press|down|up|word|board|hash|ref|type|file|frame|size|len|fingerprint)|\.(?:md|ts|js|py|go|json|ya?ml|txt|html?)$|key_?pairs?$|^PASS$|output|_?(?:id|ids|hash|sha\d*|digest|checksum|etag|uuid|guid|commit|version|url|uri|path|file|dir|name|count|type|limit|usage|expir\w*|at|ttl|length|size|prefix|suffix|index|class|fingerprint|signature|integrity)$|tokens$|_tokens|tokens_|tokeniz|author|keyword|keyboard|authenticat\w+ed|accessib|accessor|monkey|turkey|keystroke|keyframe|compass|passed|passes|passing|bypass|tool_?use|message_?id|request_?id|session_?id|call_?id/i;

const PLAIN = /[\w.=+/~-]{8,4096}/y;
const PASSWORD_VALUE = /[^\s'"`\\<>,;(){}[\]\x00-\x1f\x7f-\xff]{8,128}/y;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const HEX = /^(?:0x|[a-z]{1,8}[-_])?(?:[0-9a-f]+|[0-9A-F]+)[/.=:-]?$/;
/** Hashes with their names, times, versions, numbers, paths, file names, hosts, variables, what is masked. */
const NO_SECRET =
  /^(?:sha\d+|md5|blake\w*)[-:=]|^\d{4}-\d\d-\d\d|^v?\d+(?:\.\d+){1,3}|^[\d._,:e+-]+$|^\.{1,2}\/|^~\/|^[a-z][a-z+]{1,10}:\/\/|\.(?:js|mjs|cjs|tsx?|jsx|json|ya?ml|toml|md|py|go|rs|rb|java|kt|sh|txt|html?|css|png|jpe?g|svg|pem|crt|key|pub|env|lock|com|org|net|io|dev|local|sql|log|xml|ini|conf|cfg|exe|zip|gz)(?:$|[:/?#])|^\$|\$\{|\$\(|^%\w+%$|^\*|\*{3}|x{5}|X{5}|\.{3}|REDACTED|EXAMPLE|^process\.|^os\.|^env\.|^import\.|^(?:toolu|call|msg|req|ses|prt|resp|chatcmpl|run|thread|asst|file|item|fc|rs|evt|in|sub|price|prod|cus|pi|ch|cs|seti|acct|org|proj|usr|user|team|doc|chat|srvtoolu)[-_][A-Za-z0-9_-]+$/;
/** An expression of a program: members, calls, parts of words with capitals. */
const EXPRESSION =
  /^[A-Za-z_$]+\d?(?:\??\.[A-Za-z_$]+\d?){1,8}$|^[a-z]+(?:[A-Z][a-z]+)+\d{0,3}$|^[A-Za-z]+(?:[-_][A-Za-z]+)+[-_]?\d{0,4}$|^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$|^(?:[A-Za-z]+\d{0,3}|[A-Z]\d{1,4})(?:_(?:[A-Za-z]+\d{0,3}|[A-Z]\d{1,4}))+$/;
const STOPWORDS: readonly string[] = gitleaks.stopwords.filter((word) => word.length >= 4);

const LONG_STOPWORDS = STOPWORDS.filter((word) => word.length > 4);

/** Names that other words have in them: `rapid`, `compass`. */
const SHORT_NAMES = /^(?:api|pass|salt|dsn|pwd|jwt)$/i;

/** Whether a name at this place of a text is a word, or a part of one that begins there, as in `my_apiKey`. */
export function isNameAt(text: string, start: number, end: number): boolean {
  const name = text.slice(start, end);
  if (!SHORT_NAMES.test(name)) return true;
  const isBegun = /[a-z]/.test(text[start - 1] ?? '') && /^[a-z]/.test(name);
  return !isBegun && !(name.toLowerCase() !== 'api' && /[a-z]/.test(text[end] ?? ''));
}

/** Where the secret lies that is assigned to `name` and whose value begins at this place; undefined where it is none. */
export function genericSecretAt(text: string, at: number, name: string): Range | undefined {
  if (WEAK.test(name)) return undefined;
  const isPassword = PASSWORD.test(name);
  const pattern = isPassword ? PASSWORD_VALUE : PLAIN;
  pattern.lastIndex = at;
  const [whole] = pattern.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const value = isPassword ? whole : whole.replace(/[.~-]+$/, '');
  return isSecret(value, name, isPassword) ? { start: at, end: at + value.length } : undefined;
}

/** A path is of words, base64 that begins with a slash is not. In bits a character. */
const PATH_ENTROPY = 4.4;
/** In a long value a short word may stand by chance. */
const LONG = 24;

function isSecret(value: string, name: string, isPassword: boolean): boolean {
  if (!/\d/.test(value) || !/[A-Za-z]/.test(value)) return false;
  if (value.length < (isPassword ? 8 : 10) || UUID.test(value) || NO_SECRET.test(value) || EXPRESSION.test(value)) {
    return false;
  }
  const isHex = HEX.test(value);
  if (isHex && !(STRONG.test(name) && value.length >= 32)) return false;
  const entropy = entropyOf(value);
  if (entropy < (isPassword ? 2.75 : isHex ? 3 : 3.5) || (value.startsWith('/') && entropy < PATH_ENTROPY))
    return false;
  const lower = value.toLowerCase();
  const words = value.length < LONG ? STOPWORDS : LONG_STOPWORDS;
  return !words.some((word) => lower.includes(word));
}
