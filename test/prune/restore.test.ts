import { describe, expect, it } from 'vitest';
import { rotate } from '../../src/rotate/rotate.ts';
import { idOf } from '../fixtures/entire-client.ts';
import { FOREIGN_CREATED_AT, writeForeignV2 } from '../fixtures/foreign-v2.ts';
import { git, refs } from '../fixtures/git.ts';
import { transcriptText } from '../fixtures/v1-builder.ts';
import { add, archive, id, ids, prepare, update } from '../migrate/checkpoints.ts';
import { checkpointsOf, ENGINES, expectConsistent, migrateIn, withRepository } from '../migrate/support.ts';
import { writeV2 } from '../remote/v2-writes.ts';
import { DAY, expectMoved, MANIFEST, MAX, madeAt, migrateHere, pruneIn, restoreIn } from './support.ts';

const now = madeAt(9999);

describe.each(ENGINES)('restore (%s)', (engine) => {
  it('puts the archive back from the backup: the same ids as before, and verify is as clean as before', async () => {
    const { dir } = prepare(5);
    await migrateHere(dir, engine);
    const before = refs(dir, 'refs/entire/');
    const findings = await expectConsistent(dir, { maxCheckpoints: MAX, engine });
    await pruneIn(dir, { engine, now, apply: true });
    await expectMoved(dir, [archive(2), MANIFEST], async () => {
      const result = await restoreIn(dir, 2, engine);
      expect(result).toMatchObject({
        status: 'restored',
        number: 2,
        ref: archive(2),
        commit: before[archive(2)],
        checkpointCount: 2,
        leftOut: [],
      });
      expect(refs(dir)[result.backup]).toBe(result.commit);
    });
    expect(refs(dir)[archive(1)]).toBeUndefined();
    await expectConsistent(dir, { maxCheckpoints: MAX, engine });
    await restoreIn(dir, 1, engine);
    expect({ ...refs(dir, 'refs/entire/'), [MANIFEST]: before[MANIFEST] }).toEqual(before);
    expect(git(dir, 'show', `${MANIFEST}:0000000000001.json`)).toMatch(/"restore_count": 1\n/);
    expect(await expectConsistent(dir, { maxCheckpoints: MAX, engine })).toEqual(findings);
  });

  it('takes the newest of several backups', async () => {
    const { dir, v1 } = prepare(3);
    await migrateHere(dir);
    await pruneIn(dir, { engine, now, apply: true });
    await restoreIn(dir, 1, engine);
    v1.finalize(id(1), 0, transcriptText('complete', 9));
    update(dir, v1);
    await migrateHere(dir);
    const newer = refs(dir)[archive(1)];
    await pruneIn(dir, { engine, now: new Date(now.getTime() + 1), apply: true });
    expect(Object.keys(refs(dir, 'refs/ckpt/backup/'))).toHaveLength(2);
    expect((await restoreIn(dir, 1, engine)).commit).toBe(newer);
    await expectConsistent(dir, { maxCheckpoints: MAX, engine });
  });

  it('says where there is no backup, and which archives have one', async () => {
    const { dir } = prepare(5);
    await migrateHere(dir);
    await pruneIn(dir, { engine, now, apply: true, keep: 1 });
    const moved = expectMoved(dir, [], async () => {
      await expect(restoreIn(dir, 7, engine)).rejects.toMatchObject({
        code: 'NO_BACKUP',
        exitCode: 3,
        hint: ['Archives with a backup: 1. ', 'If V1 has the transcripts: ', ['ckpt', 'migrate', '--rebuild']],
      });
      await expect(restoreIn(dir, 2, engine)).rejects.toMatchObject({ code: 'ARCHIVE_EXISTS', exitCode: 3 });
    });
    await moved;
    const none = prepare(3).dir;
    git(none, 'remote', 'add', 'upstream', '../upstream');
    await migrateHere(none);
    await pruneIn(none, { engine, now, apply: true, backup: false });
    await expect(restoreIn(none, 1, engine)).rejects.toMatchObject({
      code: 'NO_BACKUP',
      hint: expect.arrayContaining([['git', 'fetch', 'upstream', expect.stringMatching(/^refs\/.*v2\/full\/0+1:/)]]),
    });
  });

  it('leaves out what another generation has by now', async () => {
    const { dir, v1 } = prepare(3);
    await migrateHere(dir);
    await pruneIn(dir, { engine, now, apply: true });
    v1.finalize(id(1), 0, transcriptText('complete', 9));
    update(dir, v1);
    await migrateIn(dir, { engine, maxCheckpoints: 99 });
    expect(checkpointsOf(dir, 'current')).toEqual([id(1), id(3)].sort());
    const result = await restoreIn(dir, 1, engine);
    expect(result).toMatchObject({ checkpointCount: 1, leftOut: [id(1)] });
    expect(checkpointsOf(dir, '0000000000001')).toEqual([id(2)]);
    await expectConsistent(dir, { maxCheckpoints: MAX, engine });

    await pruneIn(dir, { engine, now: new Date(now.getTime() + 1), apply: true });
    v1.finalize(id(2), 0, transcriptText('complete', 9));
    update(dir, v1);
    await migrateIn(dir, { engine, maxCheckpoints: 99 });
    await expect(restoreIn(dir, 1, engine)).rejects.toMatchObject({ code: 'NOTHING_TO_RESTORE', exitCode: 3 });
    await expectConsistent(dir, { maxCheckpoints: 99, engine });
  });

  it('tells the times again where a checkpoint got a session without a transcript meanwhile', async () => {
    const { dir, v1 } = prepare(3);
    await migrateHere(dir);
    await pruneIn(dir, { engine, now, apply: true });
    v1.checkpoint(id(1), { sessions: [{ transcript: null, createdAt: '2026-02-03T04:05:06Z' }] });
    update(dir, v1);
    await migrateHere(dir);
    expect((await restoreIn(dir, 1, engine)).leftOut).toEqual([]);
    expect(git(dir, 'show', `${archive(1)}:generation.json`)).toContain('2026-02-03T04:05:06Z');
    await expectConsistent(dir, { maxCheckpoints: MAX, engine });
  });

  it('what is restored is an archive like any other: new transcripts go to it, and it can be pruned again', async () => {
    const { dir, v1 } = prepare(3);
    await migrateHere(dir);
    await pruneIn(dir, { engine, now, apply: true });
    await restoreIn(dir, 1, engine);
    v1.finalize(id(2), 0, transcriptText('complete', 9));
    update(dir, add(v1, 4));
    await migrateHere(dir);
    expect(git(dir, 'show', `${archive(1)}:${id(2).slice(0, 2)}/${id(2).slice(2)}/0/full.jsonl`)).toContain('complete');
    expect(checkpointsOf(dir, '0000000000002')).toEqual(ids(3, 4).sort());
    await pruneIn(dir, { engine, now: new Date(now.getTime() + DAY), apply: true });
    await expectConsistent(dir, { maxCheckpoints: MAX, engine });
  });

  it('an archive of another tool comes back as it was', async () => {
    const { dir, v1 } = prepare(4);
    writeForeignV2(dir, v1, { archives: { 1: ids(1, 2) } });
    await migrateIn(dir, { engine });
    const before = refs(dir, 'refs/entire/');
    await pruneIn(dir, { engine, now: new Date(Date.parse(FOREIGN_CREATED_AT) + 15 * DAY), apply: true });
    expect(refs(dir)[archive(1)]).toBeUndefined();
    await restoreIn(dir, 1, engine);
    expect({ ...refs(dir, 'refs/entire/'), [MANIFEST]: before[MANIFEST] }).toEqual(before);
  });
});

