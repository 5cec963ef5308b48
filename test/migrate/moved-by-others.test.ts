import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { mirror } from '../../src/dual-write/mirror.ts';
import type { EngineName, Repository } from '../../src/git/repository.ts';
import { migrateBetween } from '../../src/migrate/between/migrate-between.ts';
import { migrate } from '../../src/migrate/migrate.ts';
import { repair } from '../../src/repair/repair.ts';
import { MIRROR_KEY } from '../../src/stores/mirrors.ts';
import { verify } from '../../src/verify/verify.ts';
import { clientWrite, idOf } from '../fixtures/entire-client.ts';
import { v2ClientRotate } from '../fixtures/entire-v2-client.ts';
import { git, initRepository, refs } from '../fixtures/git.ts';
import { share } from '../fixtures/scale.ts';
import { tempDir } from '../fixtures/temp.ts';
import { V1_REF } from '../fixtures/v1-builder.ts';
import { statusIn } from '../inspect/support.ts';
import { ENGINES, expectConsistent, migrateIn, V2_FULL, withRepository } from './support.ts';

const CURRENT = `${V2_FULL}current`;
const archive = (number: number) => V2_FULL + String(number).padStart(13, '0');
const write = (dir: string, name: string, at: number) => clientWrite(dir, { id: idOf(name), at: 1_750_000_000 + at });

/** V1 with seven checkpoints, and its V2: archives 1 and 2 of three each, and one in `full/current`. */
let base: string;
beforeAll(async () => {
  base = initRepository({ dir: join(tempDir('file'), 'base') });
  for (let n = 0; n < 7; n++) write(base, `c${n}`, n * 100);
  await migrateIn(base, { maxCheckpoints: 3, sizeRecord: { maxCheckpoints: 3, revision: 1 } });
});

function copy(): string {
  const dir = join(tempDir(), 'copy');
  cpSync(base, dir, { recursive: true });
  return dir;
}

const emptied = (dir: string) => git(dir, 'commit-tree', '-m', 'Start generation', git(dir, 'mktree'));

/** What another program does to the refs, what migrate says of it, and what verify and status call it. */
const MOVES: ReadonlyArray<{
  readonly what: string;
  readonly move: (dir: string) => void;
  readonly status: string;
  readonly warning: RegExp;
  readonly codes: readonly string[];
  readonly problems: readonly string[];
}> = [
  {
    what: 'a clean-up deletes an archive',
    move: (dir) => git(dir, 'update-ref', '-d', archive(1)),
    status: 'differs',
    warning:
      /^V2 lacks an archived generation that nobody pruned \(0000000000001\), with the transcripts of 3 checkpoints: /,
    codes: ['GENERATION_LOST', 'TRANSCRIPT_MISSING'],
    problems: ['GENERATION_MISSING'],
  },
  {
    what: 'a fetch that prunes deletes all archives',
    move: (dir) => {
      git(dir, 'update-ref', '-d', archive(1));
      git(dir, 'update-ref', '-d', archive(2));
    },
    status: 'differs',
    warning:
      /^V2 lacks 2 archived generations that nobody pruned \(0000000000001, 0000000000002\), with .* 6 checkpoints: /,
    codes: ['GENERATION_LOST', 'TRANSCRIPT_MISSING'],
    problems: ['GENERATION_MISSING'],
  },
  {
    what: 'a fetch with + moves full/current back',
    move: (dir) => git(dir, 'update-ref', CURRENT, emptied(dir)),
    status: 'differs',
    warning: /^V2 lacks the transcripts of a checkpoint: another program has moved or emptied full\/current; /,
    codes: ['TRANSCRIPT_MISSING'],
    problems: ['TRANSCRIPT_MISSING'],
  },
  {
    what: 'another program rotates',
    move: (dir) => v2ClientRotate(dir, 1_750_001_000),
    status: 'migrated',
    warning: /^Another program has made an archived generation \(0000000000003\) without generation\.json; /,
    codes: ['GENERATION_COMMIT_WRONG', 'GENERATION_JSON_MISSING'],
    problems: ['GENERATION_JSON_MISSING'],
  },
];

