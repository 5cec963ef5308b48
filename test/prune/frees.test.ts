import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { git, gitBytes, refs } from '../fixtures/git.ts';
import { tempDir } from '../fixtures/temp.ts';
import { transcriptText, V1Builder } from '../fixtures/v1-builder.ts';
import { archive, id, prepare } from '../migrate/checkpoints.ts';
import { ENGINES } from '../migrate/support.ts';
import { madeAt, migrateHere, pruneIn, V1_REF } from './support.ts';

const now = madeAt(9999);

/** Objects and bytes that some refs reach and others do not, counted with git. */
function count(
  dir: string,
  some: readonly string[],
  others: readonly string[],
): { objectCount: number; bytes: number } {
  const reached = (names: readonly string[]) =>
    new Set(names.length === 0 ? [] : git(dir, 'rev-list', '--objects', '--no-object-names', ...names).split('\n'));
  const kept = reached(others);
  const alone = [...reached(some)].filter((object) => !kept.has(object));
  const sizes = gitBytes(dir, ['cat-file', '--batch-check=%(objectsize:disk)'], { input: `${alone.join('\n')}\n` });
  const bytes = sizes
    .toString()
    .trim()
    .split('\n')
    .reduce((sum, size) => sum + Number(size), 0);
  return { objectCount: alone.length, bytes };
}

const NONE = { objectCount: 0, bytes: 0 };

describe.each(ENGINES)('what archives free (%s)', (engine) => {
  it.each(['loose', 'packed'])('is what git says that no other ref reaches: %s objects', async (storage) => {
    const { dir } = prepare(7);
    await migrateHere(dir);
    git(dir, 'update-ref', 'refs/heads/main', git(dir, 'commit-tree', git(dir, 'mktree'), '-m', 'code'));
    if (storage === 'packed') git(dir, 'gc', '-q');
    const names = Object.keys(refs(dir));
    const without = (...gone: string[]) => names.filter((name) => !gone.includes(name));
    for (const isV1There of [true, false]) {
      if (!isV1There) {
        git(dir, 'update-ref', '-d', V1_REF);
        names.splice(names.indexOf(V1_REF), 1);
      }
      const { archives, frees } = await pruneIn(dir, { engine, now, keep: 1, allowLoss: true });
      const [one, two] = [archive(1), archive(2)];
      expect(archives.map((found) => found.frees)).toEqual([
        { ...count(dir, [one], without(one)), inBackups: NONE },
        { ...count(dir, [two], without(two)), inBackups: NONE },
        null,
      ]);
      expect(frees).toEqual({ ...count(dir, [one, two], without(one, two)), inBackups: NONE });
      // With V1 there, its blobs stay: of 2 checkpoints a commit, generation.json and 7 trees are the archive's own.
      expect(archives[0]?.frees?.objectCount).toBe(isV1There ? 9 : 13);
    }
  });

  it('what two archives share goes with both; earlier backups keep it', async () => {
    const dir = join(tempDir(), 'repo');
    const v1 = new V1Builder();
    const transcript = transcriptText('shared', 40);
    for (const n of [1, 2, 3, 4]) {
      const shared = n % 2 === 0 ? { transcript } : {};
      v1.checkpoint(id(n), { sessions: [{ createdAt: madeAt(n).toISOString(), ...shared }] });
    }
    v1.write(dir);
    await migrateHere(dir);
    git(dir, 'update-ref', '-d', V1_REF);
    const { archives, frees } = await pruneIn(dir, { engine, now, allowLoss: true });
    const alone = archives.reduce((sum, found) => sum + (found.frees?.objectCount ?? 0), 0);
    // The transcript, its hash, and the tree of the session that holds just these.
    expect(frees?.objectCount).toBe(alone + 4);
    git(dir, 'update-ref', 'refs/ckpt/backup/20250101T000000000Z/full/0000000000001', archive(1));
    const again = await pruneIn(dir, { engine, now, allowLoss: true });
    expect(again.frees).toEqual({
      objectCount: frees?.objectCount,
      bytes: frees?.bytes,
      inBackups: count(
        dir,
        [archive(1)],
        Object.keys(refs(dir, 'refs/entire')).filter((name) => !name.includes('/full/0')),
      ),
    });
  });

  it('is not told where a ref can not be walked; prune goes on', async () => {
    const { dir } = prepare(3);
    await migrateHere(dir);
    const parent = 'dead'.repeat(10);
    const tree = git(dir, 'rev-parse', `${V1_REF}^{tree}`);
    const text = `tree ${tree}\nparent ${parent}\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\nx\n`;
    const gap = gitBytes(dir, ['hash-object', '-t', 'commit', '-w', '--stdin'], { input: text }).toString().trim();
    git(dir, 'update-ref', 'refs/heads/broken', gap);
    const result = await pruneIn(dir, { engine, now, apply: true });
    expect(result).toMatchObject({ status: 'pruned', frees: null });
    expect(result.warnings).toEqual([expect.stringContaining("what this frees can't be told: ")]);
  });
});
