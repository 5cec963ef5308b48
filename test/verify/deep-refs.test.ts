import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { EngineName } from '../../src/git/repository.ts';
import { migrateBetween } from '../../src/migrate/between/migrate-between.ts';
import { type VerifyOptions, verify } from '../../src/verify/verify.ts';
import { looseFile, removeObject } from '../fixtures/damaged-objects.ts';
import { git } from '../fixtures/git.ts';
import { tempDir } from '../fixtures/temp.ts';
import { V1_REF, V1Builder } from '../fixtures/v1-builder.ts';
import { ENGINES, migrateIn, withRepository } from '../migrate/support.ts';
import { oneOf } from '../redaction/secrets.ts';
import { editTip, entryAt, textAt } from './damage.ts';

const ONE = 'a3b2c4d5e6f7';
const TWO = 'b10000000002';
const REF = `refs/entire/checkpoints/f7/${ONE}`;
const CURRENT = 'refs/entire/checkpoints/v2/full/current';
const TRANSCRIPT = { ref: REF, checkpoint: ONE, session: '0', path: '0/full.jsonl' };

/** What a deep look finds, but for the note that there is nothing to compare with. */
async function deepIn(dir: string, engine: EngineName, options: VerifyOptions = {}) {
  const { findings, deep } = await withRepository(dir, engine, (repo) => verify(repo, { deep: true, ...options }));
  return { deep, findings: findings.filter(({ code }) => code !== 'COVERAGE_NOT_COMPARED') };
}

/** V1 and what it becomes as git-refs, or these alone. */
async function repository({ withV1 }: { withV1: boolean }): Promise<string> {
  const dir = join(tempDir('file'), 'repo');
  const v1 = new V1Builder();
  v1.checkpoint(ONE);
  v1.checkpoint(TWO);
  v1.write(dir, { storage: 'loose' });
  await withRepository(dir, 'native', (repo) => migrateBetween(repo, { from: 'v1', to: 'refs' }));
  if (!withV1) git(dir, 'update-ref', '-d', V1_REF);
  return dir;
}