/** The codes of errors, and of warnings that are not about retention. */
async function errorsOf(dir: string): Promise<string[]> {
  const { findings } = await withRepository(dir, 'native', (repo) => verify(repo));
  return [...new Set(findings.filter(({ severity }) => severity === 'error').map(({ code }) => code))].sort();
}

async function problemsOf(dir: string): Promise<string[]> {
  const { problems } = await statusIn(dir, { now: '2025-06-16T00:00:00Z' });
  return problems.map(({ code }) => code);
}

async function repairsWholly(dir: string, engine: EngineName): Promise<void> {
  expect(await withRepository(dir, engine, (repo) => repair(repo))).toMatchObject({
    status: 'repaired',
    isWhole: true,
  });
  await expectConsistent(dir, { maxCheckpoints: 3 });
  expect(await migrateIn(dir, { engine })).toMatchObject({ status: 'up-to-date', warnings: [] });
}

describe.each(ENGINES)('where another program moves refs of V2 (%s)', (engine) => {
  it.each(share(MOVES, 5))(
    '$what: it is named, and mended by repair',
    async ({ move, status, warning, codes, problems }) => {
      const dir = copy();
      move(dir);
      expect(await problemsOf(dir)).toEqual(problems);
      const first = await migrateIn(dir, { engine });
      expect(first).toMatchObject({ status, warnings: [expect.stringMatching(warning)] });
      // The manifest lists by now what another program has made: it is as it was all the same.
      const again = await migrateIn(dir, { engine, dryRun: true });
      expect(again).toMatchObject({ status: 'differs', warnings: [expect.stringMatching(warning)] });
      expect(await problemsOf(dir)).toEqual(problems);
      expect(await errorsOf(dir)).toEqual(codes);
      await repairsWholly(dir, engine);
    },
  );

  it.each(share(MOVES, 7))('$what: the mirror names it too', async ({ move, warning }) => {
    const dir = copy();
    git(dir, 'config', MIRROR_KEY, 'v2');
    move(dir);
    const options = { timeoutMs: 60_000, maxCheckpoints: 3, env: {} };
    const run = () => withRepository(dir, engine, (repo) => mirror(repo, options));
    expect((await run()).warnings).toEqual([expect.stringMatching(warning)]);
    await repairsWholly(dir, engine);
    expect(await run()).toMatchObject({ refs: [], warnings: [] });
  });

  it('says so also where V1 has gone on', async () => {
    const dir = copy();
    git(dir, 'update-ref', '-d', archive(1));
    write(dir, 'new', 900);
    const { status, warnings } = await migrateIn(dir, { engine });
    expect({ status, warnings }).toEqual({
      status: 'migrated',
      warnings: [expect.stringContaining('that nobody pruned')],
    });
    await repairsWholly(dir, engine);
  });

  it('a rotation between the plan and the transaction of a run', async () => {
    const dir = copy();
    write(dir, 'new', 900);
    await withRepository(dir, engine, (repo) =>
      migrate(beforeRefsMove(repo, () => v2ClientRotate(dir, 1_750_001_000))),
    );
    expect(await errorsOf(dir)).toEqual(['GENERATION_COMMIT_WRONG', 'GENERATION_JSON_MISSING']);
    await repairsWholly(dir, engine);
    const held = git(dir, 'ls-tree', '-r', '--name-only', CURRENT);
    expect(held).toContain(`${idOf('new').slice(2)}/0/full.jsonl`);
  });

  it('a V1 that a fetch with + has moved back comes out of V2 again', async () => {
    const dir = copy();
    const before = refs(dir);
    git(dir, 'update-ref', V1_REF, `${V1_REF}~3`);
    expect(await migrateIn(dir, { engine })).toMatchObject({ status: 'v2-ahead' });
    await withRepository(dir, engine, (repo) => migrateBetween(repo, { from: 'v2', to: 'v1' }));
    expect(refs(dir)).toEqual(before);
  });
});

/** The repository, with something that happens once before its first transaction. */
function beforeRefsMove(repo: Repository, happens: () => void): Repository {
  let isDone = false;
  return new Proxy(repo, {
    get(target, key) {
      const value = Reflect.get(target, key);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        if (key === 'updateRefs' && !isDone) {
          isDone = true;
          happens();
        }
        return value.apply(target, args);
      };
    },
  });
}
