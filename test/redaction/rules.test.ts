import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadRedactor, MARKER } from '../../src/redaction/redactor.ts';
import { oneOf, pem, SECRETS } from './secrets.ts';

const redactor = await loadRedactor();

describe.each(Object.keys(SECRETS))('%s', (kind) => {
  it('is found, and nothing of it is left', async () => {
    const secrets = SECRETS[kind] as (typeof SECRETS)[string];
    await fc.assert(
      fc.asyncProperty(secrets, async (planted) => {
        const { text, count } = await redactor.redactText(`before ${planted.text}\nafter`);
        expect(text).not.toContain(planted.secret.slice(-12));
        expect(text).not.toContain(planted.secret.slice(0, 24));
        expect(text).toMatch(/^before .*\[REDACTED\].*\nafter$/);
        expect(count).toBe(1);
      }),
    );
  });

  it('is found right behind a word of another script', async () => {
    const planted = oneOf(kind);
    const { text } = await redactor.redactText(`令牌是${planted.text}。`);
    expect(text).not.toContain(planted.secret);
    expect(text).toMatch(/^令牌是.*。$/s);
  });
});

describe('private keys', () => {
  const exported = (type: 'pkcs8' | 'pkcs1' | 'sec1', key: { export(options: object): string | Buffer }): string =>
    String(key.export({ type, format: 'pem' }));
  const keys: Array<readonly [string, string]> = [
    ['Ed25519', exported('pkcs8', generateKeyPairSync('ed25519').privateKey)],
    ['RSA', exported('pkcs1', generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey)],
    ['EC', exported('sec1', generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)],
    [
      'encrypted',
      String(
        generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({
          type: 'pkcs1',
          format: 'pem',
          cipher: 'aes-128-cbc',
          passphrase: 'x',
        }),
      ),
    ],
  ];

  it.each(keys)('%s', async (_name, key) => {
    const { text, count } = await redactor.redactText(`key:\n${key}end`);
    expect({ text, count }).toEqual({ text: `key:\n${MARKER}\nend`, count: 1 });
  });

  it.each([
    ['a listing with line numbers', (line: string, index: number) => `${String(index + 1).padStart(6)}→${line}`],
    ['a diff', (line: string) => `+${line}`],
    ['a quotation', (line: string) => `> ${line}`],
  ])('%s', async (_name, shown) => {
    const lines = pem('', 400).split('\n');
    const { text } = await redactor.redactText(lines.map(shown).join('\n'));
    for (const line of lines.slice(1, -1)) expect(text).not.toContain(line);
  });

  it('without its end', async () => {
    const lines = pem('RSA ', 640).split('\n').slice(0, 6);
    const { text } = await redactor.redactText(`${lines.join('\n')}\n… and so on`);
    expect(text).toBe(`${MARKER}\n… and so on`);
  });

  it('leaves alone what is none', async () => {
    const begin = '-----BEGIN PRIVATE KEY-----';
    for (const text of [begin, `${begin}\n...\n-----END PRIVATE KEY-----`, `${begin} is how a key begins, and so on`]) {
      expect(await redactor.redactText(text)).toEqual({ text, count: 0 });
    }
  });
});

describe('what is left alone', () => {
  it.each([
    ['AWS account ID', 'aws_account_id: 1234-5678-9012'],
    [
      'the keys of AWS documents',
      `AKIAIOSFODNN7${'EXAMPLE'} aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCY${'EXAMPLEKEY'}`,
    ],
    ['placeholders', `https://user:password@example.com //r.example/:_authToken=\${NPM_TOKEN}`],
    ['hashes', 'a94a8fe5ccb19ba61c4c0873d391e987982fbbd3'],
    ['the marker', `${MARKER} [REDACTED 2] _authToken=${MARKER} AWS_SECRET_ACCESS_KEY=${MARKER}`],
  ])('%s', async (_name, text) => {
    expect(await redactor.redactText(text)).toEqual({ text, count: 0 });
  });
});
