import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { EngineName } from '../../src/git/repository.ts';
import { type RepairOptions, repair } from '../../src/repair/repair.ts';
import { type VerifyOptions, verify } from '../../src/verify/verify.ts';
import { writeSettings } from '../dual-write/run.ts';
import { git, refs } from '../fixtures/git.ts';
import { refOf } from '../fixtures/refs-reference.ts';
import { A, B } from '../fixtures/scenarios.ts';
import { tempDir } from '../fixtures/temp.ts';
import { shardPath, V1_REF, V1Builder } from '../fixtures/v1-builder.ts';
import { ENGINES, migrateIn, withRepository } from '../migrate/support.ts';
import { projectIn } from '../project/refs/support.ts';
import { type Entry, editJson, treeWith } from '../verify/damage.ts';

const ULID = '01JZ8Q3V5X7K9M2N4P6R8T0W1Y';
const good = join(tempDir('file'), 'good');

beforeAll(async () => {
  const builder = new V1Builder();
  builder.init();
  builder.checkpoint(A, { sessions: [{}, {}] });
  for (const id of [B, ULID]) builder.checkpoint(id);
  builder.write(good);
  await migrateIn(good);
  await projectIn(good);
});

function copy(): string {
  const dir = join(tempDir(), 'repo');
  cpSync(good, dir, { recursive: true });
  return dir;
}

/** As another program would: a commit on top. */
function commitOn(dir: string, ref: string, files: Readonly<Record<string, Entry | null>>): void {
  const tree = treeWith(dir, ref, files);
  git(dir, 'update-ref', ref, git(dir, 'commit-tree', tree, '-p', ref, '-m', 'Damage'));
}

/** What a dry run and a run say, and what verify finds afterwards, but for notes. */
async function repairIn(dir: string, engine: EngineName, options: RepairOptions) {
  return withRepository(dir, engine, async (repo) => {
    const before = refs(dir, 'refs/');
    const planned = await repair(repo, { ...options, dryRun: true });
    expect(refs(dir, 'refs/')).toEqual(before);
    const done = await repair(repo, options);
    const { findings } = await verify(repo, options as VerifyOptions);
    const again = await repair(repo, options);
    return { planned, done, again, found: findings.filter(({ severity }) => severity !== 'note') };
  });
}

const damaged: ReadonlyArray<
  readonly [name: string, from: 'v1' | 'v2' | 'refs', to: 'v1' | 'refs', (dir: string) => void]
> = [
  [
    'a transcript of ours in git-refs, and a ref',
    'v1',
    'refs',
    (dir) => {
      commitOn(dir, refOf(A), { '0/full.jsonl': 'other\n' });
      git(dir, 'update-ref', '-d', refOf(B));
    },
  ],
  [
    'files and metadata in V1',
    'refs',
    'v1',
    (dir) => {
      commitOn(dir, V1_REF, {
        [`${shardPath(A)}/0/full.jsonl`]: null,
        [`${shardPath(A)}/1/prompt.txt`]: 'other\n',
        [shardPath(ULID)]: null,
      });
      editJson(dir, V1_REF, `${shardPath(B)}/0/metadata.json`, (value) => {
        value.agent = 'Another';
      });
    },
  ],
  [
    'the same, by V2',
    'v2',
    'v1',
    (dir) => {
      commitOn(dir, V1_REF, { [`${shardPath(A)}/0/full.jsonl`]: 'other\n', [`${shardPath(A)}/metadata.json`]: '{}\n' });
    },
  ],
  [
    'what another program did to git-refs, by V2',
    'v2',
    'refs',
    (dir) => {
      commitOn(dir, refOf(A), { '0/full.jsonl': null, '0/content_hash.txt': null });
      git(dir, 'update-ref', '-d', V1_REF);
    },
  ],
];

