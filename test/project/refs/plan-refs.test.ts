import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { CheckpointId } from '../../../src/checkpoint/checkpoint-id.ts';
import { readDeletedCheckpoints } from '../../../src/project/refs/deleted-checkpoints.ts';
import { mktree } from '../../attacks/plant.ts';
import { git, refs } from '../../fixtures/git.ts';
import { refOf, refsReference } from '../../fixtures/refs-reference.ts';
import { A, A2, B } from '../../fixtures/scenarios.ts';
import { tempDir } from '../../fixtures/temp.ts';
import { shardPath, transcriptText, V1_REF, V1Builder } from '../../fixtures/v1-builder.ts';
import { projectIn, refsOf } from './support.ts';

let dir: string;
let v1: V1Builder;
beforeEach(() => {
  dir = tempDir();
  v1 = new V1Builder();
  v1.init();
  v1.checkpoint(A);
  v1.checkpoint(B);
  v1.write(dir);
});

/** A commit that something else made on top of a checkpoint's ref, or as its first. */
function foreignCommit(tree: string, ...parents: string[]): string {
  return git(dir, 'commit-tree', '-m', 'Checkpoint: by another', ...parents.flatMap((parent) => ['-p', parent]), tree);
}

const changeOf = async (id: string) => (await projectIn(dir)).changes.get(id as CheckpointId);