describe.each(ENGINES)('verify --deep of git-refs (%s)', (engine) => {
  test('reads all transcripts, and finds nothing where nothing is wrong', async () => {
    const alone = await deepIn(await repository({ withV1: false }), engine);
    expect(alone).toMatchObject({ findings: [], deep: { transcriptCount: 2 } });
    const dir = await repository({ withV1: true });
    expect((await deepIn(dir, engine, { from: 'v1', to: 'refs' })).findings).toEqual([]);
    expect((await deepIn(dir, engine, { from: 'refs', to: 'v1' })).findings).toEqual([]);
    const one = await deepIn(dir, engine, { from: 'v1', to: 'refs', checkpoints: [ONE] });
    expect(one).toMatchObject({ findings: [], deep: { transcriptCount: 1 } });
  });

  test('a transcript that is not what its hash says, and lines that are not JSON', async () => {
    const dir = await repository({ withV1: false });
    editTip(dir, REF, { '0/full.jsonl': `${textAt(dir, REF, '0/full.jsonl')}{broken\n` });
    expect((await deepIn(dir, engine)).findings).toMatchObject([
      { code: 'TRANSCRIPT_HASH_WRONG', ...TRANSCRIPT, path: '0/content_hash.txt' },
      { code: 'TRANSCRIPT_NOT_JSON', ...TRANSCRIPT },
    ]);
  });

  test('the same beside V1 is one finding a damage, with the layouts', async () => {
    const dir = await repository({ withV1: true });
    editTip(dir, REF, { '0/full.jsonl': `${textAt(dir, REF, '0/full.jsonl')}{broken\n` });
    const { findings } = await deepIn(dir, engine, { from: 'v1', to: 'refs' });
    const errors = findings.filter(({ severity }) => severity === 'error');
    expect(errors).toMatchObject([
      { code: 'TRANSCRIPT_HASH_WRONG', from: 'v1', to: 'refs', ref: REF },
      { code: 'TRANSCRIPT_NOT_JSON', from: 'v1', to: 'refs', ref: REF },
    ]);
  });

  test('what V1 has wrong as well is a note', async () => {
    const dir = await repository({ withV1: true });
    editTip(dir, V1_REF, { 'a3/b2c4d5e6f7/0/full.jsonl': 'not JSON\n' });
    await withRepository(dir, 'native', (repo) => migrateBetween(repo, { from: 'v1', to: 'refs' }));
    const { findings } = await deepIn(dir, engine, { from: 'v1', to: 'refs' });
    expect(findings.map(({ code }) => code).sort()).toEqual(['V1_HASH_WRONG', 'V1_NOT_JSON']);
  });

  test("a path that points at nothing in V1 is V1's oddity, whether or not it begins with the checkpoint's folder", async () => {
    const dir = join(tempDir('file'), 'repo');
    const v1 = new V1Builder();
    v1.checkpoint(ONE);
    v1.checkpoint(TWO);
    v1.write(dir, { storage: 'loose' });
    const summary = 'a3/b2c4d5e6f7/metadata.json';
    const named = textAt(dir, V1_REF, summary)
      .replace(/"metadata": "[^"]*"/, '"metadata": "/ff/0000000000/0/metadata.json"')
      .replace(/"prompt": "[^"]*"/, '"prompt": "/a3/b2c4d5e6f7/7/prompt.txt"');
    editTip(dir, V1_REF, { [summary]: named });
    await withRepository(dir, 'native', (repo) => migrateBetween(repo, { from: 'v1', to: 'refs' }));
    await migrateIn(dir);
    for (const to of ['refs', 'v2'] as const) {
      const { findings } = await deepIn(dir, engine, { from: 'v1', to });
      expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    }
  });

  test('objects that are absent or damaged, and paths that point at nothing', async () => {
    const dir = await repository({ withV1: false });
    const { id } = entryAt(dir, REF, '0/full.jsonl');
    const other = entryAt(dir, `refs/entire/checkpoints/02/${TWO}`, '0/prompt.txt').id;
    const summary = textAt(dir, REF, 'metadata.json').replace('/0/metadata.json', '/7/metadata.json');
    editTip(dir, REF, { 'metadata.json': summary, '0/prompt.txt': 'another prompt\n' });
    const prompt = looseFile(dir, entryAt(dir, REF, '0/prompt.txt').id);
    const wrong = readFileSync(looseFile(dir, other));
    removeObject(dir, id);
    writeFileSync(prompt, wrong, { mode: 0o644 });
    const { findings } = await deepIn(dir, engine);
    expect(findings.map(({ code, ref, path }) => [code, ref, path])).toEqual([
      ['SUMMARY_PATH_DANGLING', REF, 'metadata.json'],
      ['OBJECT_GONE', REF, '0/full.jsonl'],
      ['OBJECT_DAMAGED', REF, '0/prompt.txt'],
    ]);
  });

  test('reads V2 and git-refs where there is no V1, and V2 alone', async () => {
    const dir = await repository({ withV1: true });
    await migrateIn(dir);
    git(dir, 'update-ref', '-d', V1_REF);
    const both = await deepIn(dir, engine, { from: 'v2', to: 'refs' });
    expect(both).toMatchObject({ findings: [], deep: { transcriptCount: 4 } });
    const more = (ref: string, path: string) => editTip(dir, ref, { [path]: `${textAt(dir, ref, path)}{broken\n` });
    more(REF, '0/full.jsonl');
    more(CURRENT, 'b1/0000000002/0/full.jsonl');
    const { findings } = await deepIn(dir, engine, { from: 'refs', to: 'v2' });
    const wrong = findings.filter(({ code }) => code === 'TRANSCRIPT_HASH_WRONG');
    const pair = { from: 'refs', to: 'v2' };
    expect(wrong).toMatchObject([
      { ref: CURRENT, checkpoint: TWO, ...pair },
      { ref: REF, checkpoint: ONE, ...pair },
    ]);
    git(dir, 'update-ref', '-d', REF);
    git(dir, 'update-ref', '-d', `refs/entire/checkpoints/02/${TWO}`);
    const alone = await deepIn(dir, engine);
    expect(alone.deep).toMatchObject({ transcriptCount: 2 });
    expect(alone.findings.map(({ code, checkpoint }) => [code, checkpoint])).toEqual([
      ['TRANSCRIPT_HASH_WRONG', TWO],
      ['TRANSCRIPT_NOT_JSON', TWO],
    ]);
  });

  test('names line and rule of a secret', async () => {
    const { text, secret } = oneOf('GitHub token');
    const dir = await repository({ withV1: false });
    editTip(dir, REF, { '0/prompt.txt': `nothing\n${text}\n` });
    const { findings } = await deepIn(dir, engine, { secrets: true });
    expect(findings).toMatchObject([{ code: 'SECRET_FOUND', ref: REF, path: '0/prompt.txt', line: 2 }]);
    expect(JSON.stringify(findings)).not.toContain(secret);
  });
});
