import { randomInt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { findSecrets } from '../../src/redaction/finder.ts';
import { redactBytes } from '../../src/redaction/redact-bytes.ts';
import { PLACES, type SecretForm, secretForms } from '../fixtures/secret-corpus.ts';

const forms = secretForms();

/** What is left of a secret at a place: true where the middle of it is gone. */
function isFound(form: SecretForm, place: string): boolean {
  const { content, needle } = (PLACES[place] as (typeof PLACES)[string])(form);
  const { output, count } = redactBytes(Buffer.from(content), isJson(content) ? 'jsonl' : 'text', true, findSecrets);
  const text = Buffer.concat(output).toString();
  if (isJson(content)) expect(() => JSON.parse(text)).not.toThrow();
  expect(redactBytes(Buffer.from(text), 'text', true, findSecrets).count).toBe(0);
  return count > 0 && !text.includes(needle);
}

function isJson(content: string): boolean {
  try {
    JSON.parse(content);
    return true;
  } catch {
    return false;
  }
}

describe('secrets of more than 200 forms', () => {
  it('are enough of them', () => {
    expect(forms.length).toBeGreaterThanOrEqual(150);
    expect(Object.keys(PLACES).length).toBeGreaterThanOrEqual(12);
  });

  // They are random: one in some hundreds has a word in it by chance, or too few different characters.
  it.each(Object.keys(PLACES))('are found: %s', (place) => {
    const missed = forms
      .filter((form) => !isFound(form, place))
      .map(({ kind, name, text }) => `${kind}: ${name ?? ''} ${text}`);
    expect(missed.length, missed.join('\n')).toBeLessThanOrEqual(forms.length / 50);
  });
});

describe('what is not a secret', () => {
  const hex = (length: number) =>
    'da39a3ee5e6b4b0d3255bfef95601890afd80709cf83e1357eefb8bdf1542850d66d8007'.slice(0, length);
  it.each([
    ['object ids', `"commit": "${hex(40)}", "key": "${hex(40)}", sha256:${hex(64)} parent ${hex(40)}`],
    ['UUIDs', '"sessionId":"0199f1c2-7b1e-7c3a-9d55-2f6f0c1d8e11","token_id":"0199f1c2-7b1e-7c3a-9d55-2f6f0c1d8e11"'],
    [
      'IDs of agents',
      '"id":"msg_01XFDUDYJgAACzvnptvVoYEL","tool_use_id":"toolu_01A09q90qw90lq917835lq9","key":"ses_cb99a444f001Ftd3kTVmr8XQHZ"',
    ],
    ['counts', '"input_tokens":12345,"cache_creation_input_tokens":98765,"max_tokens":32000,"tokens":"1234567890"'],
    [
      'code',
      'const apiKey = process.env.API_KEY_2;\nconst token = await getToken2(user);\nkey: keyof T1, password: user.password1',
    ],
    [
      'placeholders',
      'API_KEY=your-api-key-here-1234\nTOKEN=xxxxxxxxxxxxxxxx1234\npassword: $DB_PASSWORD\nhttps://user:password@host.example',
    ],
    [
      'URLs with a port or a scope',
      'https://example.com:8080/@scope/pkg git+https://git@github.com:foo/bar.git https://unpkg.com:443/react@18.2.0/index.js',
    ],
    ['a signature', `"signature":"${'EqQBCkgIARABGAIiQL8aXkPz3vT9sKq1mNw7bYc5dRf2hGj4'.repeat(20)}"`],
  ])('%s', (_name, text) => {
    const { output, count } = redactBytes(Buffer.from(text), 'text', true, findSecrets);
    expect({ text: Buffer.concat(output).toString(), count }).toEqual({ text, count: 0 });
  });
});

describe('secrets that only their surroundings tell', () => {
  const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';
  const made = (length: number, alphabet = letters + letters.toUpperCase()) =>
    Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
  // Three stars in a row are taken for a mask.
  const django = () => `7k${made(48, `${letters}!@#$%^&*(-_=+)`).replaceAll('***', '*7*')}`;

  it.each([
    ['Django', () => django(), (key: string) => `SECRET_KEY = 'django-insecure-${key}'`],
    ['Django without its mark', () => django(), (key: string) => `SECRET_KEY = "${key}"`],
    ['Laravel', () => `${made(43)}=`, (key: string) => `APP_KEY=base64:${key}`],
    ['Azure DevOps', () => made(52, letters.slice(0, 32)), (key: string) => `AZURE_DEVOPS_EXT_PAT=${key}`],
    ['a JWK', () => made(43), (key: string) => `{"kty":"EC","crv":"P-256","x":"${made(43)}","d":"${key}"}`],
    ['a JWK whose type comes last', () => made(43), (key: string) => `{"d":"${key}","kty":"OKP"}`],
    [
      'a header in JSON',
      () => `7a${made(38, '0123456789abcdef')}`,
      (key: string) => `{"Authorization":"token ${key}"}`,
    ],
  ])('%s', (_name, make, surroundings) => {
    for (let i = 0; i < 20; i++) {
      const key = make();
      const text = surroundings(key);
      for (const content of [text, JSON.stringify({ text }), JSON.stringify({ text: JSON.stringify({ text }) })]) {
        const { output } = redactBytes(Buffer.from(content), isJson(content) ? 'jsonl' : 'text', true, findSecrets);
        expect(Buffer.concat(output).toString()).not.toContain(key);
      }
    }
  });

  it.each([1, 2, 3])('a token in a URL in %d others', (depth) => {
    const token = `ghp_${made(36)}`;
    let text = `q=${token}`;
    for (let i = 0; i < depth; i++) text = `https://example.com/?next=${encodeURIComponent(text)}`;
    const { output } = redactBytes(Buffer.from(text), 'text', true, findSecrets);
    expect(Buffer.concat(output).toString()).not.toContain(token);
  });
});

describe('much of the same', () => {
  it.each([
    ['quotes', '"'],
    ['backslashes', '\\'],
    ['escaped quotes', '\\"'],
    ['names', 'token='],
    ['beginnings of keys', '-----BEGIN PRIVATE KEY-----\n'],
    ['percent signs', '%3D'],
    ['percent signs of percent signs', '%25'],
    ['types of keys', '"kty": "'],
    ['base64', 'aGVsbG8gd29ybGQgYWdhaW4g'],
    ['colours', '\x1b[32m'],
    ['connection strings', 'postgres://a:'],
    ['lines of base64', `${'aGVsbG8gd29ybGQgYWdhaW4g'.repeat(3)}\n`],
    ['lines of base64 that grow', '\naGVsbG8gd29ybGQgYWdhaW4gaGVsbG8gd29ybGQgYWdhaW4g'],
    ['cookies', 'session=k7Zq9Xw2Lp4Vb8Nm3; '],
    ['settings', 'set -x TOKEN '],
    ['seed phrases', 'mnemonic: wise coast '],
    ['types', 'token: string | '],
    ['JSON escapes', '\\u0070'],
  ])('%s take neither long nor much memory', (_name, part) => {
    const bytes = Buffer.from(part.repeat(Math.ceil((2 << 20) / part.length)));
    const before = process.memoryUsage().rss;
    const start = process.cpuUsage();
    redactBytes(bytes, 'text', true, findSecrets);
    const { user } = process.cpuUsage(start);
    expect(user / 1e6).toBeLessThan(20);
    expect(process.memoryUsage().rss - before).toBeLessThan(400 << 20);
  });
});
