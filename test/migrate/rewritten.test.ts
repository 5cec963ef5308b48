import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { mirror } from '../../src/dual-write/mirror.ts';
import { migrateBetween } from '../../src/migrate/between/migrate-between.ts';
import { prune } from '../../src/prune/prune.ts';
import { clientPush, clientWrite, idOf } from '../fixtures/entire-client.ts';
import { cleanEnvironment, git, gitBytes, gitResult, initRepository, refs } from '../fixtures/git.ts';
import { tempDir } from '../fixtures/temp.ts';
import { shardPath, transcriptText, V1_REF } from '../fixtures/v1-builder.ts';
import {
  checkpointsOf,
  ENGINES,
  expectConsistent,
  listing,
  migrateIn,
  normalizeIn,
  v2Refs,
  withRepository,
} from './support.ts';

const BACKUPS = 'refs/ckpt/backup/';
const V2_ARCHIVE = 'refs/entire/checkpoints/v2/full/0000000000001';

/** What a clone that has nothing but this V1 makes of it. */
async function freshRefs(dir: string, maxCheckpoints = 100): Promise<Record<string, string>> {
  const fresh = initRepository({ dir: join(tempDir(), 'fresh') });
  git(fresh, 'fetch', '-q', dir, `${V1_REF}:${V1_REF}`);
  await migrateIn(fresh, { maxCheckpoints });
  return v2Refs(fresh);
}

let template: string;

//  remote  a1 - a2 - a3 - a4 - a5 - b1            ann, after the replay   a1 - … - a5 - b1 - a6'
//  ann     a1 - a2 - a3 - a4 - a5 - a6
beforeAll(() => {
  template = tempDir('file');
  initRepository({ dir: join(template, 'remote.git'), bare: true });
  const [ann, bob] = ['ann', 'bob'].map((name) => {
    const clone = initRepository({ dir: join(template, name) });
    git(clone, 'remote', 'add', 'origin', '../remote.git');
    return clone;
  }) as [string, string];
  for (let i = 1; i <= 5; i++) clientWrite(ann, { id: idOf(`a${i}`), at: 1_750_000_000 + i * 3600 });
  clientPush(ann);
  git(bob, 'fetch', '-q', 'origin', `${V1_REF}:${V1_REF}`);
  clientWrite(bob, { id: idOf('b1'), author: 'Bob', at: 1_750_100_000 });
  clientPush(bob);
  clientWrite(ann, { id: idOf('a6'), at: 1_750_110_000 });
});

