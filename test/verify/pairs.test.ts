import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { EngineName } from '../../src/git/repository.ts';
import { migrateBetween } from '../../src/migrate/between/migrate-between.ts';
import { LAYOUT_FINDINGS } from '../../src/verify/finding.ts';
import { type VerifyOptions, verify } from '../../src/verify/verify.ts';
import { git, refs } from '../fixtures/git.ts';
import { refOf, V1_REST } from '../fixtures/refs-reference.ts';
import { ENGINES } from '../fixtures/scale.ts';
import { A, B } from '../fixtures/scenarios.ts';
import { tempDir } from '../fixtures/temp.ts';
import { shardPath, transcriptText, V1_REF, V1Builder } from '../fixtures/v1-builder.ts';
import { migrateIn, withRepository } from '../migrate/support.ts';
import { projectIn } from '../project/refs/support.ts';
import { editTip, removeObject, replaceTip, treeWith } from './damage.ts';

const C = 'c0ffee123456';
const ULID = '01JZ8Q3V5X7K9M2N4P6R8T0W1Y';
const good = join(tempDir('file'), 'good');
/** Without the last commits of V1, as it was when the refs of `good` were made. */
const builder = new V1Builder();

beforeAll(async () => {
  builder.init();
  for (const id of [A, B, ULID]) builder.checkpoint(id);
  builder.finalize(A, 0, transcriptText('final', 9));
  builder.write(good);
  await projectIn(good);
  await migrateIn(good);
});

function copy(): string {
  const dir = join(tempDir(), 'repo');
  cpSync(good, dir, { recursive: true });
  return dir;
}

const verifyWith = (dir: string, engine: EngineName, options: VerifyOptions) =>
  withRepository(dir, engine, (repo) => verify(repo, options));

/** Codes of findings with the checkpoint that they are about, without the oddities of V1 and without notes that lose nothing. */
async function found(dir: string, engine: EngineName, options: VerifyOptions): Promise<string[]> {
  const { findings } = await verifyWith(dir, engine, options);
  const own = findings.filter(({ code }) => code in LAYOUT_FINDINGS);
  return [
    ...new Set(own.map(({ code, checkpoint }) => (checkpoint === undefined ? code : `${code} ${checkpoint}`))),
  ].sort();
}

const blobAt = (dir: string, path: string) => git(dir, 'rev-parse', path);
const mainRef = 'refs/entire/checkpoints/v2/main';

interface Sabotage {
  readonly damage: (dir: string) => void;
  readonly pair: Pick<VerifyOptions, 'from' | 'to'>;
  readonly finds: readonly string[];
}

const V1_REFS = { from: 'v1', to: 'refs' } as const;
const REFS_V1 = { from: 'refs', to: 'v1' } as const;
const V2_V1 = { from: 'v2', to: 'v1' } as const;
const V2_REFS = { from: 'v2', to: 'refs' } as const;
const REFS_V2 = { from: 'refs', to: 'v2' } as const;

