import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/commands/table.ts';
import { tempDir } from '../fixtures/temp.ts';
import { Reader } from './guided-page.ts';

const DOCS = resolve(import.meta.dirname, '../../docs');
const DOCUMENT = { checkpoint_id: 'a3b2c4d5e6f7', session_id: 's', transcript: { text: '{}\n' } };

/**
 * Runs of every command that has a result, in this order, and the page or pages that explain the keys of their documents.
 * `diff` is of a checkpoint that V2 lacks, so that there is something to tell.
 */
const RUNS: ReadonlyArray<readonly [command: string, page: string]> = [
  ['sample ../another.git', 'migrate.md'],
  ['migrate --max-checkpoints 5', 'migrate.md'],
  ['migrate --rebuild --max-checkpoints 4', 'migrate.md'],
  ['dual-write --from ../checkpoint.json', 'dual-write.md'],
  ['status', 'inspect.md hooks.md'],
  ['list', 'inspect.md'],
  ['show 92d7', 'inspect.md'],
  ['show a3b2', 'inspect.md'],
  ['diff a3b2', 'verify.md'],
  ['verify', 'verify.md'],
  ['repair', 'verify.md'],
  ['rotate --force', 'generations.md'],
  ['prune', 'prune.md'],
  ['prune --apply --keep 1', 'prune.md'],
  ['prune --restore 1', 'prune.md'],
  ['hooks install', 'hooks.md'],
  ['hooks status', 'hooks.md'],
  ['hooks uninstall', 'hooks.md'],
  ['completion bash', 'terminal.md'],
];

/** Every key in a document, at any depth. */
function keysOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(keysOf);
  return Object.entries(value).flatMap(([key, inner]) => [key, ...keysOf(inner)]);
}

describe('what --json prints', () => {
  const reader = new Reader(tempDir('file'));
  beforeAll(() => {
    writeFileSync(join(reader.cwd, 'checkpoint.json'), JSON.stringify(DOCUMENT));
    const { code } = reader.run('ckpt sample --quiet project.git && cd project.git');
    expect(code).toBe(0);
  });

  it.each(RUNS)('%s: each key is explained in %s', (command, page) => {
    const { output } = reader.run(`ckpt ${command} --json`);
    const document = JSON.parse(output);
    expect(document).not.toHaveProperty('error');
    const text = page
      .split(' ')
      .map((name) => readFileSync(join(DOCS, name), 'utf8'))
      .join('');
    const missing = keysOf(document).filter((key) => !new RegExp(`\`([\\w.]+\\.)?${key}(\\[\\])?\``).test(text));
    expect([...new Set(missing)]).toEqual([]);
  });

  it('is explained for every command that has a result', () => {
    const told = RUNS.map(([command]) => command);
    const names = Object.keys(COMMANDS).filter((name) => name !== 'browse');
    expect(names.filter((name) => !told.some((run) => run === name || run.startsWith(`${name} `)))).toEqual([]);
  });
});
