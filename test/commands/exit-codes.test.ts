import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXIT, KNOWN_ERRORS } from '../../src/commands/exit-codes.ts';

const ROOT = resolve(import.meta.dirname, '../..');
/** Without the padding of its tables. */
const DOCUMENT = readFileSync(join(ROOT, 'docs/errors.md'), 'utf8').replace(/ +/g, ' ');
const SOURCES = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => readFileSync(join(ROOT, 'src', path), 'utf8'));

describe('docs/errors.md', () => {
  it('has every error with its exit code and meaning', () => {
    const rows = Object.entries(KNOWN_ERRORS).map(
      ([code, { exitCode, meaning }]) => `| \`${code}\` | ${exitCode} | ${meaning} |`,
    );
    expect(DOCUMENT.match(/^\| `[A-Z].*$/gm)).toEqual(rows);
  });

  it('has every exit code', () => {
    const codes = [...DOCUMENT.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
    expect(codes).toEqual(Object.values(EXIT));
  });
});

describe('the table of errors', () => {
  it('has the code of every error in the source, and no other', () => {
    const found = SOURCES.flatMap((source) =>
      [
        /\bcode(?:: string)? = '([A-Z0-9_]+)'/g,
        /(?:new CkptError|super)\(\s*'([A-Z0-9_]+)'/g,
        /\bcode: '([A-Z0-9_]+)',\n/g,
      ]
        .flatMap((pattern) => [...source.matchAll(pattern)])
        .map(([, code]) => code),
    );
    expect([...new Set(found)].sort()).toEqual(Object.keys(KNOWN_ERRORS).sort());
  });

  it('has the exit code that each error of the domain carries', () => {
    const constructed = SOURCES.flatMap((source) => [
      ...source.matchAll(/(?:new CkptError|super)\(\s*'([A-Z0-9_]+)'[\s\S]*?\);/g),
    ]);
    expect(constructed.length).toBeGreaterThan(5);
    for (const [text, code] of constructed) {
      const name = /exitCode: EXIT\.(\w+)/.exec(text)?.[1] as keyof typeof EXIT | undefined;
      const carried = name === undefined ? Number(/exitCode: (\d)/.exec(text)?.[1] ?? 1) : EXIT[name];
      expect({ code, exitCode: carried }).toEqual({ code, exitCode: KNOWN_ERRORS[String(code)]?.exitCode });
    }
  });
});