const SABOTAGES: Readonly<Record<string, Sabotage>> = {
  'a ref that is gone': {
    damage: (dir) => git(dir, 'update-ref', '-d', refOf(ULID)),
    pair: V1_REFS,
    finds: [`CHECKPOINT_MISSING ${ULID}`],
  },
  'a ref of a checkpoint that was deleted here': {
    damage: (dir) => {
      git(dir, 'update-ref', '-d', refOf(B));
      writeFileSync(
        join(dir, git(dir, 'rev-parse', '--git-common-dir'), 'entire-deleted-checkpoints.json'),
        JSON.stringify([B]),
      );
    },
    pair: V1_REFS,
    finds: [`CHECKPOINT_DELETED ${B}`],
  },
  'a ref of a checkpoint that V1 does not have': {
    damage: (dir) => git(dir, 'update-ref', refOf(C), git(dir, 'rev-parse', refOf(A))),
    pair: V1_REFS,
    finds: [`CHECKPOINT_ONLY_IN_REFS ${C}`],
  },
  'another transcript in a ref': {
    damage: (dir) => editTip(dir, refOf(A), { '0/full.jsonl': '{}\n' }),
    pair: V1_REFS,
    finds: [`TRANSCRIPT_CHANGED ${A}`],
  },
  'a field of the summary that is lost in a ref': {
    damage: (dir) => editTip(dir, refOf(A), { 'metadata.json': '{}\n' }),
    pair: V1_REFS,
    finds: [`FIELD_LOST ${A}`],
  },
  'a session that is lost in a ref': {
    damage: (dir) => editTip(dir, refOf(B), { '0': null }),
    pair: V1_REFS,
    finds: [`SESSION_MISSING ${B}`],
  },
  'a file too many in a ref': {
    damage: (dir) => editTip(dir, refOf(B), { '0/more.txt': 'more' }),
    pair: V1_REFS,
    finds: [`FILE_EXTRA ${B}`],
  },
  'another mode in a ref': {
    damage: (dir) =>
      editTip(dir, refOf(B), { '0/prompt.txt': { mode: '100755', id: blobAt(dir, `${refOf(B)}:0/prompt.txt`) } }),
    pair: V1_REFS,
    finds: [`MODE_CHANGED ${B}`],
  },
  'another author in the history of a ref': {
    damage: (dir) =>
      replaceTip(dir, refOf(B), (commit) => ({
        ...commit,
        headers: commit.headers.map((line) => line.replace(/^author [^<]*/, 'author Somebody ')),
      })),
    pair: V1_REFS,
    finds: [`COMMIT_AUTHOR_CHANGED ${B}`],
  },
  'a ref at a blob': {
    damage: (dir) => git(dir, 'update-ref', refOf(B), blobAt(dir, `${refOf(B)}:0/prompt.txt`)),
    pair: V1_REFS,
    finds: [`CHECKPOINT_UNREADABLE ${B}`],
  },
  'a tree that is absent': {
    damage: (dir) => removeObject(dir, blobAt(dir, `${refOf(A)}^{tree}`)),
    pair: REFS_V1,
    finds: [`CHECKPOINT_UNREADABLE ${A}`],
  },
  'a V1 that went on': {
    damage: (dir) => editTip2(dir),
    pair: V1_REFS,
    finds: ['REFS_BEHIND'],
  },
  'what lies outside of checkpoints is gone': {
    damage: (dir) => git(dir, 'update-ref', '-d', V1_REST),
    pair: V1_REFS,
    finds: ['REST_MISSING'],
  },
  'no git-refs at all': {
    damage: (dir) => {
      for (const ref of [V1_REST, ...[A, B, ULID].map(refOf)]) git(dir, 'update-ref', '-d', ref);
    },
    pair: V1_REFS,
    finds: ['REFS_MISSING'],
  },
  'a checkpoint that V1 lost': {
    damage: (dir) => editTip(dir, V1_REF, { [shardPath(B)]: null }),
    pair: REFS_V1,
    finds: [`CHECKPOINT_MISSING ${B}`],
  },
  'another transcript in V1 than in git-refs': {
    damage: (dir) => editTip(dir, V1_REF, { [`${shardPath(A)}/0/full.jsonl`]: '{}\n' }),
    pair: REFS_V1,
    finds: [`TRANSCRIPT_CHANGED ${A}`],
  },
  'another transcript in V1 than in V2': {
    damage: (dir) => editTip(dir, V1_REF, { [`${shardPath(A)}/0/full.jsonl`]: '{}\n' }),
    pair: V2_V1,
    finds: [`TRANSCRIPT_CHANGED ${A}`],
  },
  'a checkpoint in V1 alone': {
    damage: (dir) => editTip(dir, mainRef, { [shardPath(B)]: null }),
    pair: V2_V1,
    finds: [`CHECKPOINT_ONLY_IN_V1 ${B}`],
  },
  'a prompt that git-refs have otherwise than V2': {
    damage: (dir) => editTip(dir, refOf(B), { '0/prompt.txt': 'another' }),
    pair: V2_REFS,
    finds: [`FILE_CHANGED ${B}`],
  },
  'a session that V2 lost': {
    damage: (dir) => editTip(dir, mainRef, { [`${shardPath(B)}/0`]: null }),
    pair: REFS_V2,
    finds: [`SESSION_MISSING ${B}`],
  },
  'no V1': {
    damage: (dir) => git(dir, 'update-ref', '-d', V1_REF),
    pair: V2_V1,
    finds: ['V1_MISSING'],
  },
};

/** One more commit in V1, which changes a checkpoint. */
function editTip2(dir: string): void {
  const parent = git(dir, 'rev-parse', V1_REF);
  editTip(dir, V1_REF, { [`${shardPath(A)}/0/prompt.txt`]: 'later' });
  const tree = git(dir, 'rev-parse', `${V1_REF}^{tree}`);
  git(dir, 'update-ref', V1_REF, git(dir, 'commit-tree', '-m', 'later', '-p', parent, tree));
}