describe.each(ENGINES)('V1 rewritten, %s engine', (engine) => {
  let ann: string;
  let bob: string;

  beforeEach(() => {
    const dir = tempDir();
    cpSync(template, dir, { recursive: true });
    [ann, bob] = [join(dir, 'ann'), join(dir, 'bob')];
  });

  test.each([100, 2, 3])('by the replay of a push: V2 is what a fresh clone makes (%d a generation)', async (max) => {
    await migrateIn(ann, { engine, maxCheckpoints: max });
    const before = v2Refs(ann);
    expect(clientPush(ann)).toBe('replayed');
    const planned = await migrateIn(ann, { engine, maxCheckpoints: max, dryRun: true });
    expect(planned).toMatchObject({ status: 'planned', mode: 'rewritten', counts: { commits: 2 } });
    const result = await migrateIn(ann, { engine, maxCheckpoints: max });
    expect(result).toMatchObject({ status: 'migrated', mode: 'rewritten', backup: expect.stringContaining(BACKUPS) });
    expect(result.warnings).toEqual([
      expect.stringMatching(/^V1 was rewritten after its commit .*refs\/ckpt\/backup\//),
    ]);
    expect(v2Refs(ann)).toEqual(await freshRefs(ann, max));
    const kept = refs(ann, BACKUPS);
    for (const [name, id] of Object.entries(kept))
      expect(before[`refs/entire/checkpoints/v2/${name.split('/').slice(4).join('/')}`]).toBe(id);
    expect(Object.values(kept)).toContain(before['refs/entire/checkpoints/v2/main']);
    await expectConsistent(ann, { maxCheckpoints: max });
    expect(await migrateIn(ann, { engine, maxCheckpoints: max })).toMatchObject({ status: 'up-to-date', backup: null });
  });

  test('again and again, with writes and a finalize between: always what a fresh clone makes', async () => {
    await migrateIn(ann, { engine, maxCheckpoints: 3 });
    for (let round = 0; round < 3; round++) {
      git(bob, 'fetch', '-q', 'origin', `+${V1_REF}:${V1_REF}`);
      clientWrite(bob, { id: idOf(`b-${round}`), author: 'Bob', at: 1_750_200_000 + round * 1000 });
      clientPush(bob);
      clientWrite(ann, {
        id: idOf('a2'),
        session: `session-${idOf('a2')}`,
        finalize: true,
        transcript: transcriptText('a2', 6 + round),
      });
      clientWrite(ann, { id: idOf(`n-${round}`), at: 1_750_300_000 + round * 1000 });
      await migrateIn(ann, { engine, maxCheckpoints: 3 });
      clientPush(ann, 1_760_000_000 + round);
      await migrateIn(ann, { engine, maxCheckpoints: 3 });
      expect(v2Refs(ann)).toEqual(await freshRefs(ann, 3));
      await expectConsistent(ann, { maxCheckpoints: 3 });
    }
  });

  test('the mirror follows too, and says so once', async () => {
    mkdirSync(join(ann, '.entire'));
    writeFileSync(join(ann, '.entire/settings.json'), '{"strategy_options": {"checkpoints_v2": true}}');
    const options = { timeoutMs: 60_000, maxCheckpoints: 3, env: cleanEnvironment() };
    const run = () => withRepository(ann, engine, (repo) => mirror(repo, options));
    expect(await run()).toMatchObject({ v2: 'ok', warnings: [] });
    clientPush(ann);
    expect(await run()).toMatchObject({
      v2: 'ok',
      warnings: [expect.stringMatching(/^V1 was rewritten after its commit .*refs\/ckpt\/backup\//)],
    });
    expect(v2Refs(ann)).toEqual(await freshRefs(ann, 3));
    expect(await run()).toMatchObject({ v2: 'ok', refs: [], warnings: [] });
  });

  test('what was pruned stays away, and its archives are not made again', async () => {
    await migrateIn(ann, { engine, maxCheckpoints: 2 });
    const archives = Object.keys(v2Refs(ann)).filter((ref) => /\d{13}$/.test(ref));
    expect(archives).toHaveLength(3);
    await withRepository(ann, engine, (repo) => prune(repo, { retentionDays: 0, apply: true }));
    expect(Object.keys(v2Refs(ann)).filter((ref) => /\d{13}$/.test(ref))).toEqual([]);
    clientPush(ann);
    await migrateIn(ann, { engine, maxCheckpoints: 2 });
    expect(Object.keys(v2Refs(ann)).filter((ref) => /\d{13}$/.test(ref))).toEqual([]);
    expect(checkpointsOf(ann, 'current')).toEqual([idOf('b1')]);
    expect(v2Refs(ann)['refs/entire/checkpoints/v2/generations']).toBeDefined();
    await expectConsistent(ann, { maxCheckpoints: 2 });
  });

  test('entirely, to other authors: generations stay, main is made again', async () => {
    await migrateIn(ann, { engine, maxCheckpoints: 2 });
    const before = v2Refs(ann);
    rewriteAll(ann, (text) => text.replaceAll('Ann <ann@', 'Anna <anna@'));
    const said = { mode: 'rewritten', warnings: [expect.stringMatching(/^V1 was rewritten entirely/)] };
    const planned = await migrateIn(ann, { engine, maxCheckpoints: 2, dryRun: true });
    expect(planned).toMatchObject({ ...said, status: 'planned' });
    expect(v2Refs(ann)).toEqual(before);
    const result = await migrateIn(ann, { engine, maxCheckpoints: 2 });
    expect(result).toMatchObject(said);
    expect(planned.counts).toEqual(result.counts);
    const { 'refs/entire/checkpoints/v2/main': main, ...generations } = v2Refs(ann);
    const { 'refs/entire/checkpoints/v2/main': old, ...oldGenerations } = before;
    expect(main).not.toBe(old);
    expect(generations).toEqual(oldGenerations);
    expect(v2Refs(ann)).toEqual(await freshRefs(ann, 2));
    await expectConsistent(ann, { maxCheckpoints: 2 });
  });

  test('entirely, and the old V1 is gone from the object store', async () => {
    await migrateIn(ann, { engine, maxCheckpoints: 2 });
    rewriteAll(ann, (text) => text.replaceAll('user line 0', 'REDACTED'));
    git(ann, 'reflog', 'expire', '--expire=now', '--all');
    git(ann, 'update-ref', '-d', 'refs/remotes/origin/entire/checkpoints/v1');
    git(ann, 'gc', '--prune=now', '-q');
    const result = await migrateIn(ann, { engine, maxCheckpoints: 2 });
    expect(result).toMatchObject({ mode: 'rewritten' });
    expect(v2Refs(ann)).toEqual(await freshRefs(ann, 2));
    expect(
      git(ann, 'grep', '-l', 'REDACTED', 'refs/entire/checkpoints/v2/full/0000000000001').split('\n'),
    ).toHaveLength(2);
    await expectConsistent(ann, { maxCheckpoints: 2 });
  });

  test.each([
    [
      'a checkpoint',
      (dir: string) => drop(dir, `${idOf('a3').slice(0, 2)}/${idOf('a3').slice(2)}`),
      `checkpoint ${idOf('a3')}`,
    ],
    [
      'a session',
      (dir: string) => drop(dir, `${idOf('a3').slice(0, 2)}/${idOf('a3').slice(2)}/0`),
      `session session-${idOf('a3')} of checkpoint ${idOf('a3')}`,
    ],
    [
      'a transcript',
      (dir: string) => drop(dir, `${idOf('a3').slice(0, 2)}/${idOf('a3').slice(2)}/0/full.jsonl`),
      `the transcript of session session-${idOf('a3')} of checkpoint ${idOf('a3')}`,
    ],
  ])('and %s is gone: it stops and names it; it can be brought back, or accepted', async (_, lose, name) => {
    await migrateIn(ann, { engine });
    lose(ann);
    const before = listing(ann);
    await expect(migrateIn(ann, { engine })).rejects.toMatchObject({
      code: 'V1_REWRITTEN',
      message: expect.stringContaining(name),
      hint: expect.arrayContaining([
        ['ckpt', 'migrate', '--from', 'v2', '--to', 'v1'],
        ['ckpt', 'migrate', '--accept-lost'],
      ]),
    });
    expect(listing(ann)).toEqual(before);
    const result = await migrateIn(ann, { engine, acceptsLost: true });
    expect(result.warnings).toContainEqual(`V1 lacks what it had before: ${name}`);
    expect(v2Refs(ann)).toEqual(await freshRefs(ann));
    await expectConsistent(ann);
  });

  test('and what is gone comes back from V2: the next run goes on', async () => {
    await migrateIn(ann, { engine });
    drop(ann, `${idOf('a3').slice(0, 2)}/${idOf('a3').slice(2)}`);
    drop(ann, `${idOf('a5').slice(0, 2)}/${idOf('a5').slice(2)}/0`);
    await expect(migrateIn(ann, { engine })).rejects.toMatchObject({ code: 'V1_REWRITTEN' });
    await withRepository(ann, engine, (repo) => migrateBetween(repo, { from: 'v2', to: 'v1' }));
    expect(await migrateIn(ann, { engine })).toMatchObject({ status: 'migrated', mode: 'rewritten' });
    expect(v2Refs(ann)).toEqual(await freshRefs(ann));
    expect(git(ann, 'ls-tree', '-r', '--name-only', V1_REF)).toContain(`${idOf('a5').slice(2)}/0/full.jsonl`);
    await expectConsistent(ann);
  });

  test('and a transcript has only the beginning of what it had', async () => {
    await migrateIn(ann, { engine });
    clientWrite(ann, { id: idOf('a1'), finalize: true, transcript: transcriptText('long', 9) });
    await migrateIn(ann, { engine });
    git(ann, 'update-ref', V1_REF, `${V1_REF}~1`);
    clientWrite(ann, { id: idOf('a1'), finalize: true, transcript: transcriptText('long', 4) });
    await expect(migrateIn(ann, { engine })).rejects.toMatchObject({
      message: expect.stringContaining('the end of the transcript of'),
    });
  });
});

/** The whole history written once more, with other texts. */
function rewriteAll(dir: string, change: (text: string) => string): void {
  const stream = git(dir, 'fast-export', V1_REF);
  git(dir, 'update-ref', '-d', V1_REF);
  expect(gitResult(dir, ['fast-import', '--quiet', '--force'], { input: changed(stream, change) }).status).toBe(0);
}

/** `data` lines say how long what follows is: each piece is changed by itself. */
function changed(stream: string, change: (text: string) => string): Buffer {
  const bytes = Buffer.from(`${stream}\n`);
  const out: Buffer[] = [];
  let at = 0;
  while (at < bytes.length) {
    const end = bytes.indexOf('\n', at) + 1;
    const line = bytes.subarray(at, end).toString();
    const length = /^data (\d+)\n$/.exec(line)?.[1];
    at = end;
    if (length === undefined) {
      out.push(Buffer.from(change(line)));
      continue;
    }
    const data = Buffer.from(change(bytes.subarray(at, at + Number(length)).toString()));
    out.push(Buffer.from(`data ${data.length}\n`), data);
    at += Number(length);
  }
  return Buffer.concat(out);
}

/** The whole V1 once more, as one commit without a path. */
function drop(dir: string, path: string): void {
  const index = { GIT_INDEX_FILE: join(tempDir(), 'index') };
  expect(gitResult(dir, ['read-tree', V1_REF], { env: index }).status).toBe(0);
  expect(gitResult(dir, ['rm', '-r', '-q', '--cached', path], { env: index }).status).toBe(0);
  const tree = gitResult(dir, ['write-tree'], { env: index }).stdout.toString().trim();
  git(dir, 'update-ref', V1_REF, git(dir, 'commit-tree', '-m', 'Squashed', tree));
}

test.each(ENGINES)(
  'a time of an archived checkpoint that changed alone is in its archive after a fetch (%s)',
  async (engine) => {
    const dir = initRepository({ dir: join(tempDir(), 'clone') });
    for (const word of ['a1', 'a2', 'a3']) clientWrite(dir, { id: idOf(word) });
    await migrateIn(dir, { engine, maxCheckpoints: 2 });
    const path = `${shardPath(idOf('a1'))}/0/metadata.json`;
    const text = git(dir, 'show', `${V1_REF}:${path}`).replace(
      /"created_at": "[^"]*"/,
      '"created_at": "2025-08-01T00:00:00Z"',
    );
    const lines = [
      `commit ${V1_REF}`,
      'committer Ann <ann@example.com> 1750000100 +0000',
      'data 5',
      'later',
      `from ${V1_REF}^0`,
    ];
    gitBytes(dir, ['fast-import', '--quiet'], {
      input: [...lines, `M 100644 inline ${path}`, `data ${text.length}`, text, ''].join('\n'),
    });
    await normalizeIn(dir, engine, 2);
    expect(git(dir, 'show', `${V2_ARCHIVE}:generation.json`)).toContain('2025-08-01T00:00:00Z');
    expect(v2Refs(dir)).toEqual(await freshRefs(dir, 2));
  },
);
