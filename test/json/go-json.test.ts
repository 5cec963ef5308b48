import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { goJson, parseGoJson } from '../../src/json/go-json.ts';

/**
 * Documents, and what Go 1.26 makes of each: `json.Unmarshal` into a `map[string]any`, and an encoder with `SetEscapeHTML(false)` and
 * `SetIndent("", "  ")`. One character per byte; what has no second column is not JSON for Go.
 */
const VECTORS: ReadonlyArray<readonly [string, string?]> = JSON.parse(
  readFileSync(join(import.meta.dirname, 'vectors/go-json.json'), 'utf8'),
);

function written(text: string): string | undefined {
  const document = parseGoJson(Buffer.from(text, 'latin1'));
  return document && goJson(document.root)?.toString('latin1');
}

describe('goJson', () => {
  it('writes what Go writes', () => {
    expect(VECTORS.length).toBeGreaterThan(90);
    for (const [text, expected] of VECTORS) expect(written(text), text).toBe(expected);
  });

  it.each(['12345678901234567890', '9007199254740993', '1e400', '-1.10e+400', '1e-400', '0.1000000000000000000001'])(
    'keeps the digits of %s, which no float holds, and names it',
    (number) => {
      const document = parseGoJson(Buffer.from(`{"n":[${number},1.0,${number}]}`));
      expect(document?.unheld).toEqual([number]);
      expect(document && goJson(document.root)?.toString()).toBe(
        `{\n  "n": [\n    ${number},\n    1,\n    ${number}\n  ]\n}\n`,
      );
    },
  );

  const nested = (depth: number, inner = '') => `${'['.repeat(depth)}${inner}${']'.repeat(depth)}`;

  it('reads what is nested as deep as Go reads it, and nothing deeper', () => {
    expect(written(`{"a":${nested(1000)}}`)?.replace(/\s/g, '')).toBe(`{"a":${nested(1000)}}`);
    expect(parseGoJson(Buffer.from(`{"a":${nested(9999)}}`))).toBeDefined();
    expect(parseGoJson(Buffer.from(`{"a":${nested(10_000)}}`))).toBeUndefined();
    expect(parseGoJson(Buffer.from(nested(1_000_000)))).toBeUndefined();
  });

  it('writes nothing where little would become too much', () => {
    expect(written(nested(9000, '1,'.repeat(40_000).slice(0, -1)))).toBeUndefined();
  });

  it('leaves what is not JSON alone', () => {
    for (const text of [
      '',
      'x',
      '{',
      '{}{}',
      '\xef\xbb\xbf{}',
      "{'a':1}",
      '{"a":01}',
      '{"a":"\x01"}',
      '{"a":"\\x"}',
      '[1,]',
    ]) {
      expect(parseGoJson(Buffer.from(text, 'latin1')), text).toBeUndefined();
    }
  });
});
