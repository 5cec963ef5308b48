import { randomInt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { findSecrets } from '../../src/redaction/finder.ts';
import { redactBytes } from '../../src/redaction/redact-bytes.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const EACH = 20;

/** Letters and digits, with a digit and a letter among them. */
function made(): string {
  const characters = Array.from({ length: 30 }, () => ALPHABET[randomInt(ALPHABET.length)]);
  return `k7${characters.join('')}`;
}

function redacted(text: string, format: 'text' | 'jsonl' = 'text'): { text: string; count: number } {
  const { output, count } = redactBytes(Buffer.from(text), format, true, findSecrets);
  return { text: Buffer.concat(output).toString(), count };
}

/** How often the value is gone, of `EACH` times, in a text, in JSON and in JSON in JSON. They are random: one in some hundreds has a word in it. */
function foundIn(surroundings: (value: string) => string): number[] {
  const found = [0, 0, 0];
  for (let i = 0; i < EACH; i++) {
    const value = made();
    const text = surroundings(value);
    const json = JSON.stringify({ content: `$ cat x\n${text}\n` });
    for (const [depth, content] of [text, json, JSON.stringify({ json })].entries()) {
      const after = redacted(content, depth === 0 ? 'text' : 'jsonl').text;
      if (depth > 0) JSON.parse(after);
      if (!after.includes(value.slice(12, 20))) found[depth] = (found[depth] as number) + 1;
    }
  }
  return found;
}

const ASSIGNMENTS: ReadonlyArray<readonly [string, (value: string) => string]> = [
  ['fish', (value) => `set -x GITHUB_API_TOKEN ${value}`],
  ['fish, global', (value) => `set -gx API_KEY "${value}"`],
  ['fish, long flags', (value) => `set --global --export API_KEY ${value}`],
  ['csh', (value) => `setenv API_KEY ${value}`],
  ['Windows', (value) => `setx API_KEY ${value}`],
  ['Windows, quoted', (value) => `setx API_KEY "${value}" /M`],
  ['a Dockerfile', (value) => `ENV API_KEY ${value}`],
  ['git config', (value) => `git config --global service.token ${value}`],
  ['npm config', (value) => `npm config set //registry.example/:_authToken ${value}`],
  ['aws configure', (value) => `aws configure set aws_session_token ${value}`],
  ['gh secret', (value) => `gh secret set API_KEY --body "${value}"`],
  ['Rust', (value) => `let api_key: &str = "${value}";`],
  ['Rust, a constant', (value) => `const API_KEY: &'static str = "${value}";`],
  ['Rust, a String', (value) => `let api_key = String::from("${value}");`],
  ['Rust, an Option', (value) => `let api_key: Option<&str> = Some("${value}");`],
  ['TypeScript', (value) => `const token: string = "${value}";`],
  ['TypeScript, a union', (value) => `const token: string | undefined = "${value}";`],
  ['TypeScript, a list', (value) => `readonly apiKeys: readonly string[] = ["${value}"];`],
  ['TypeScript, a default', (value) => `const apiKey = process.env.API_KEY ?? "${value}";`],
  ['Go', (value) => `var apiKey string = "${value}"`],
  ['Go, bytes', (value) => `var jwtSecret = []byte("${value}")`],
  ['Kotlin', (value) => `private val apiKey: String? = "${value}"`],
  ['Swift', (value) => `let apiKey: String = "${value}"`],
  ['Java', (value) => `private static final String API_KEY = "${value}";`],
  ['C', (value) => `const char *api_key = "${value}";`],
  ['Python, a union', (value) => `api_key: str | None = "${value}"`],
  ['Python, bytes', (value) => `SECRET_KEY = b"${value}"`],
  ['YAML, a block', (value) => `api_key: >-\n  ${value}`],
  ['a property list', (value) => `<key>API_KEY</key>\n<string>${value}</string>`],
  ['Maven', (value) => `<name>fs.s3a.secret.key</name><value>${value}</value>`],
  ['Markdown, bold', (value) => `**API key**: \`${value}\``],
  ['Markdown, a table', (value) => `| API_KEY | ${value} |`],
  ['a sentence', (value) => `the api key is ${value}`],
];

const COOKIES: ReadonlyArray<readonly [string, (value: string) => string]> = [
  ['a request', (value) => `Cookie: theme=dark; session=${value}; _ga=GA1.2.1`],
  ['a response', (value) => `set-cookie: connect.sid=s%3A${value}; Path=/; HttpOnly`],
  ['PHP', (value) => `curl -H 'Cookie: PHPSESSID=${value}' https://example.com`],
  ['curl', (value) => `curl -b "sid=${value}" https://example.com`],
  ['a page', (value) => `document.cookie = "session=${value}; path=/"`],
  ['a member', (value) => JSON.stringify({ cookie: `session=${value}; a=b` })],
  ['a list of headers', (value) => JSON.stringify([{ name: 'Cookie', value: `session=${value}` }])],
  ['a browser', (value) => JSON.stringify([{ name: 'sessionid', value, domain: '.example.com' }], null, 2)],
];

describe('what is assigned', () => {
  it.each(ASSIGNMENTS)('in %s', (_name, surroundings) => {
    for (const times of foundIn(surroundings)) expect(times).toBeGreaterThanOrEqual(EACH - 2);
  });

  it.each(COOKIES)('as a cookie: %s', (_name, surroundings) => {
    for (const times of foundIn(surroundings)) expect(times).toBeGreaterThanOrEqual(EACH - 2);
  });

  it('as a seed phrase', () => {
    const phrase = 'wise coast legend tuna rival bench cycle pilot ozone faint gravity lumber';
    for (const text of [`MNEMONIC="${phrase}"`, `mnemonic: ${phrase}`, `my seed phrase is ${phrase}.`]) {
      for (const content of [text, JSON.stringify({ text })])
        expect(redacted(content).text).toBe(content.replace(phrase, '[REDACTED]'));
    }
  });

  it('to no name: a key of Cursor', () => {
    const key = `key${'_'}${'0123456789abcdef'.repeat(4)}`;
    expect(redacted(`use ${key} here`).text).toBe('use [REDACTED] here');
    expect(redacted(`use ${key}0 here`).count).toBe(0);
  });
});

describe('what is none', () => {
  const uuid = '0199f1c2-7b1e-7c3a-9d55-2f6f0c1d8e11';
  it.each([
    ['cookies of no session', `Cookie: theme=dark; _ga=GA1.2.1234567890.1699999999; lang=en-GB; consent=2024-01-01T00`],
    ['a UUID as a cookie', `Cookie: session=${uuid}`],
    ['a session that is no cookie', `{"session":"k7Zq9Xw2Lp4Vb8Nm3","url":"/?session=k7Zq9Xw2Lp4Vb8Nm3"}`],
    ['words behind a name', 'the token is required, the key is base64encoded and the password is wrong'],
    ['a comparison', 'if key is PBES.PBESv1SHA1:\n  if token is not None and secret is OAuth2Session:'],
    ['a union of types', 'access=winreg.KEY_READ | winreg.KEY_WOW64_32KEY, api | v2024beta1 | key'],
    ['settings of words', 'git config user.key main\nset -x API_KEY $OTHER_KEY_2\nENV KEY value'],
    ['types', 'let key: Option<KeyCode32> = None; const token: Token2 | undefined = getToken2();'],
    ['definitions', '#define NFTA_TUNNEL_KEY_IP6_MAX __NFTA_TUNNEL_KEY_IP6_MAX'],
    ['a sentence', 'seed phrase: write down the twelve words with care and keep them away from anyone'],
    ['a phrase of examples', `mnemonic: "${'test '.repeat(11)}junk"`],
  ])('%s', (_name, text) => {
    expect(redacted(text)).toEqual({ text, count: 0 });
    const json = JSON.stringify({ text });
    expect(redacted(json, 'jsonl')).toEqual({ text: json, count: 0 });
  });
});
