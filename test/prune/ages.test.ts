import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EngineName } from '../../src/git/repository.ts';
import { verify } from '../../src/verify/verify.ts';
import { FOREIGN_CREATED_AT, writeForeignV2 } from '../fixtures/foreign-v2.ts';
import { git, gitBytes, refs } from '../fixtures/git.ts';
import { tempDir } from '../fixtures/temp.ts';
import { V1Builder } from '../fixtures/v1-builder.ts';
import { archive, id, ids, prepare } from '../migrate/checkpoints.ts';
import { ENGINES, migrateIn, withRepository } from '../migrate/support.ts';
import { DAY, expectMoved, MAIN, MANIFEST, madeAt, migrateHere, pruneIn, verdicts } from './support.ts';

/** Gives an archive's root another `generation.json`, or none. */
function writeJson(dir: string, number: number, content: string | null): void {
  const lines = git(dir, 'ls-tree', archive(number))
    .split('\n')
    .filter((line) => !line.endsWith('generation.json'));
  if (content !== null) {
    const blob = gitBytes(dir, ['hash-object', '-w', '--stdin'], { input: content }).toString().trim();
    lines.push(`100644 blob ${blob}\tgeneration.json`);
  }
  const tree = gitBytes(dir, ['mktree'], { input: `${lines.join('\n')}\n` })
    .toString()
    .trim();
  git(
    dir,
    'update-ref',
    archive(number),
    git(dir, 'commit-tree', tree, '-m', `Archive generation 000000000000${number}`),
  );
}

function newest(time: string): string {
  return `${JSON.stringify({ oldest_checkpoint_at: time, newest_checkpoint_at: time }, null, 2)}\n`;
}

describe.each(ENGINES)('how old an archive is (%s)', (engine) => {
  const now = new Date(madeAt(2).getTime() + 20 * DAY);
  it('main tells where generation.json does not, or contradicts it', async () => {
    const { dir } = prepare(3);
    await migrateHere(dir, engine);
    for (const content of [
      null,
      'nonsense',
      '[]\n',
      '{}\n',
      newest('yesterday'),
      newest('2001-01-01T00:00:00Z'),
      newest('2099-01-01T00:00:00Z'),
    ]) {
      writeJson(dir, 1, content);
      const [found] = (await pruneIn(dir, { engine, now })).archives;
      const expected = { newest: madeAt(2).toISOString(), newestFrom: 'main', verdict: 'prune' };
      expect(found, content ?? 'absent').toMatchObject(expected);
    }
    expect(verdicts(await pruneIn(dir, { engine, now, retentionDays: 21 }))).toEqual(['1 stay within-retention']);
  });

  it('the same instant in other words is not a contradiction', async () => {
    const { dir } = prepare(3);
    await migrateHere(dir, engine);
    const text = `${new Date(madeAt(2).getTime() + 2 * 3_600_000).toISOString().slice(0, -1)}+02:00`;
    writeJson(dir, 1, newest(text));
    expect((await pruneIn(dir, { engine, now })).archives[0]).toMatchObject({
      newest: text,
      newestFrom: 'generation.json',
    });
  });

  it('where main does not know all of its checkpoints, the later time holds', async () => {
    const { dir } = prepare(3);
    await migrateHere(dir, engine);
    // main as it was before the second checkpoint came.
    git(dir, 'update-ref', MAIN, `${MAIN}~2`);
    expect((await pruneIn(dir, { engine, now })).archives[0]).toMatchObject({
      newest: madeAt(2).toISOString(),
      newestFrom: 'generation.json',
    });
    writeJson(dir, 1, newest('2001-01-01T00:00:00Z'));
    expect((await pruneIn(dir, { engine, now })).archives[0]).toMatchObject({
      newest: madeAt(1).toISOString(),
      newestFrom: 'main',
    });
    git(dir, 'update-ref', '-d', MAIN);
    expect((await pruneIn(dir, { engine, now })).archives[0]).toMatchObject({
      newest: '2001-01-01T00:00:00Z',
      newestFrom: 'generation.json',
    });
  });

  it('no time anywhere: never past the retention', async () => {
    const dir = join(tempDir(), 'repo');
    const v1 = new V1Builder();
    for (const n of [1, 2, 3]) v1.checkpoint(id(n), { sessions: [{ createdAt: n === 1 ? null : 'soon' }] });
    v1.write(dir);
    await migrateHere(dir, engine);
    const result = await pruneIn(dir, { engine, now: new Date('2999-01-01'), olderThan: 0, apply: true });
    expect(result).toMatchObject({ status: 'nothing-to-do' });
    expect(result.archives[0]).toMatchObject({ newest: null, newestFrom: null, ageSeconds: null, stays: 'no-time' });
  });

  it('an archive that can not be read stays, and is named', async () => {
    const { dir } = prepare(5);
    await migrateHere(dir, engine);
    const tree = 'dead'.repeat(10);
    const commit = `tree ${tree}\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\nArchive\n`;
    const broken = gitBytes(dir, ['hash-object', '-t', 'commit', '-w', '--stdin'], { input: commit }).toString().trim();
    git(dir, 'update-ref', archive(1), broken);
    const result = await pruneIn(dir, { engine, now: madeAt(9999), apply: true });
    expect(verdicts(result)).toEqual(['1 stay unreadable', '2 prune']);
    expect(refs(dir)[archive(1)]).toBe(broken);
  });
});

describe('an archive that another tool wrote', () => {
  it.each(ENGINES)(
    'raw_transcript names, no generation.json: main tells its age, and it can go and come back (%s)',
    async (engine) => {
      const { dir, v1 } = prepare(6);
      writeForeignV2(dir, v1, { archives: { 1: ids(1, 2), 2: ids(3, 4) } });
      await migrateIn(dir, { engine });
      expect(git(dir, 'ls-tree', '-r', '--name-only', archive(1))).toContain('/0/raw_transcript');
      const before = refs(dir);
      const now = new Date(Date.parse(FOREIGN_CREATED_AT) + 14 * DAY + 1);
      const early = await pruneIn(dir, { engine, now: new Date(now.getTime() - 1) });
      expect(verdicts(early)).toEqual(['1 stay within-retention', '2 stay within-retention']);
      expect(early.archives[0]).toMatchObject({ newest: FOREIGN_CREATED_AT, newestFrom: 'main', checkpointCount: 2 });
      await expectMoved(dir, [archive(1), MANIFEST, 'refs/ckpt/backup/'], () =>
        pruneIn(dir, { engine, now, keep: 1, apply: true }),
      );
      expect(refs(dir)[archive(1)]).toBeUndefined();
      await expectPruned(dir, engine, ids(1, 2));
      // The last archive too: now no gap in the numbers tells that there were any.
      await pruneIn(dir, { engine, now, apply: true });
      await expectPruned(dir, engine, ids(1, 4));
      expect(refs(dir)[MAIN]).toBe(before[MAIN]);
    },
  );

  /** Nothing comes back, and of what was pruned verify misses nothing. */
  async function expectPruned(dir: string, engine: EngineName, pruned: readonly string[]): Promise<void> {
    const before = refs(dir);
    await migrateIn(dir, { engine });
    expect(refs(dir)).toEqual(before);
    const { findings } = await withRepository(dir, engine, (repo) => verify(repo));
    const lost = findings.filter(({ code }) => /^(?:TRANSCRIPT_MISSING|GENERATION_(?:MISSING|LOST))$/.test(code));
    expect(lost.filter(({ checkpoint }) => checkpoint === undefined || pruned.includes(checkpoint))).toEqual([]);
  }
});
