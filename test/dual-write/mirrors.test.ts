import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { mirror } from '../../src/dual-write/mirror.ts';
import { writeDocument } from '../../src/dual-write/write-document.ts';
import type { EngineName } from '../../src/git/repository.ts';
import { migrateBetween } from '../../src/migrate/between/migrate-between.ts';
import { MIRROR_KEY } from '../../src/stores/mirrors.ts';
import { git, gitResult } from '../fixtures/git.ts';
import { tempDir } from '../fixtures/temp.ts';
import { V1_REF, V1Builder } from '../fixtures/v1-builder.ts';
import { refsOfLayout } from '../migrate/between/sources.ts';
import { ENGINES, expectConsistent, withRepository } from '../migrate/support.ts';

const A = 'a3b2c4d5e6f7';
const NEW = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
const NEXT = '01ARZ3NDEKTSV4RRFFQ69G5FAW';
const OPTIONS = { timeoutMs: 60_000, maxCheckpoints: 100, env: {} };

function repository(settings?: object): string {
  const dir = join(tempDir(), 'repo');
  const v1 = new V1Builder();
  v1.init();
  v1.checkpoint(A, {});
  git(tempDir(), 'init', '--quiet', dir);
  v1.write(dir);
  if (settings !== undefined) {
    const file = join(dir, '.entire/settings.json');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(settings));
  }
  return dir;
}

const configure = (dir: string, engine: EngineName, ...layouts: string[]) =>
  withRepository(dir, engine, (repo) => repo.setConfig(MIRROR_KEY, layouts));

const document = (id: string, text = '{"type":"user"}\n') =>
  JSON.stringify({
    checkpoint_id: id,
    session_id: 's',
    redacted: true,
    metadata: { created_at: '2026-01-02T03:04:05Z' },
    transcript: { text },
  });

