import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import type { EngineName } from '../../src/git/repository.ts';
import { migrateBetween } from '../../src/migrate/between/migrate-between.ts';
import { repair } from '../../src/repair/repair.ts';
import { kindOf } from '../../src/verify/finding.ts';
import { type VerifyOptions, verify } from '../../src/verify/verify.ts';
import { cutShort, flip, flipInPack, looseFile, removeObject } from '../fixtures/damaged-objects.ts';
import { git, gitBytes, initRepository } from '../fixtures/git.ts';
import { share } from '../fixtures/scale.ts';
import { tempDir } from '../fixtures/temp.ts';
import { shardPath, V1_REF } from '../fixtures/v1-builder.ts';
import { BOTH_ENGINES, ENGINES, migrateIn, withRepository } from '../migrate/support.ts';
import { archive, CURRENT, GENERATIONS, GOOD, MAIN, MAX_CHECKPOINTS } from './sabotages.ts';

const [[A1]] = GENERATIONS;
const [D1] = GENERATIONS[3];
const good = join(tempDir('file'), 'good');

beforeAll(async () => {
  GOOD.v1.write(good);
  await migrateIn(good, { maxCheckpoints: MAX_CHECKPOINTS });
});

/** Objects that only V2 has, by a revision. */
const OBJECTS = {
  'the root tree of main': `${MAIN}^{tree}`,
  "a checkpoint's tree on main": `${MAIN}:${shardPath(A1)}`,
  "a session's tree on main": `${MAIN}:${shardPath(A1)}/0`,
  'a tree in the history of main': `${MAIN}~4^{tree}`,
  "a checkpoint's tree in an archive": `${archive(1)}:${shardPath(A1)}`,
  'the root tree of full/current': `${CURRENT}^{tree}`,
  'a summary on main': `${MAIN}:${shardPath(A1)}/metadata.json`,
};
const DAMAGES = {
  gone: removeObject,
  'cut short': cutShort,
  flipped: flip,
  'flipped in its pack': (dir: string, id: string) => flipInPack(dir, id),
};

function damaged(revision: string, damage: (dir: string, id: string) => void): string {
  const dir = join(tempDir(), 'repo');
  cpSync(good, dir, { recursive: true });
  damage(dir, git(dir, 'rev-parse', revision));
  return dir;
}

/** The first object in each way, each other one in one way. Whether a blob is what its id says takes reading it: `--deep`. */
const cases = Object.entries(OBJECTS).flatMap(([name, revision], row) =>
  Object.entries(DAMAGES)
    .filter(([how], column) => (name.startsWith('a summary') ? how === 'gone' : row === 0 || row % 4 === column))
    .map(([how, damage]) => ({ name, how, revision, damage, engine: BOTH_ENGINES[row % 2] ?? 'native' })),
);

describe('plain verify of git-refs', () => {
  const dir = join(tempDir('file'), 'refs');
  const ref = `refs/entire/checkpoints/${A1.slice(-2)}/${A1}`;

  beforeAll(async () => {
    cpSync(good, dir, { recursive: true });
    await withRepository(dir, 'native', (repo) => migrateBetween(repo, { from: 'v1', to: 'refs' }));
  });

  const look = (at: string, engine: EngineName, options: VerifyOptions) =>
    withRepository(at, engine, (repo) => verify(repo, options)).then(({ findings }) =>
      findings.filter(({ code }) => code.startsWith('OBJECT_')),
    );

  const places = [
    { name: 'summary', revision: `${ref}:metadata.json`, path: 'metadata.json', damage: removeObject },
    { name: 'root tree', revision: `${ref}^{tree}`, path: shardPath(A1), damage: cutShort },
    { name: 'first commit', revision: 'first', path: undefined, damage: flip },
  ].map((place, row) => ({ ...place, engine: BOTH_ENGINES[row % 2] ?? 'native' }));

  test.each(places)(
    'a $name that is gone or damaged is an error ($engine)',
    async ({ revision, path, damage, engine }) => {
      const copy = join(tempDir(), 'repo');
      cpSync(dir, copy, { recursive: true });
      const first = git(copy, 'rev-list', '--max-parents=0', ref);
      const object = revision === 'first' ? first : git(copy, 'rev-parse', revision);
      damage(copy, object);
      const code = damage === removeObject ? 'OBJECT_GONE' : 'OBJECT_DAMAGED';
      const found = { code, object, severity: 'error', from: 'v1', to: 'refs', ...(path !== undefined && { path }) };
      expect(kindOf(code, { from: 'v1', to: 'refs' }).remedy).toMatch(/^Run `ckpt repair`/);
      for (const options of [{}, { from: 'v1', to: 'refs' }] as const) {
        expect(await look(copy, engine, options)).toMatchObject([found]);
      }
      if (revision !== 'first')
        expect(await look(copy, engine, { from: 'v1', to: 'refs', checkpoints: [A1] })).toMatchObject([found]);
      expect(await look(copy, engine, { from: 'v1', to: 'refs', checkpoints: [D1] })).toEqual([]);
      git(copy, 'update-ref', '-d', V1_REF);
      expect(await look(copy, engine, { from: 'refs', to: 'v2' })).toMatchObject([{ code, object }]);
    },
  );
});

