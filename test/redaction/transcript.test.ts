import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MARKER } from '../../src/redaction/redactor.ts';
import { IS_THOROUGH } from '../fixtures/scale.ts';
import { chooser, chunkSizes, jsonValue, spellValue } from './json-texts.ts';
import { redactAll } from './redact.ts';
import { anySecret, oneOf, pem } from './secrets.ts';

const lineEnd = fc.constantFrom('\n', '\r\n');

describe('JSON lines without secrets', () => {
  it('keep every byte', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(jsonValue, { maxLength: 6 }),
        chooser,
        chunkSizes,
        lineEnd,
        async (values, choose, sizes, end) => {
          const input = values.map((value) => spellValue(value, choose)).join(end);
          const { text, count } = await redactAll(input, 'jsonl', sizes);
          expect({ text, count }).toEqual({ text: input, count: 0 });
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each([
    ['numbers that a float cannot hold', '{"a":12345678901234567890.000,"a":1e400,"b":-0}\n'],
    ['bytes that are not UTF-8', Buffer.from('{"a":"\xff\xc3 \xe2\x82"}\n\xfe\n', 'latin1')],
    ['a byte order mark and blank lines', '\ufeff{"a":1}\r\n\r\n\n'],
    ['no line end at the end', '{"a":1}\n{"b"'],
    ['nothing', ''],
  ])('%s', async (_name, input) => {
    const { bytes, count } = await redactAll(input, 'jsonl', [3]);
    expect(bytes).toEqual(Buffer.from(input));
    expect(count).toBe(0);
  });
});

/** Puts `secret` at the end of one string of a value, a key or a value; undefined where it has none. */
function plant(value: unknown, secret: string, at: number): unknown {
  let strings = 0;
  const walk = (node: unknown, visit: (text: string) => string): unknown => {
    if (typeof node === 'string') return visit(node);
    if (Array.isArray(node)) return node.map((item) => walk(item, visit));
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(Object.entries(node).map(([key, item]) => [visit(key), walk(item, visit)]));
  };
  walk(value, (text) => {
    strings++;
    return text;
  });
  if (strings === 0) return undefined;
  let seen = 0;
  return walk(value, (text) => (seen++ === at % strings ? `${text} ${secret}` : text));
}

describe('JSON lines with a secret', () => {
  it('lose the secret and nothing else, however it is spelled and the stream is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        jsonValue,
        fc.nat(20),
        anySecret,
        chooser,
        chunkSizes,
        async (clean, at, { text: planted, secret }, choose, sizes) => {
          const value = plant(clean, planted, at);
          fc.pre(value !== undefined);
          const input = `{"first":1}\n${spellValue(value, choose)}\n${spellValue(clean, choose)}\n`;
          const { text, count } = await redactAll(input, 'jsonl', sizes);
          const [first, line, ...rest] = text.split('\n');
          expect([first, ...rest]).toEqual(input.split('\n').toSpliced(1, 1));
          const redacted = JSON.parse(String(line));
          expect(JSON.stringify(redacted)).not.toContain(JSON.stringify(secret).slice(1, -1));
          expect(count).toBe(1);
          expect(withoutMarker(redacted)).toEqual(withoutSecret(value, planted));
          const again = await redactAll(text, 'jsonl', sizes);
          expect(again).toMatchObject({ text, count: 0 });
        },
      ),
      { numRuns: 300 },
    );
  });

  /** The strings of a value, cut where the secret began; only the name may stay of what was planted. */
  const cutAt = (value: unknown, pattern: RegExp | string): string =>
    JSON.stringify(value, (_key, node) =>
      typeof node === 'object' && node !== null && !Array.isArray(node) ? Object.entries(node) : node,
    )
      .split(typeof pattern === 'string' ? JSON.stringify(pattern).slice(1, -1) : pattern)
      .join('');
  const withoutMarker = (value: unknown) =>
    cutAt(
      value,
      /(?:AWS_SECRET_ACCESS_KEY=|aws_secret_access_key = |\\"SecretAccessKey\\": \\"|\/\/registry.example\/:_authToken=|https:\/\/deploy:|postgres:\/\/app:|https:\/\/)?\[REDACTED\](?:@git\.[a-h]{8}\.dev|@db\.internal:5432\/main)?/,
    );
  const withoutSecret = (value: unknown, planted: string) => cutAt(value, planted);

  it('keep what is around it', async () => {
    const { text: token } = oneOf('GitHub token');
    const input = `{ "n": 1.0,"a\\u0062": "x ${token} y\\/" , "z":[ ] }\r\n`;
    expect((await redactAll(input, 'jsonl')).text).toBe(input.replace(token, MARKER));
  });

  it.each(['/', '\\/', '\\u002f'])('that ends in a slash, spelled %s', async (slash) => {
    const { secret } = oneOf('AWS secret access key, environment');
    const input = (value: string) => `{"a":"AWS_SECRET_ACCESS_KEY=${value} x"}`;
    const { text, count } = await redactAll(input(`${secret.slice(0, 39)}${slash}`), 'jsonl');
    expect([text, count]).toEqual([input(MARKER), 1]);
  });

  it('in a JSON document inside a string, and in one inside a string of that', async () => {
    const key = {
      SecretAccessKey: oneOf('AWS secret access key, environment').secret,
      url: 'mongodb://localhost:27017',
    };
    const [one, two] = [JSON.stringify(key), JSON.stringify({ body: JSON.stringify(key) })];
    const { text, count } = await redactAll(`${JSON.stringify({ one, two })}\n`, 'jsonl');
    expect(count).toBe(2);
    const redacted = JSON.parse(text);
    const expected = { ...key, SecretAccessKey: MARKER };
    expect(JSON.parse(redacted.one)).toEqual(expected);
    expect(JSON.parse(JSON.parse(redacted.two).body)).toEqual(expected);
  });

  it('which a key gives its meaning', async () => {
    const { secret } = oneOf('AWS secret access key, environment');
    const { text } = await redactAll(`{"Credentials":{"SecretAccessKey": "${secret}", "x":"${secret}"}}`, 'jsonl');
    expect(text).toBe(`{"Credentials":{"SecretAccessKey": "${MARKER}", "x":"${secret}"}}`);
  });

  it('several in one string, in a compact document', async () => {
    const urls = [1, 2, 3].map(() => oneOf('connection string').text);
    const left = `postgres://app:${MARKER}@db.internal:5432/main`;
    const inner = JSON.stringify({ first: 'mongodb://localhost:27017', urls, last: 'x@y.z' });
    const { text, count } = await redactAll(JSON.stringify({ inner }), 'jsonl');
    expect(JSON.parse(JSON.parse(text).inner)).toEqual({
      first: 'mongodb://localhost:27017',
      urls: [left, left, left],
      last: 'x@y.z',
    });
    expect(count).toBe(3);
  });

  it('in keys that would become the same', async () => {
    const [one, two] = [oneOf('npm token').text, oneOf('npm token').text];
    const { text } = await redactAll(`{"${one}":1,"${two}":2}\n{"${one}":3}\n{"[REDACTED]":4,"${two}":5}`, 'jsonl');
    expect(text).toBe('{"[REDACTED]":1,"[REDACTED 2]":2}\n{"[REDACTED]":3}\n{"[REDACTED]":4,"[REDACTED 2]":5}');
  });

  it('beside bytes that are not UTF-8', async () => {
    const { text } = oneOf('GitHub token');
    const line = (secret: string) => Buffer.from(`{"a":"\xff${secret}\xfe"}`, 'latin1');
    expect((await redactAll(line(text), 'jsonl')).bytes).toEqual(line(MARKER));
  });

  it('in a line that is not JSON', async () => {
    const { text } = oneOf('GitHub token');
    const input = `{"a":1}\nWarning: ${text}\n{"a":"${text}"`;
    expect((await redactAll(input, 'jsonl')).text).toBe(input.replaceAll(text, MARKER));
  });
});

