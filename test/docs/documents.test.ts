import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/commands/table.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

describe.each(DOCUMENTS)('%s', (document) => {
  const text = readFileSync(join(ROOT, document), 'utf8');

  it('links to files that exist', () => {
    const links = [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, link]) => String(link));
    expect(links.filter((link) => !existsSync(join(ROOT, dirname(document), link)))).toEqual([]);
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
    const text = readFileSync(join(ROOT, 'README.md'), 'utf8');
    for (const name of Object.keys(COMMANDS)) expect(text).toContain(`\nckpt ${name} `);
  });
});