describe('planRefs', () => {
  it('says which folder stands twice in the tree of V1, and goes on once it is one', async () => {
    const [shard = ''] = shardPath(A).split('/');
    const line = git(dir, 'ls-tree', V1_REF, shard);
    const whole = git(dir, 'rev-parse', `${V1_REF}^{tree}`);
    const other = mktree(dir, [`040000 tree ${git(dir, 'rev-parse', `${V1_REF}:${shardPath(A)}`)}\t${'0'.repeat(10)}`]);
    const commit = (tree: string) =>
      git(dir, 'update-ref', V1_REF, git(dir, 'commit-tree', '-m', 'By hand', '-p', V1_REF, tree));
    commit(mktree(dir, [line, `040000 tree ${other}\t${shard}`]));
    await expect(projectIn(dir)).rejects.toMatchObject({
      code: 'BAD_OBJECT',
      message: `the folder ${shard}, with checkpoint ${A}, stands twice in the tree of ${V1_REF}`,
    });
    commit(whole);
    await projectIn(dir);
    expect(Object.keys(refsOf(dir))).toContain(refOf(A));
  });

  it('makes a ref for each checkpoint, with the history that V1 has of it', async () => {
    v1.finalize(A, 0, transcriptText('final', 9));
    v1.write(dir);
    await projectIn(dir);
    expect(git(dir, 'log', '--format=%s', refOf(A)).split('\n')).toEqual([
      `Finalize transcript for Checkpoint: ${A}`,
      `Checkpoint: ${A}`,
    ]);
    expect(git(dir, 'log', '-1', '--format=%(trailers:key=Ckpt-V1-Commit,valueonly)', refOf(A)).trim()).toBe(
      git(dir, 'rev-parse', V1_REF),
    );
    expect(JSON.parse(git(dir, 'cat-file', 'blob', `${refOf(A)}:metadata.json`)).sessions[0].metadata).toBe(
      '/0/metadata.json',
    );
  });

  it('leaves a ref of another writer alone that has what V1 has in its history', async () => {
    const tree = refsReference(dir).trees.get(A) as string;
    await projectIn(dir);
    const imported = foreignCommit(tree);
    const later = foreignCommit(git(dir, 'rev-parse', `${V1_REF}^{tree}`), imported);
    git(dir, 'update-ref', refOf(A), later);
    expect(await changeOf(A)).toBe('foreign');
    expect(git(dir, 'rev-parse', refOf(A))).toBe(later);
  });

  it('adds to a ref of another writer that lacks what V1 has, once', async () => {
    const other = foreignCommit(git(dir, 'rev-parse', `${V1_REF}^{tree}`));
    git(dir, 'update-ref', refOf(A), other);
    expect(await changeOf(A)).toBe('added');
    expect(git(dir, 'rev-parse', `${refOf(A)}^`)).toBe(other);
    expect(git(dir, 'rev-parse', `${refOf(A)}^{tree}`)).toBe(refsReference(dir).trees.get(A));
    const who = '--format=%an %ae %ad %cn %ce %cd';
    expect(git(dir, 'log', '-1', who, refOf(A))).toBe(git(dir, 'log', '-1', who, V1_REF));
    expect(await changeOf(A)).toBe('foreign');
    v1.finalize(A, 0, transcriptText('final', 9));
    v1.write(dir);
    expect(await changeOf(A)).toBe('added');
    expect(git(dir, 'rev-list', '--count', refOf(A))).toBe('3');
  });

  it('goes on where another writer has gone on from what was projected', async () => {
    await projectIn(dir);
    const projected = git(dir, 'rev-parse', refOf(A));
    git(dir, 'update-ref', refOf(A), foreignCommit(git(dir, 'rev-parse', `${V1_REF}^{tree}`), projected));
    expect(await changeOf(A)).toBe('foreign');
    expect(await changeOf(B)).toBe('same');
  });

  it('makes a ref again that somebody deleted, and one that is not what it should be', async () => {
    await projectIn(dir);
    const expected = refsOf(dir);
    git(dir, 'update-ref', '-d', refOf(A));
    git(dir, 'update-ref', refOf(B), expected[refOf(A)] as string);
    const { changes } = await projectIn(dir);
    expect([...changes]).toEqual([
      [A, 'created'],
      [B, 'replaced'],
    ]);
    expect(refsOf(dir)).toEqual(expected);
    // Also where nothing says how far an earlier run came.
    git(dir, 'update-ref', '-d', 'refs/ckpt/v1-rest');
    git(dir, 'update-ref', '-d', refOf(A));
    await projectIn(dir);
    expect(refsOf(dir)).toEqual(expected);
  });

  it('does not go back where refs were projected from a newer V1', async () => {
    v1.finalize(A, 0, transcriptText('final', 9));
    const tip = v1.write(dir);
    await projectIn(dir);
    const newer = refsOf(dir);
    git(dir, 'update-ref', V1_REF, `${tip}~1`);
    const { changes, updates } = await projectIn(dir);
    expect(Object.fromEntries(changes)).toEqual({ [A]: 'ahead', [B]: 'same' });
    expect(updates).toEqual([]);
    expect(refsOf(dir)).toEqual(newer);
  });

  it('replaces what was projected from a V1 that was rewritten, and says so', async () => {
    await projectIn(dir);
    const other = new V1Builder();
    other.checkpoint(A, { sessions: [{ transcript: 'x\n' }] });
    other.checkpoint(A2);
    other.write(dir);
    const { changes, updates } = await projectIn(dir);
    expect(changes.get(A as CheckpointId)).toBe('replaced');
    expect(updates.some(({ old }) => old !== null)).toBe(true);
    const { [refOf(B)]: kept, ...rest } = refsOf(dir);
    expect(kept).toBeDefined();
    expect(rest).toEqual(refsReference(dir).refs);
  });

  it('keeps checkpoints away that were deleted here, and counts them', async () => {
    writeFileSync(join(dir, 'entire-deleted-checkpoints.json'), JSON.stringify({ deleted: [{ id: A, at: 'today' }] }));
    const deleted = await readDeletedCheckpoints(dir);
    expect([...deleted]).toEqual([A]);
    const plan = await projectIn(dir, 'native', { deleted });
    expect(plan.deleted).toEqual([A]);
    expect(Object.keys(refs(dir, 'refs/entire/'))).toEqual([refOf(B)]);
  });

  it('names numbers that no float holds, and keeps their digits', async () => {
    v1.checkpoint(A2, { fields: { big: 1 }, form: 'hugeNumbers' });
    v1.write(dir);
    const { unheldNumbers } = await projectIn(dir);
    expect([...unheldNumbers]).toEqual([[A2, ['12345678901234567890', '1.10e+400']]]);
    expect(git(dir, 'cat-file', 'blob', `${refOf(A2)}:metadata.json`)).toContain('"token_total": 12345678901234567890');
  });

  it('keeps what lies outside of checkpoints, and gives no checkpoint of the tip up', async () => {
    v1.commit({ message: 'Odd\n', files: { 'vercel.json': '{}\n', 'a3/readme': 'x\n', 'zz/y/z': 'y\n' } });
    v1.remove(B);
    v1.write(dir);
    await projectIn(dir);
    expect(git(dir, 'ls-tree', '-r', '--name-only', 'refs/ckpt/v1-rest').split('\n')).toEqual([
      'a3/readme',
      'vercel.json',
      'zz/y/z',
    ]);
    expect(Object.keys(refs(dir, 'refs/entire/'))).toEqual([refOf(A)]);
  });
});

it('readDeletedCheckpoints reads IDs and refs in any form, and nothing where there is no file', async () => {
  const folder = join(dir, 'x');
  mkdirSync(folder);
  expect([...(await readDeletedCheckpoints(folder))]).toEqual([]);
  const lines = [`["${A}"]`, `{"ref":"refs/entire/checkpoints/${B.slice(-2)}/${B}"}`, `{"${A2}":"2026"}`, '"x"'];
  writeFileSync(join(folder, 'entire-deleted-checkpoints.json'), lines.join('\n'));
  expect([...(await readDeletedCheckpoints(folder))]).toEqual([A, B, A2]);
});