it('an archive that a rebuild replaced is in its backup, too', async () => {
  const { dir } = prepare(5);
  await migrateHere(dir);
  const before = refs(dir)[archive(2)];
  await migrateIn(dir, { rebuild: true, maxCheckpoints: 4 });
  expect(refs(dir)[archive(2)]).toBeUndefined();
  await expect(restoreIn(dir, 2)).rejects.toMatchObject({ code: 'NOTHING_TO_RESTORE' });
  git(dir, 'update-ref', '-d', archive(1));
  expect((await restoreIn(dir, 2)).commit).toBe(before);
});

describe('a rebuild after a prune', () => {
  const X = idOf('in V2 alone');

  /** Two archives of V1's, and one of what V2 alone has; all were pruned. */
  async function pruned(): Promise<{ dir: string; grow: () => void }> {
    const { dir, v1 } = prepare(4);
    await migrateHere(dir);
    await writeV2(dir, { id: X, at: madeAt(5).getTime() / 1000 });
    await withRepository(dir, 'native', (repo) => rotate(repo, { maxCheckpoints: MAX, force: true }));
    await pruneIn(dir, { now, apply: true, allowLoss: true });
    return { dir, grow: () => update(dir, add(v1, 5, 6)) };
  }
  const rebuild = (dir: string) => migrateIn(dir, { rebuild: true, maxCheckpoints: MAX });
  const told = (dir: string, number: number) => git(dir, 'show', `${MANIFEST}:000000000000${number}.json`);

  it('has what V1 gives again, and knows of the rest that it was pruned, and where', async () => {
    const { dir } = await pruned();
    const before = told(dir, 3);
    await rebuild(dir);
    expect(told(dir, 1)).not.toContain('pruned');
    expect(told(dir, 3)).toBe(before);
    expect(await rebuild(dir)).toMatchObject({ status: 'up-to-date', refs: [] });
    await restoreIn(dir, 3);
    expect(git(dir, 'ls-tree', '-r', '--name-only', archive(3))).toContain('/0/full.jsonl');
  });

  it('names what was pruned under a number that another archive gets', async () => {
    const { dir, grow } = await pruned();
    grow();
    const { warnings, backup } = await rebuild(dir);
    expect(warnings.join('\n')).toContain(`0000000000003 is another archive now; the one that was pruned held ${X}`);
    expect(git(dir, 'show', `${backup}generations:0000000000003.json`)).toContain(X);
  });
});
