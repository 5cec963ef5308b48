import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import type { FleetRow, Grade } from '../../src/fleet/fleet-row.ts';
import { fleetSummary } from '../../src/fleet/fleet-summary.ts';
import { fleetHtml } from '../../src/ui/fleet-html.ts';
import { fleetMarkdown } from '../../src/ui/fleet-markdown.ts';
import { fleetPicture } from '../../src/ui/fleet-picture.ts';
import { fleetText } from '../../src/ui/fleet-text.ts';

const HOSTILE = '<script>alert(1)</script>"\' onload=x `|` \u001b[31m\u202e @all https://x.example';

function row(name: string, grade: Grade, standing: string, detail = ''): FleetRow {
  const fixed = { kind: 'path', command: 'verify', errorCode: null, startedAt: '2026-01-02T03:04:05.678Z' } as const;
  const exitCode = grade === 'bad' ? 1 : 0;
  return { ...fixed, name, grade, standing, detail, exitCode, checkpointCount: 1200, durationMs: 80 };
}

const SUBJECT = { command: 'verify', words: ['--deep'] } as const;
const summary = fleetSummary({ ...SUBJECT, words: [...SUBJECT.words] }, [
  row('b', 'good', 'consistent'),
  row(HOSTILE, 'bad', 'differs', HOSTILE),
  row('a', 'good', 'consistent'),
  row('c', 'none', 'no-checkpoints'),
]);
const RUN = { doneBeforeCount: 2, report: 'found', durationMs: 1500 };

describe('the summary of a fleet', () => {
  it('counts, and has the worst first', () => {
    expect(summary.counts).toEqual({ repositories: 4, checkpoints: 4800, good: 2, open: 0, none: 1, bad: 1 });
    expect(summary.standings.map(({ standing, count }) => [standing, count])).toEqual([
      ['differs', 1],
      ['no-checkpoints', 1],
      ['consistent', 2],
    ]);
    expect(summary.repositories.map(({ name }) => name)).toEqual([HOSTILE, 'a', 'b', 'c']);
  });
});

describe('as text', () => {
  it('has a row a repository, and nothing that a terminal obeys', () => {
    const text = fleetText(summary, RUN);
    expect(text).toMatch(/^4 repositories: ckpt verify --deep\n/);
    expect(text).toMatch(/^ {2}a +consistent +1,200 +80 ms$/m);
    expect(text).toContain('2 of them were done before.');
    expect(text).not.toMatch(/[\u001b\u202e]/);
  });

  it('of a large fleet lists what needs somebody', () => {
    const rows = Array.from({ length: 3000 }, (_, i) => row(`r${i}`, i % 100 === 0 ? 'bad' : 'good', 'x'));
    const lines = fleetText(fleetSummary({ command: 'verify', words: [] }, rows), RUN).split('\n');
    expect(lines.filter((line) => line.includes('1,200'))).toHaveLength(30);
    expect(lines).toContain('  and 2,970 more; --json lists all');
  });
});

describe('as a page', () => {
  const html = fleetHtml(summary);
  const picture = fleetPicture(summary);

  it('runs nothing and loads nothing, whatever a repository is called', () => {
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(html).not.toMatch(/<script|<img|<link|[\u001b\u202e]/i);
    expect(html).toContain("default-src 'none'");
  });

  it('has a picture that is whole XML, with a square a repository', () => {
    expect(html).toContain(picture);
    expect(XMLValidator.validate(picture)).toBe(true);
    const { svg } = new XMLParser({ ignoreAttributes: false }).parse(picture);
    const squares = svg.rect.filter((rect: { title?: string }) => rect.title !== undefined);
    expect(squares).toHaveLength(4);
    expect(new Set(squares.map((rect: Record<string, string>) => `${rect['@_x']} ${rect['@_y']}`)).size).toBe(4);
  });

  it('stays whole where the fleet is empty', () => {
    expect(XMLValidator.validate(fleetPicture(fleetSummary({ command: 'verify', words: [] }, [])))).toBe(true);
  });
});

describe('as Markdown', () => {
  it('has a row for what needs somebody, in code spans', () => {
    const lines = fleetMarkdown(summary).split('\n');
    expect(lines[0]).toBe('## ❌ ckpt fleet verify');
    const rows = lines.filter((line) => line.includes('alert(1)'));
    expect(rows).toHaveLength(1);
    expect(rows[0]?.replaceAll('\\|', '').split('|')).toHaveLength(5);
    expect(rows[0]).toMatch(/^\| ``/);
  });
});
