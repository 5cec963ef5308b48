import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');

/** Words that a reader stops at, with what to write. */
const WORDS: readonly (readonly [stumbling: RegExp, instead: string])[] = [
  // "There is no V2" is fine, and so are "is no longer" and "is no reason".
  [
    /(?<!here )\b(?:is|was|are|were) no (?!longer|more|less|one\b|other|such|reason|matter|need|room|way|use|wider)/i,
    'is not a',
  ],
  [/\banew\b/i, 'again'],
  [/\bas well as it goes\b/i, 'best effort'],
  [/\bstands to\b/i, 'relates to'],
  [/\bcame to nothing\b/i, 'failed'],
  [/\b(?:what|nothing) is off(?! the disk)\b/i, 'what needs attention'],
  [/\btells\b(?!.*\b(?:apart|from)\b)/i, 'reports, says, shows'],
  [/\b(?:is|are) told\b(?! apart| to\b)/i, 'is reported'],
  [/\bnor (?:is|are|was|were|do|does|did|has|have|can)\b/i, 'a sentence of its own'],
];

function filesBelow(folder: string, name: RegExp): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => name.test(path))
    .map((path) => join(folder, path));
}

describe('plain English', () => {
  const files = [
    'README.md',
    'CONTRIBUTING.md',
    'CHANGELOG.md',
    'SECURITY.md',
    ...filesBelow('src', /\.tsx?$/),
    ...filesBelow('docs', /\.md$/),
    ...filesBelow('examples', /\.(?:js|md)$/),
  ];

  it.each(WORDS)('nothing says %s', (stumbling, instead) => {
    const found = files.flatMap((file) =>
      readFileSync(join(ROOT, file), 'utf8')
        .split('\n')
        .flatMap((line, i) => (stumbling.test(line) ? [`${file}:${i + 1}: ${line.trim()} (${instead})`] : [])),
    );
    expect(found).toEqual([]);
  });

  it('finds what it looks for', () => {
    const bad =
      'It is no ID. Made anew, as well as it goes. It stands to V1, came to nothing; what is off; it tells it; it is told it, nor is it said';
    for (const [stumbling] of WORDS) expect(stumbling.test(bad), `${stumbling}`).toBe(true);
    expect(
      WORDS.every(([stumbling]) => !stumbling.test('There is no V2; it is no longer here; they are told apart')),
    ).toBe(true);
  });

  it('no sentence of a page has more than 60 words', () => {
    const pages = files.filter((file) => /^docs\/|^README/.test(file) && !/json\.md$/.test(file));
    const long = pages.flatMap((file) =>
      sentences(readFileSync(join(ROOT, file), 'utf8'))
        .filter((sentence) => sentence.split(' ').length > 60)
        .map((sentence) => `${file}: ${sentence}`),
    );
    expect(long).toEqual([]);
    expect(sentences('One. Two\nthree; `four`.\n\n- Five: six\n- Seven')).toEqual([
      'One.',
      'Two three; `four`.',
      '- Five: six',
      '- Seven',
    ]);
  });
});

/** The sentences of a page's text, without its code and tables. */
function sentences(page: string): string[] {
  return page
    .replace(/```[\s\S]*?```/g, '')
    .replace(/^\s*\|.*$/gm, '')
    .split(/\n\s*\n|\n(?=\s*(?:[-*#]|\d+\.) )/)
    .flatMap((paragraph) =>
      paragraph
        .trim()
        .replace(/\s+/g, ' ')
        .split(/(?<=[.?!])\s+/),
    )
    .filter((sentence) => sentence !== '');
}
