import { lexer, parseInline, type Tokens } from 'marked';
import { describe, expect, it } from 'vitest';
import { codeSpan } from '../../../src/ui/reports/code-span.ts';
import { markdownReport } from '../../../src/ui/reports/markdown.ts';
import { FINDING_CODES, type Finding, finding } from '../../../src/verify/finding.ts';
import { ABOUT, judgedOf } from '../../verify/reports.ts';
import { CONTROL, EVIL, FINDINGS, LOST, NASTY, NOTED, WARNED } from './samples.ts';

const textOf = (...args: Parameters<typeof judgedOf>) => markdownReport(judgedOf(...args), ABOUT);
const tablesOf = (text: string) => lexer(text).filter((token): token is Tokens.Table => token.type === 'table');

describe('markdownReport', () => {
  it('has a heading with the verdict, and a table for each code that a reader of Markdown finds', () => {
    const text = textOf([LOST, WARNED, NOTED]);
    expect(text).toMatch(/^## ❌ ckpt verify\n\n\*\*INCONSISTENT: 1 error, 1 warning\.\*\*\n/);
    const headings = lexer(text).filter(({ type }) => type === 'heading') as Tokens.Heading[];
    expect(headings.map((heading) => heading.text)).toEqual([
      '❌ ckpt verify',
      'error `FIELD_LOST` (1)',
      'warning `GENERATION_TOO_LARGE` (1)',
    ]);
    const [lost] = tablesOf(text);
    expect(lost?.rows.map((row) => row.map((cell) => cell.text))).toEqual([
      ['`a3b2c4d5e6f7 session 2 a3/b2c4d5e6f7/2/metadata.json field agent`', '`agent is gone`'],
    ]);
    expect(text).toMatch(/<details><summary>1 finding more[\s\S]*\| `CHECKPOINT_ONLY_IN_V2` \| note \| 1 new \|/);
    expect(textOf()).toMatch(/^## ✅ ckpt verify\n\n\*\*CONSISTENT: /);
  });

  it('counts what is known and ignored, and lists notes that fail', () => {
    const known = { file: 'b`*.json', entries: judgedOf([LOST]).findings };
    const text = textOf([LOST, WARNED], { known, ignore: [{ code: 'GENERATION_TOO_LARGE' }] });
    expect(text).toContain('| `FIELD_LOST` | error | 1 known |');
    expect(text).toContain('| `GENERATION_TOO_LARGE` | warning | 1 ignored |');
    expect(text).toContain('1 finding known by b\\`\\*.json; 1 finding ignored');
    expect(textOf([NOTED], { failOn: 'note' })).toContain('### note `CHECKPOINT_ONLY_IN_V2` (1)');
  });

  it('takes nothing of the repository as markup', () => {
    const text = textOf(FINDINGS);
    expect(text).not.toMatch(CONTROL);
    const evil = tablesOf(text)
      .flatMap(({ rows }) => rows)
      .find((row) => row[1]?.text.includes('2J'));
    expect(evil).toHaveLength(2);
    for (const cell of evil ?? []) expect(cell.tokens.map(({ type }) => type)).toEqual(['codespan']);
  });

  it('stays below the 1 MiB that GitHub takes, whatever was found', () => {
    const long = '\u202e|`'.repeat(500);
    const many = FINDING_CODES.flatMap((code) =>
      Array.from({ length: 300 }, (): Finding => ({ ...EVIL, code, severity: 'error', message: long, path: long })),
    );
    const text = textOf(many);
    expect(Buffer.byteLength(text)).toBeLessThan(1024 * 1024);
    expect(text).toContain('codes more: see the other reports.');
    const few = textOf(Array.from({ length: 25 }, (_, at) => finding('FILE_EXTRA', `file ${at}`)));
    expect(tablesOf(few)[0]?.rows).toHaveLength(20);
    expect(few).toContain('and 5 more');
  });
});

describe('codeSpan', () => {
  it.each(['plain', '`', '``a`', 'a`', '', NASTY, ' x ', '<b>'])('is one code span: %j', (text) => {
    const html = parseInline(codeSpan(text)) as string;
    expect(html).toMatch(/^<code>[^<]*<\/code>$/);
  });
});
