import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { verify } from '../../src/verify/verify.ts';
import { cutShort, flip, flipInPack, removeObject } from '../fixtures/damaged-objects.ts';
import { git, initRepository } from '../fixtures/git.ts';
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

describe('plain verify', () => {
  test.each(cases)('$name $how is an error ($engine)', async ({ how, revision, damage, engine }) => {
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