describe('a JSON document over several lines', () => {
  it('is redacted inside its strings', async () => {
    const { text } = oneOf('GitHub token');
    const document = (secret: string) => `${JSON.stringify({ messages: [{ content: `a ${secret}` }, {}] }, null, 2)}\n`;
    for (const format of ['json', 'jsonl', 'text'] as const) {
      expect((await redactAll(document(text), format, [7])).text).toBe(document(MARKER));
    }
  });

  it('is redacted as text where it is not valid', async () => {
    const { text } = oneOf('GitHub token');
    const input = `{\n  "a": "${text}",\n`;
    expect((await redactAll(input, 'json')).text).toBe(input.replace(text, MARKER));
  });
});

describe('text', () => {
  const filler = `${'words of a text that has nothing in it\n'.repeat(100)}`;

  it.each(['text', 'jsonl'] as const)('a private key over lines, wherever the stream is cut: %s', async (format) => {
    // Batches are of a megabyte: the key lies across the end of the first.
    for (const before of [1_048_000, 1_048_500, 1_045_000, 1_040_000]) {
      const start = filler.repeat(Math.ceil(before / filler.length)).slice(-before);
      const input = (secret: string) => `${start}\n${secret}\n${filler}`;
      const { text, count } = await redactAll(input(pem('RSA ', 3200)), format, [1000]);
      expect(count).toBe(1);
      expect(text === input(MARKER)).toBe(true);
    }
  });

  it('without secrets keeps every byte', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 500 }), chunkSizes, async (bytes, sizes) => {
        expect((await redactAll(bytes, 'text', sizes)).bytes).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it('a key that never ends does not hold back what follows', async () => {
    const start = `${'-----BEGIN '}RSA PRIVATE KEY-----\n`;
    const input = start + filler.repeat(600);
    const { text } = await redactAll(input, 'text', [10_000]);
    expect(text === input).toBe(true);
  });
});

describe('long lines', () => {
  it.runIf(IS_THOROUGH)('of many megabytes are redacted', async () => {
    const { text } = oneOf('GitHub token');
    const line = (secret: string) => `{"a":"${'x'.repeat(20_000_000)} ${secret} ${'y '.repeat(10_000_000)}"}\n`;
    const { bytes, count } = await redactAll(line(text), 'jsonl');
    expect(count).toBe(1);
    expect(bytes.equals(Buffer.from(line(MARKER)))).toBe(true);
  });
});
