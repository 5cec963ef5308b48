import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/commands/table.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const PAGES = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.md'),
);
const DOCUMENTS = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...PAGES.map((name) => `docs/${name}`)];
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const read = (document: string) => readFileSync(join(ROOT, document), 'utf8');
const withoutCode = (text: string) => text.replace(/^```[\s\S]*?^```$/gm, '');

/** The anchors of a page: GitHub's words for its headings. */
function anchorsOf(document: string): string[] {
  const headings = [...withoutCode(read(document)).matchAll(/^#+ (.+)$/gm)].map(([, title]) => String(title));
  return headings.map((title) =>
    title
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

/** What the links of a document lead to: a file from the repository's root, and a heading in it, or neither. */
function linksOf(document: string): Array<{ link: string; file: string; anchor: string | undefined }> {
  const links = [...withoutCode(read(document)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => String(link));
  return links
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => {
      const [path = '', anchor] = link.split('#');
      return { link, file: path === '' ? document : relative(ROOT, resolve(ROOT, dirname(document), path)), anchor };
    });
}

describe.each(DOCUMENTS)('%s', (document) => {
  const text = read(document);

  it('links to files and headings that exist', () => {
    const isBroken = ({ file, anchor }: { file: string; anchor: string | undefined }) =>
      !existsSync(join(ROOT, file)) || (anchor !== undefined && !anchorsOf(file).includes(anchor));
    expect(
      linksOf(document)
        .filter(isBroken)
        .map(({ link }) => link),
    ).toEqual([]);
  });

  it('names npm scripts and commands that exist', () => {
    const names = [...text.matchAll(/\bnpm run (?:--silent )?([a-z][\w:]*)/g)].map(([, name]) => String(name));
    expect(names.filter((name) => !(name in scripts))).toEqual([]);
    const commands = [...text.matchAll(/(?:`|^|\$ )ckpt ([a-z][a-z-]*)/gm)].map(([, name]) => String(name));
    expect(commands.filter((name) => !Object.keys(COMMANDS).some((known) => known.split(' ')[0] === name))).toEqual([]);
  });
});

describe('README.md', () => {
  it('lists every command', () => {
    for (const name of Object.keys(COMMANDS)) expect(read('README.md')).toContain(`\nckpt ${name} `);
  });
});

describe('the pages', () => {
  it('are all in their index', () => {
    const listed = linksOf('docs/README.md').map(({ file }) => file);
    const missing = PAGES.map((name) => `docs/${name}`).filter(
      (page) => page !== 'docs/README.md' && dirname(page) === 'docs' && !listed.includes(page),
    );
    expect(missing).toEqual([]);
    expect(listed).toContain('docs/commands/README.md');
    expect(linksOf('README.md').map(({ file }) => file)).toContain('docs/README.md');
  });

  it('show every picture that there is, with words for who does not see it', () => {
    const shown = DOCUMENTS.flatMap((document) => [
      ...read(document).matchAll(/!\[([^\]]+)\]\(\S*?pictures\/([^)]+)\)/g),
    ]);
    const pictures = readdirSync(join(ROOT, 'docs/pictures'));
    expect(pictures.filter((picture) => !shown.some(([, words, file]) => file === picture && words))).toEqual([]);
  });
});
