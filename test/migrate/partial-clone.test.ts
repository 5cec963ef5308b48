import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BadObjectError } from '../../src/git/errors.ts';
import { migrate } from '../../src/migrate/migrate.ts';
import { verify } from '../../src/verify/verify.ts';
import { git, refs } from '../fixtures/git.ts';
import { tempDir } from '../fixtures/temp.ts';
import { V1_REF, V1Builder } from '../fixtures/v1-builder.ts';
import { editTip, removeObject } from '../verify/damage.ts';
import { MAIN } from '../verify/sabotages.ts';
import { ENGINES, expectConsistent, migrateIn, withRepository } from './support.ts';

const V2 = 'refs/entire/';

/** Thirty checkpoints with transcripts that are large beside everything else, as a server has them. */
function buildServer(dir: string): string {
  const server = join(dir, 'server.git');
  const v1 = new V1Builder();
  for (let i = 0; i < 30; i++) {
    const id = `${(i * 7).toString(16).padStart(2, '0')}00000000${i.toString(16).padStart(2, '0')}`;
    v1.checkpoint(id, { sessions: [{ transcript: `{"n":${i},"text":"${'x'.repeat(5000)}"}\n` }] });
  }
  v1.write(server);
  git(server, 'config', 'uploadpack.allowFilter', 'true');
  git(server, 'config', 'uploadpack.allowAnySHA1InWant', 'true');
  return server;
}

function migrateAndVerify(dir: string) {
  return withRepository(dir, 'native', async (repo) => {
    return { result: await migrate(repo, { maxCheckpoints: 7 }), report: await verify(repo) };
  });
}

function absentObjects(dir: string): string[] {
  const listed = git(dir, 'rev-list', '--objects', '--missing=print', '--all');
  return listed.split('\n').filter((line) => line.startsWith('?'));
}

test.each(['blob:none', 'tree:0'])(
  'a partial clone (%s) gives the ids of a whole one, without the transcripts',
  async (filter) => {
    const dir = tempDir();
    const server = buildServer(dir);
    const whole = join(dir, 'whole.git');
    const partial = join(dir, 'partial.git');
    git(dir, 'clone', '-q', '--mirror', `file://${server}`, whole);
    git(dir, 'clone', '-q', '--mirror', `--filter=${filter}`, `file://${server}`, partial);
    await migrateAndVerify(whole);
    const { report } = await migrateAndVerify(partial);
    expect(refs(partial, V2)).toEqual(refs(whole, V2));
    expect(report.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    // Metadata had to be read, and was fetched; transcripts, hashes and prompts were not.
    expect(absentObjects(partial).length).toBeGreaterThanOrEqual(60);
    expect(report.findings.filter(({ code }) => code === 'V1_ABSENT_BLOB').length).toBeGreaterThanOrEqual(60);
  },
);

/** A clone without blobs of a server, which is changed or lost then. */
function cloneWithoutBlobs(dir: string) {
  const server = buildServer(dir);
  const [whole, partial] = [join(dir, 'whole.git'), join(dir, 'partial.git')];
  git(dir, 'clone', '-q', '--mirror', `file://${server}`, whole);
  git(dir, 'clone', '-q', '--mirror', '--filter=blob:none', `file://${server}`, partial);
  return { server, whole, partial };
}

test.each(ENGINES)(
  'metadata that is to be had, but not here, stops a migration: V2 would not be what it is elsewhere (%s)',
  async (engine) => {
    const dir = tempDir();
    const { server, whole, partial } = cloneWithoutBlobs(dir);
    // The isomorphic engine fetches nothing, the native one can't.
    if (engine === 'native') renameSync(server, join(dir, 'gone.git'));
    const error = await migrateIn(partial, { maxCheckpoints: 7, engine }).catch((failure) => failure);
    expect(error).toBeInstanceOf(BadObjectError);
    expect(error.message).toMatch(/[0-9a-f]{2}\/[0-9a-f]{10}\/metadata\.json of V1 is absent from this partial clone/);
    const command = ['git', 'fetch', '--refetch', '--filter=blob:limit=10m', 'origin', V1_REF];
    expect(error.hint).toContainEqual(command);
    expect(refs(partial, V2)).toEqual({});

    // What the hint says to do.
    if (engine === 'native') renameSync(join(dir, 'gone.git'), server);
    git(partial, ...command.slice(1));
    await migrateIn(partial, { maxCheckpoints: 7, engine });
    await migrateIn(whole, { maxCheckpoints: 7 });
    expect(refs(partial, V2)).toEqual(refs(whole, V2));
    await expectConsistent(partial, { maxCheckpoints: 7, engine });
  },
);

test('session metadata alone that is to be had stops a migration: the times of generations follow from it', async () => {
  const { server, partial } = cloneWithoutBlobs(tempDir());
  const summaries = git(server, 'ls-tree', '-r', V1_REF).split('\n');
  const wanted = summaries.filter((line) => /\t..\/.{10}\/metadata\.json$/.test(line));
  for (const line of wanted) git(partial, 'cat-file', '-e', line.split(/[ \t]/)[2] ?? '');
  const error = await migrateIn(partial, { maxCheckpoints: 7, engine: 'isomorphic' }).catch((failure) => failure);
  expect(error).toBeInstanceOf(BadObjectError);
  expect(error.message).toMatch(/\/0\/metadata\.json of V1 is absent/);
  expect(refs(partial, V2)).toEqual({});
});

test('one object that the server has lost keeps no other from being fetched, and does not stop a migration', async () => {
  const { server, whole, partial } = cloneWithoutBlobs(tempDir());
  const [, , lost = ''] = git(server, 'ls-tree', V1_REF, '07/0000000001/metadata.json').split(/[ \t]/);
  for (const dir of [server, whole]) removeObject(dir, lost);
  await migrateIn(whole, { maxCheckpoints: 7 });
  const result = await migrateIn(partial, { maxCheckpoints: 7 });
  expect(refs(partial, V2)).toEqual(refs(whole, V2));
  expect(result.oddities.map(({ code }) => code)).toContain('V1_ABSENT_BLOB');
  await expectConsistent(partial, { maxCheckpoints: 7 });
});

test('verify does not call a summary right that it could not project', async () => {
  const { server, partial } = cloneWithoutBlobs(tempDir());
  const place = ['07/0000000001', '0e/0000000002'];
  const idOf = (path = '') => git(server, 'ls-tree', V1_REF, `${path}/metadata.json`).split(/[ \t]/)[2] ?? '';
  await migrateIn(partial, { maxCheckpoints: 7 });
  // V2 as it comes of summaries that were not cut.
  editTip(partial, MAIN, { [`${place[0]}/metadata.json`]: { mode: '100644', id: idOf(place[0]) } });
  for (const path of place) removeObject(partial, idOf(path));
  for (const checkpoints of [[], ['070000000001', '0e0000000002']]) {
    const report = await withRepository(partial, 'isomorphic', (repo) =>
      verify(repo, { maxCheckpoints: 7, checkpoints }),
    );
    const absent = report.findings.filter(({ code }) => code === 'METADATA_ABSENT').map(({ path }) => path);
    expect(absent.sort()).toEqual(place.map((path) => `${path}/metadata.json`));
    expect(report.consistent).toBe(false);
  }
});