describe.each(ENGINES)('layouts kept in step, %s', (engine) => {
  const run = (dir: string) => withRepository(dir, engine, (repo) => mirror(repo, OPTIONS));

  test('V1 is primary: git-refs and V2 follow, and a run with nothing new moves nothing', async () => {
    const dir = repository();
    await configure(dir, engine, 'refs', 'v2');
    expect(git(dir, 'config', '--get-all', MIRROR_KEY)).toBe('refs\nv2');
    const first = await run(dir);
    expect(first).toMatchObject({ primary: 'v1', warnings: [] });
    expect(first.targets).toEqual([
      { layout: 'v2', outcome: 'ok' },
      { layout: 'refs', outcome: 'ok' },
    ]);
    await expectConsistent(dir, { engine });
    const tree = await withRepository(dir, engine, (repo) =>
      migrateBetween(repo, { from: 'v1', to: 'refs', dryRun: true }),
    );
    expect(tree).toMatchObject({ status: 'up-to-date' });
    expect((await run(dir)).refs).toEqual([]);
    await configure(dir, engine);
    expect(gitResult(dir, ['config', '--get-all', MIRROR_KEY]).status).toBe(1);
    expect((await run(dir)).targets).toEqual([]);
  });

  test('git-refs are primary: a document goes there, and to V1 and V2', async () => {
    const dir = repository({
      checkpoints: { primary: { type: 'git-refs' } },
      strategy_options: { checkpoints_v2: true },
    });
    await configure(dir, engine, 'v1');
    const write = { content: document(NEW), folder: dir, finalize: false };
    const written = await withRepository(dir, engine, (repo) => writeDocument(repo, write, OPTIONS));
    expect(written).toMatchObject({ primary: 'refs', checkpoint: NEW, warnings: [] });
    expect(written.targets.map(({ layout, outcome }) => `${layout} ${outcome}`)).toEqual(['v1 ok', 'v2 ok']);
    const summary = JSON.parse(git(dir, 'show', `refs/entire/checkpoints/AV/${NEW}:metadata.json`));
    expect(summary.sessions[0].metadata).toBe('/0/metadata.json');
    const inV1 = JSON.parse(git(dir, 'show', `${V1_REF}:01/${NEW.slice(2)}/metadata.json`));
    expect(inV1.sessions[0].metadata).toBe(`/01/${NEW.slice(2)}/0/metadata.json`);
    await expectConsistent(dir, { engine });
    expect((await run(dir)).refs).toEqual([]);
    // The end of a turn: the same session again, with a longer transcript.
    const whole = '{"type":"user"}\n{"type":"assistant"}\n';
    const finalize = { content: document(NEW, whole), folder: dir, finalize: true };
    await withRepository(dir, engine, (repo) => writeDocument(repo, finalize, OPTIONS));
    const shard = `01/${NEW.slice(2)}/0/full.jsonl`;
    expect(`${git(dir, 'show', `${V1_REF}:${shard}`)}\n`).toBe(whole);
    expect(git(dir, 'log', '-1', '--format=%s', V1_REF)).toBe(`Finalize transcript for Checkpoint: ${NEW}`);
    expect(`${git(dir, 'show', `refs/entire/checkpoints/v2/full/current:${shard}`)}\n`).toBe(whole);
    expect((await run(dir)).refs).toEqual([]);
  });

  test('git-refs are primary: what a run has seen changes no id, and is not believed where V1 has moved', async () => {
    const dir = repository({ checkpoints: { primary: { type: 'git-refs' } } });
    await configure(dir, engine, 'v1');
    const write = (place: string, id: string, text?: string) => {
      const one = { content: document(id, text), folder: place, finalize: text !== undefined };
      const options = { ...OPTIONS, now: new Date('2026-02-03T04:05:06Z') };
      return withRepository(place, engine, (repo) => writeDocument(repo, one, options));
    };
    await write(dir, NEW);
    const note = '.git/ckpt/seen-refs-v1.json';
    expect(JSON.parse(readFileSync(join(dir, note), 'utf8')).refs[V1_REF]).toBe(git(dir, 'rev-parse', V1_REF));
    const other = join(tempDir(), 'repo');
    cpSync(dir, other, { recursive: true });
    for (const [id, text] of [[NEXT], [NEW, '{"type":"user"}\n{}\n'], [NEXT, '{"type":"user"}\n[]\n']] as const) {
      await write(dir, id, text);
      rmSync(join(other, note), { force: true });
      await write(other, id, text);
    }
    const tip = git(dir, 'rev-parse', V1_REF);
    expect(git(other, 'rev-parse', V1_REF)).toBe(tip);
    git(dir, 'update-ref', V1_REF, `${V1_REF}~2`);
    await run(dir);
    expect(git(dir, 'rev-parse', `${V1_REF}^{tree}`)).toBe(git(dir, 'rev-parse', `${tip}^{tree}`));
    writeFileSync(join(dir, note), '{"rules":1');
    expect(await run(dir)).toMatchObject({ refs: [], warnings: [] });
  });

  test('V1 is primary: what a run has seen changes no id of git-refs, also where V1 was merged or moved back', async () => {
    const dir = repository();
    await configure(dir, engine, 'refs');
    await withRepository(dir, engine, (repo) => migrateBetween(repo, { from: 'v1', to: 'refs' }));
    const other = join(tempDir(), 'repo');
    cpSync(dir, other, { recursive: true });
    const forget = () => rmSync(join(other, '.git/ckpt/seen-v1-refs.json'), { force: true });
    const both = async (work: (place: string) => unknown) => {
      for (const place of [dir, other]) {
        forget();
        await work(place);
        expect((await run(place)).warnings).toEqual([]);
      }
      expect(refsOfLayout(other, 'refs')).toEqual(refsOfLayout(dir, 'refs'));
    };
    const begin = git(dir, 'rev-parse', V1_REF);
    for (const [id, text] of [[NEW], [NEXT], [NEW, '{"type":"user"}\n{}\n']] as const) {
      await both((place) => {
        const one = { content: document(id, text), folder: place, finalize: text !== undefined };
        const options = { ...OPTIONS, now: new Date('2026-02-03T04:05:06Z') };
        return withRepository(place, engine, (repo) => writeDocument(repo, one, options));
      });
    }
    expect(Object.keys(refsOfLayout(dir, 'refs'))).toHaveLength(4);
    const tip = git(dir, 'rev-parse', V1_REF);
    const merged = git(dir, 'commit-tree', '-m', 'Merge', '-p', begin, '-p', tip, `${tip}^{tree}`);
    git(other, 'fetch', '-q', dir, merged);
    for (const now of [merged, begin, tip]) await both((place) => git(place, 'update-ref', V1_REF, now));
  });

  test('a layout that fails does not stop the next one, and what is not a layout is named', async () => {
    const dir = repository();
    await configure(dir, engine, 'v2', 'refs', 'v3');
    git(dir, 'update-ref', 'refs/entire/checkpoints/v2/main', git(dir, 'hash-object', '-w', '--stdin'));
    const result = await run(dir);
    expect(result.targets).toEqual([
      { layout: 'v2', outcome: 'failed' },
      { layout: 'refs', outcome: 'ok' },
    ]);
    expect(result.warnings).toHaveLength(2);
    expect(result.warnings.join()).toContain("names 'v3', which is not a layout");
  });
});