describe.each(ENGINES)('verify of any two layouts (%s)', (engine) => {
  test.each([V1_REFS, REFS_V1, V2_V1, V2_REFS, REFS_V2, { from: 'v1', to: 'v2' } as const])(
    '$from to $to finds no error in what is whole, and writes nothing',
    async (pair) => {
      const before = refs(good, 'refs/');
      const report = await verifyWith(good, engine, pair);
      expect(report.findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
      expect(report.pairs).toMatchObject([{ ...pair, checkpointCount: 3, errorCount: 0 }]);
      expect(refs(good, 'refs/')).toEqual(before);
    },
  );

  test.each(Object.entries(SABOTAGES))('finds %s', async (_, { damage, pair, finds }) => {
    const dir = copy();
    damage(dir);
    const notes = ['FILE_DIFFERS', 'FIELD_DIFFERS'];
    const codes = (await found(dir, engine, pair)).filter((one) => !notes.some((note) => one.startsWith(note)));
    expect(codes).toEqual(finds);
  });

  test('without flags compares each layout that is here with the primary one', async () => {
    const dir = copy();
    expect((await verifyWith(dir, engine, {})).pairs.map(({ from, to }) => `${from} ${to}`)).toEqual([
      'v1 v2',
      'v1 refs',
    ]);
    const env = { ENTIRE_CHECKPOINTS_PRIMARY: 'git-refs' };
    const pairs = (await verifyWith(dir, engine, { env })).pairs.map(({ from, to }) => `${from} ${to}`);
    expect(pairs).toEqual(['refs v1', 'refs v2']);
  });

  test('where the primary layout is not here says so, and takes the first that is', async () => {
    const dir = copy();
    for (const ref of [V1_REST, ...[A, B, ULID].map(refOf)]) git(dir, 'update-ref', '-d', ref);
    const report = await verifyWith(dir, engine, { env: { ENTIRE_CHECKPOINTS_PRIMARY: 'git-refs' } });
    expect(report.findings.filter(({ severity }) => severity !== 'note')).toMatchObject([{ code: 'PRIMARY_MISSING' }]);
    expect(report.pairs).toMatchObject([{ from: 'v1', to: 'v2' }]);
  });

  test('of git-refs alone says that there is nothing to compare, and reads them; commits may name ULIDs', async () => {
    const dir = copy();
    git(dir, 'update-ref', '-d', V1_REF);
    for (const ref of Object.keys(refs(dir, 'refs/entire/checkpoints/v2/'))) git(dir, 'update-ref', '-d', ref);
    const alone = await verifyWith(dir, engine, {});
    expect(alone).toMatchObject({
      consistent: true,
      pairs: [],
      source: { layout: 'refs' },
      counts: { checkpoints: 3 },
    });
    expect(alone.findings.map(({ code }) => code)).toEqual(['COVERAGE_NOT_COMPARED']);
    const tree = git(dir, 'rev-parse', `${refOf(A)}^{tree}`);
    const commitOf = (id: string) => git(dir, 'commit-tree', '-m', `Work\n\nEntire-Checkpoint: ${id}`, tree);
    const resolved = await verifyWith(dir, engine, { commits: commitOf(ULID) });
    expect(resolved).toMatchObject({ consistent: true, scope: { checkpoints: [ULID], commitCount: 1 } });
    const lost = commitOf('01JZ8Q3V5X7K9M2N4P6R8T0W1Z');
    const report = await verifyWith(dir, engine, { commits: lost });
    expect(report.findings).toContainEqual(expect.objectContaining({ code: 'TRAILER_UNRESOLVED', commit: lost }));
  });

  test('of refs that another program wrote asks whether V1 is in their history', async () => {
    const dir = copy();
    const tree = git(dir, 'rev-parse', `${refOf(A)}^{tree}`);
    const imported = git(dir, 'commit-tree', '-m', 'Import checkpoint', tree);
    git(dir, 'update-ref', refOf(A), imported);
    expect(await found(dir, engine, V1_REFS)).toEqual([]);
    git(
      dir,
      'update-ref',
      refOf(A),
      git(dir, 'commit-tree', '-m', 'Checkpoint', treeWith(dir, refOf(A), { '0': null })),
    );
    expect(await found(dir, engine, V1_REFS)).toContain(`SESSION_MISSING ${A}`);
  });

  test('a migration makes consistent what it is about', async () => {
    const dir = copy();
    editTip(dir, V1_REF, { [shardPath(B)]: null });
    await withRepository(dir, engine, (repo) => migrateBetween(repo, { from: 'refs', to: 'v1' }));
    expect((await verifyWith(dir, engine, REFS_V1)).consistent).toBe(true);
  });
});