describe('a small file of one object', () => {
  const places = [`${MAIN}:${shardPath(A1)}/metadata.json`, MAIN, `${V1_REF}:${shardPath(A1)}/0/prompt.txt`];

  test.each(places.map((revision, row) => ({ revision, engine: BOTH_ENGINES[row % 2] ?? 'native' })))(
    '$revision that is empty or has another content is an error, and repair mends what it can ($engine)',
    async ({ revision, engine }) => {
      for (const content of ['', deflateSync('blob 6\0other\n')]) {
        const dir = join(tempDir(), 'repo');
        cpSync(good, dir, { recursive: true });
        const object = git(dir, 'rev-parse', revision);
        writeFileSync(looseFile(dir, object), content);
        const look = (options: VerifyOptions = {}) =>
          withRepository(dir, engine, (repo) => verify(repo, { maxCheckpoints: MAX_CHECKPOINTS, ...options }));
        const found = expect.objectContaining({ code: 'OBJECT_DAMAGED', severity: 'error', object });
        expect((await look()).findings).toContainEqual(found);
        if (revision !== MAIN) expect((await look({ checkpoints: [A1] })).findings).toContainEqual(found);
        if (revision.startsWith(V1_REF)) continue;
        await withRepository(dir, engine, (repo) => repair(repo, { maxCheckpoints: MAX_CHECKPOINTS }));
        expect((await look()).consistent).toBe(true);
      }
    },
  );
});

test('a tree that both layouts share, with another content, is damaged: the objects that it names are not what is gone', async () => {
  const dir = join(tempDir(), 'repo');
  cpSync(good, dir, { recursive: true });
  const tree = /(\w+)\t.*\/0\/tasks$/m.exec(git(dir, 'ls-tree', '-r', '-d', V1_REF))?.[1] ?? '';
  const content = gitBytes(dir, ['cat-file', 'tree', tree]);
  content.writeUInt8(content.readUInt8(content.length - 1) ^ 1, content.length - 1);
  writeFileSync(looseFile(dir, tree), deflateSync(Buffer.concat([Buffer.from(`tree ${content.length}\0`), content])));
  const { findings } = await withRepository(dir, 'native', (repo) => verify(repo, { maxCheckpoints: MAX_CHECKPOINTS }));
  expect(findings.filter(({ severity }) => severity === 'error')).toContainEqual(
    expect.objectContaining({ code: 'OBJECT_DAMAGED', object: tree }),
  );
});

describe('plain verify', () => {
  test.each(share(cases, 9))('$name $how is an error ($engine)', async ({ how, revision, damage, engine }) => {
    const dir = damaged(revision, damage);
    const { consistent, findings } = await withRepository(dir, engine, (repo) =>
      verify(repo, { maxCheckpoints: MAX_CHECKPOINTS }),
    );
    expect(consistent).toBe(false);
    expect(findings.map(({ code }) => code)).toContain(how === 'gone' ? 'OBJECT_GONE' : 'OBJECT_DAMAGED');
  });

  test.each(ENGINES)('of one checkpoint looks at its objects alone (%s)', async (engine) => {
    const dir = damaged(`${MAIN}:${shardPath(A1)}/0`, removeObject);
    const look = (id: string) => withRepository(dir, engine, (repo) => verify(repo, { checkpoints: [id] }));
    const { findings } = await look(A1);
    expect(findings.filter(({ code }) => code === 'OBJECT_GONE')).toMatchObject([
      { ref: MAIN, checkpoint: A1, path: `${shardPath(A1)}/0` },
    ]);
    expect((await look(D1)).consistent).toBe(true);
  });

  test.each(ENGINES)('asks for objects where V1 is gone, too (%s)', async (engine) => {
    const dir = damaged(`${MAIN}:${shardPath(A1)}/0`, (at, id) => {
      git(at, 'update-ref', '-d', V1_REF);
      removeObject(at, id);
    });
    const report = await withRepository(dir, engine, (repo) => verify(repo, { maxCheckpoints: MAX_CHECKPOINTS }));
    expect(report.findings.map(({ code }) => code)).toContain('OBJECT_GONE');
  });

  test.each(ENGINES)(
    'what a partial clone lacks and its remote has is a note that names the remote (%s)',
    async (engine) => {
      git(good, 'config', 'uploadpack.allowFilter', 'true');
      const clone = join(tempDir(), 'partial');
      initRepository({ dir: clone, bare: true });
      git(clone, 'remote', 'add', 'team', `file://${good}`);
      git(
        clone,
        'fetch',
        '-q',
        '--filter=blob:none',
        'team',
        '+refs/heads/*:refs/heads/*',
        '+refs/entire/*:refs/entire/*',
      );
      git(clone, 'remote', 'set-url', 'team', 'file:///nowhere');
      const { findings } = await withRepository(clone, engine, (repo) =>
        verify(repo, { maxCheckpoints: MAX_CHECKPOINTS }),
      );
      expect(findings.filter(({ code }) => code === 'OBJECT_GONE')).toEqual([]);
      const promised = findings.filter(({ code }) => code === 'OBJECT_PROMISED');
      expect(promised.map(({ message }) => message).join()).toMatch(
        /^\d+ objects that V2 needs .* team should have them$/,
      );
    },
  );
});
