import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { migrateBetween } from '../../src/migrate/between/migrate-between.ts';
import { git, gitBytes, refs } from '../fixtures/git.ts';
import { tempDir } from '../fixtures/temp.ts';
import { transcriptText, V1Builder } from '../fixtures/v1-builder.ts';
import { archive, id, ids, prepare, update } from '../migrate/checkpoints.ts';
import { ENGINES, expectConsistent, withRepository } from '../migrate/support.ts';
import { DAY, MANIFEST, MAX, madeAt, migrateHere, pruneIn, V1_REF, verdicts } from './support.ts';

const now = madeAt(9999);
const REMOTE = 'refs/remotes/origin/entire/checkpoints/v1';

describe.each(ENGINES)('a transcript that exists nowhere else (%s)', (engine) => {
  it('V1 is gone: every archive stays unless --allow-loss is given', async () => {
    const { dir } = prepare(5);
    await migrateHere(dir);
    git(dir, 'update-ref', '-d', V1_REF);
    const before = refs(dir);
    const plan = await pruneIn(dir, { engine, now });
    expect(plan).toMatchObject({ status: 'planned', isV1Absent: true });
    const refused = await pruneIn(dir, { engine, now, apply: true });
    expect(refused).toMatchObject({ status: 'refused', backup: null });
    expect(verdicts(refused)).toEqual(['1 refuse', '2 refuse']);
    expect(refused.archives.map(({ onlyHere }) => onlyHere)).toEqual([ids(1, 2).sort(), ids(3, 4).sort()]);
    expect(refs(dir)).toEqual(before);
    const lost = await pruneIn(dir, { engine, now, apply: true, allowLoss: true, keep: 1 });
    expect(lost).toMatchObject({ status: 'pruned', archives: [{ onlyHere: ids(1, 2).sort(), verdict: 'prune' }, {}] });
    expect(refs(dir)[archive(1)]).toBeUndefined();
    expect(refs(dir)[archive(2)]).toBe(before[archive(2)]);
  });

  it("origin's copy of V1 has it too", async () => {
    const { dir } = prepare(3);
    await migrateHere(dir);
    git(dir, 'update-ref', REMOTE, V1_REF);
    git(dir, 'update-ref', '-d', V1_REF);
    expect(verdicts(await pruneIn(dir, { engine, now }))).toEqual(['1 prune']);
    // A local branch that lacks it, and a copy that has it.
    git(dir, 'update-ref', V1_REF, git(dir, 'rev-list', '--max-parents=0', REMOTE));
    expect(verdicts(await pruneIn(dir, { engine, now }))).toEqual(['1 prune']);
    git(dir, 'update-ref', REMOTE, V1_REF);
    expect(verdicts(await pruneIn(dir, { engine, now }))).toEqual(['1 refuse']);
  });

  it('git-refs have it too, but for one that can not be read', async () => {
    const { dir } = prepare(5);
    await migrateHere(dir);
    await withRepository(dir, engine, (repo) => migrateBetween(repo, { from: 'v1', to: 'refs' }));
    git(dir, 'update-ref', '-d', V1_REF);
    expect(await pruneIn(dir, { engine, now })).toMatchObject({
      isV1Absent: true,
      archives: [
        { verdict: 'prune', onlyHere: [] },
        { verdict: 'prune', onlyHere: [] },
      ],
    });
    git(
      dir,
      'update-ref',
      `refs/entire/checkpoints/${id(3).slice(-2)}/${id(3)}`,
      git(dir, 'hash-object', '-t', 'tree', '-w', '/dev/null'),
    );
    const result = await pruneIn(dir, { engine, now });
    expect(result.archives.map(({ onlyHere }) => onlyHere)).toEqual([[], [id(3)]]);
  });

  it("what only V1's history has is not safe; the other archives go", async () => {
    const { dir, v1 } = prepare(5);
    await migrateHere(dir);
    v1.finalize(id(3), 0, transcriptText('complete', 9));
    update(dir, v1);
    const result = await pruneIn(dir, { engine, now, apply: true });
    expect(result.status).toBe('refused');
    expect(verdicts(result)).toEqual(['1 prune', '2 refuse']);
    expect(result.archives[1]?.onlyHere).toEqual([id(3)]);
    expect(refs(dir)[archive(1)]).toBeUndefined();
    // The mirror brings the archive up to V1, and then it can go.
    await migrateHere(dir);
    expect(verdicts(await pruneIn(dir, { engine, now, apply: true }))).toEqual(['2 prune']);
    await expectConsistent(dir, { maxCheckpoints: MAX, engine });
  });

  it('another generation that stays has it; one that goes too does not count', async () => {
    const dir = join(tempDir(), 'repo');
    const v1 = new V1Builder();
    const same = { transcript: transcriptText('the same') };
    for (const n of [1, 2, 3, 4, 5]) {
      const shared = n === 1 || n === 3 ? same : {};
      v1.checkpoint(id(n), { sessions: [{ createdAt: madeAt(n).toISOString(), ...shared }] });
    }
    v1.write(dir);
    await migrateHere(dir);
    git(dir, 'update-ref', '-d', V1_REF);
    const both = await pruneIn(dir, { engine, now });
    expect(both.archives.map(({ onlyHere }) => onlyHere)).toEqual([ids(1, 2).sort(), ids(3, 4).sort()]);
    const one = await pruneIn(dir, { engine, now, keep: 1 });
    expect(one.archives.map(({ onlyHere }) => onlyHere)).toEqual([[id(2)], []]);
  });

  it('a task counts as a transcript; a hash does not, nor does generation.json', async () => {
    const dir = join(tempDir(), 'repo');
    const v1 = new V1Builder();
    v1.checkpoint(id(1), { sessions: [{ createdAt: madeAt(1).toISOString(), tasks: { toolu_1: 'usual' } }] });
    v1.checkpoint(id(2), { sessions: [{ createdAt: madeAt(2).toISOString() }] });
    v1.write(dir);
    await migrateHere(dir);
    const path = (n: number) => `${id(n).slice(0, 2)}/${id(n).slice(2)}`;
    v1.commit({ files: { [`${path(2)}/0/content_hash.txt`]: null } });
    update(dir, v1);
    expect(verdicts(await pruneIn(dir, { engine, now }))).toEqual(['1 prune']);
    v1.commit({ files: { [`${path(1)}/0/tasks`]: null } });
    update(dir, v1);
    expect((await pruneIn(dir, { engine, now })).archives[0]).toMatchObject({ verdict: 'refuse', onlyHere: [id(1)] });
  });

  it('a backup is no such place', async () => {
    const { dir } = prepare(3);
    await migrateHere(dir);
    git(dir, 'update-ref', 'refs/ckpt/backup/x/full/0000000000001', archive(1));
    git(dir, 'update-ref', '-d', V1_REF);
    expect(verdicts(await pruneIn(dir, { engine, now }))).toEqual(['1 refuse']);
  });

  it('objects that a partial clone lacks are elsewhere where another ref names them', async () => {
    const root = tempDir();
    const server = join(root, 'server.git');
    const clone = join(root, 'clone.git');
    const v1 = new V1Builder();
    for (const n of [1, 2, 3]) v1.checkpoint(id(n), { sessions: [{ createdAt: madeAt(n).toISOString() }] });
    v1.write(server);
    await migrateHere(server);
    git(server, 'config', 'uploadpack.allowFilter', 'true');
    git(root, 'clone', '-q', '--mirror', '--filter=blob:none', `file://${server}`, clone);
    renameSync(server, join(root, 'gone.git'));
    // Nothing of the metadata is here either, so generation.json and main tell no time: nothing is past the retention.
    expect(verdicts(await pruneIn(clone, { engine, now }))).toEqual(['1 stay no-time']);
    for (const file of [`${archive(1)}:generation.json`, `${MANIFEST}:0000000000001.json`]) {
      const content = gitBytes(join(root, 'gone.git'), ['cat-file', 'blob', file]);
      gitBytes(clone, ['hash-object', '-w', '--stdin'], { input: content });
    }
    const result = await pruneIn(clone, { engine, now });
    expect(verdicts(result)).toEqual(['1 prune']);
    git(clone, 'update-ref', '-d', V1_REF);
    expect((await pruneIn(clone, { engine, now, keep: 0 })).archives[0]?.onlyHere).toEqual(ids(1, 2).sort());
  });
});

it('an archive that is pruned with a loss can be told by verify once V1 is there again', async () => {
  const { dir } = prepare(3);
  await migrateHere(dir);
  const tip = refs(dir)[V1_REF] as string;
  git(dir, 'update-ref', '-d', V1_REF);
  await pruneIn(dir, { now: new Date(madeAt(2).getTime() + 15 * DAY), apply: true, allowLoss: true });
  git(dir, 'update-ref', V1_REF, tip);
  await expectConsistent(dir, { maxCheckpoints: MAX });
});
