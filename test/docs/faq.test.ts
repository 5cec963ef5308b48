import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { git, refs } from '../fixtures/git.ts';
import { tempDir } from '../fixtures/temp.ts';
import { Reader, stepsOf } from './guided-page.ts';

const page = (name: string) => readFileSync(resolve(import.meta.dirname, `../../docs/${name}`), 'utf8');

it('docs/faq.md: every command does what the page says, in a clone with both layouts', () => {
  const reader = new Reader(tempDir('file'));
  const ok = (script: string) => reader.ok(script);
  ok('ckpt sample origin.git && git clone --quiet origin.git project && cd project && git checkout -q -b main');
  ok('git branch --quiet entire/checkpoints/v1 origin/entire/checkpoints/v1');
  const [, id = ''] = /^(\w{12}) /m.exec(ok('ckpt list --limit 1')) ?? [];
  ok(`git commit --quiet --allow-empty -m 'Mend it' -m 'Entire-Checkpoint: ${id}' && ckpt migrate`);
  const [v1, head] = ['refs/heads/entire/checkpoints/v1', 'HEAD'].map((ref) => git(reader.cwd, 'rev-parse', ref));
  const said = stepsOf(page('faq.md')).map(({ script }) => ok(script));
  expect(said.join('\n')).toMatch(/CONSISTENT: V2 holds everything/);
  expect(said.some((text) => text.includes(`Checkpoint ${id}`))).toBe(true);
  expect(ok('ls pages')).toContain('.html');
  expect(git(reader.cwd, 'rev-parse', 'HEAD')).toBe(head);
  expect(refs(reader.cwd, 'refs/heads/entire')).toEqual({ 'refs/heads/entire/checkpoints/v1': v1 });
});

it('docs/glossary.md is in alphabetical order, and says each word once', () => {
  const words = [...page('glossary.md').matchAll(/^\| (?!word \||---)([^|]+?) \|/gm)].map(([, word]) => String(word));
  expect(words.length).toBeGreaterThan(30);
  expect(words).toEqual([...new Set(words)].sort((a, b) => a.localeCompare(b, 'en')));
});