describe.each(ENGINES)('repair of any layout (%s)', (engine) => {
  test.each(damaged)('%s', async (_, from, to, damage) => {
    const dir = copy();
    damage(dir);
    const { planned, done, again, found } = await repairIn(dir, engine, { from, to });
    expect(planned).toMatchObject({ status: 'planned', from, to });
    expect(planned.refs.length).toBeGreaterThan(0);
    expect(done).toMatchObject({ status: 'repaired', left: [], isWhole: true });
    expect(done.mended.length).toBeGreaterThan(0);
    expect(found).toEqual([]);
    expect(again).toMatchObject({ status: 'nothing-to-do', refs: [] });
    expect(git(dir, 'fsck', '--strict', '--no-dangling')).toBe('');
  });

  test('keeps what the target has besides, in a commit that nothing of this clone goes into', async () => {
    const one = copy();
    commitOn(one, V1_REF, { [`${shardPath(A)}/0/notes.txt`]: 'mine\n', [`${shardPath(A)}/0/prompt.txt`]: 'other\n' });
    const options = { env: { ENTIRE_CHECKPOINTS_PRIMARY: 'git-refs' } }; // the first other layout is V1
    const { done } = await repairIn(one, engine, options);
    expect(done).toMatchObject({ from: 'refs', to: 'v1', status: 'repaired' });
    expect(git(one, 'show', `${V1_REF}:${shardPath(A)}/0/notes.txt`)).toBe('mine');
    expect(git(one, 'diff', '--stat', `${V1_REF}~2`, V1_REF, '--', shardPath(B))).toBe('');
    expect(git(one, 'log', '-1', '--format=%an %ad %s', V1_REF)).toBe(
      `${git(one, 'log', '-1', '--format=%an %ad', `${V1_REF}^`)} Repair checkpoint ${A}`,
    );
  });

  test('says why it does nothing: one layout alone, or V2 without V1', async () => {
    const dir = copy();
    const fails = (options: RepairOptions) => withRepository(dir, engine, (repo) => repair(repo, options));
    await expect(fails({ from: 'refs', to: 'v2' })).rejects.toMatchObject({ code: 'CANNOT_REPAIR', exitCode: 3 });
    for (const ref of Object.keys(refs(dir, 'refs/'))) if (!ref.endsWith(ULID)) git(dir, 'update-ref', '-d', ref);
    await expect(fails({})).rejects.toMatchObject({ code: 'ONLY_LAYOUT', exitCode: 3 });
  });
});

test.each(ENGINES)('without flags V1 mends V2, also where V2 is the primary layout (%s)', async (engine) => {
  const dir = copy();
  const before = refs(dir, 'refs/heads/', 'refs/entire/');
  git(dir, 'config', 'core.bare', 'false');
  writeSettings(dir, { strategy_options: { checkpoints_version: 2 } });
  git(dir, 'update-ref', '-d', 'refs/entire/checkpoints/v2/full/current');
  const { done, found } = await repairIn(dir, engine, {});
  expect(done).toMatchObject({ status: 'repaired', from: 'v1', to: 'v2', isWhole: true });
  expect(refs(dir, 'refs/heads/', 'refs/entire/')).toEqual(before);
  expect(found).toEqual([]);
});

test.each(ENGINES)(
  'without flags each layout that is here is mended, and a dry run counts what a run mends (%s)',
  async (engine) => {
    for (const primary of ['git-branch', 'git-refs']) {
      const dir = copy();
      const isV1 = primary === 'git-branch';
      // What one commit adds is mended first, and what a second one has to mend comes on top of it.
      if (isV1) git(dir, 'update-ref', '-d', refOf(B));
      else commitOn(dir, V1_REF, { [shardPath(ULID)]: null, [`${shardPath(A)}/0/prompt.txt`]: 'other\n' });
      if (isV1) commitOn(dir, refOf(A), { '0/prompt.txt': 'other\n' });
      git(dir, 'update-ref', '-d', 'refs/entire/checkpoints/v2/full/current');
      const { planned, done, again } = await repairIn(dir, engine, { env: { ENTIRE_CHECKPOINTS_PRIMARY: primary } });
      const pairs = (result: typeof done) => [result, ...result.others].map(({ from, to }) => `${from} ${to}`);
      expect(pairs(done)).toEqual(isV1 ? ['v1 v2', 'v1 refs'] : ['refs v1', 'v1 v2']);
      for (const [i, one] of [done, ...done.others].entries()) {
        const plan = [planned, ...planned.others][i];
        // A V1 that was just mended has commits that V2 was not projected from: the work of a migration.
        const left = !isV1 && one.to === 'v2' ? ['V2_BEHIND'] : [];
        expect(one.status).toBe('repaired');
        expect(plan).toMatchObject({ status: 'planned', isWhole: left.length === 0, verified: null, dryRun: true });
        for (const result of [one, plan]) expect(result?.left.map(({ finding }) => finding.code)).toEqual(left);
        expect(plan?.refs.map(({ ref, new: id }) => [ref, id])).toEqual(one.refs.map(({ ref, new: id }) => [ref, id]));
        if (one.to !== 'v2') expect(plan?.mended).toEqual(one.mended);
        for (const { meaning } of one.mended)
          if (one.to !== 'v2') expect(meaning).not.toMatch(/on `main`|V2|generation/);
      }
      const second = isV1 ? 'nothing-to-do' : 'nothing-mended';
      expect([again, ...again.others].map(({ status }) => status)).toEqual(['nothing-to-do', second]);
    }
  },
);
