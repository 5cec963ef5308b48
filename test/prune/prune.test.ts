import { describe, expect, it } from 'vitest';
import type { CheckpointId } from '../../src/checkpoint/checkpoint-id.ts';
import type { EngineName } from '../../src/git/repository.ts';
import { prune } from '../../src/prune/prune.ts';
import { git, refs } from '../fixtures/git.ts';
import { transcriptText } from '../fixtures/v1-builder.ts';
import { add, archive, id, ids, prepare, update } from '../migrate/checkpoints.ts';
import { interrupted } from '../migrate/overlay.ts';
import { checkpointsOf, ENGINES, expectConsistent, listing, withRepository } from '../migrate/support.ts';
import { V2Store } from '../stores/v2-store.ts';
import {
  CURRENT,
  DAY,
  expectMoved,
  MAIN,
  MANIFEST,
  MAX,
  madeAt,
  migrateHere,
  pruneIn,
  V1_REF,
  verdicts,
} from './support.ts';

/** Archives 1 (1–2), 2 (3–4) and 3 (5–6), and checkpoint 7 in `full/current`; archives 1 and 2 are past 14 days. */
async function threeArchives() {
  const { dir, v1 } = prepare(7);
  await migrateHere(dir);
  return { dir, v1, now: new Date(madeAt(4).getTime() + 14 * DAY + 1) };
}

async function transcriptOf(dir: string, checkpoint: string, engine: EngineName = 'native') {
  return withRepository(dir, engine, async (repo) => {
    const transcript = await new V2Store(repo).readTranscript(checkpoint as CheckpointId, '0');
    return transcript?.ref;
  });
}

describe.each(ENGINES)('prune (%s)', (engine) => {
  it('without apply writes nothing', async () => {
    const { dir, now } = await threeArchives();
    const before = listing(dir);
    const result = await pruneIn(dir, { engine, now });
    expect(result).toMatchObject({ status: 'planned', backup: null, isV1Absent: false, warnings: [] });
    expect(verdicts(result)).toEqual(['1 prune', '2 prune', '3 stay within-retention']);
    expect(result.archives[0]).toMatchObject({
      number: 1,
      ref: archive(1),
      commit: refs(dir)[archive(1)],
      checkpointCount: 2,
      newest: madeAt(2).toISOString(),
      newestFrom: 'generation.json',
      ageSeconds: 14 * 86_400 + 2 * 3600,
      onlyHere: [],
    });
    expect(listing(dir)).toEqual(before);
  });

  it('with apply deletes these archives alone, keeps a backup, and verify tells pruned from lost', async () => {
    const { dir, now } = await threeArchives();
    const before = refs(dir);
    await expectMoved(dir, [archive(1), archive(2), MANIFEST, 'refs/ckpt/backup/'], async () => {
      const result = await pruneIn(dir, { engine, now, apply: true });
      expect(result.status).toBe('pruned');
      expect(result.backup).toBe(`refs/ckpt/backup/${now.toISOString().replace(/[-:.]/g, '')}/`);
    });
    const after = refs(dir);
    expect(after[archive(1)]).toBeUndefined();
    expect(after[archive(2)]).toBeUndefined();
    const backup = refs(dir, 'refs/ckpt/backup/');
    expect(Object.values(backup)).toEqual([before[archive(1)], before[archive(2)]]);
    expect(Object.keys(backup).every((name) => name.endsWith('/full/0000000000001') || name.endsWith('2'))).toBe(true);
    expect(git(dir, 'show', `${MANIFEST}:0000000000001.json`)).toContain('"pruned": true');
    expect(git(dir, 'show', `${MANIFEST}:0000000000003.json`)).not.toContain('pruned');
    // The summaries stay, the transcripts are reported as pruned, and nothing is an error or a warning.
    expect(git(dir, 'ls-tree', '-r', '--name-only', MAIN)).toContain(
      `${id(1).slice(0, 2)}/${id(1).slice(2)}/metadata.json`,
    );
    expect(await transcriptOf(dir, id(1), engine)).toBeUndefined();
    expect(await transcriptOf(dir, id(5), engine)).toBe(archive(3));
    const findings = await expectConsistent(dir, { maxCheckpoints: MAX, engine });
    expect(findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
    expect(findings.length).toBeGreaterThan(0);
    expect((await pruneIn(dir, { engine, now, apply: true })).status).toBe('nothing-to-do');
    expect(refs(dir)).toEqual(after);
  });

  it('what is pruned does not come back with the next migration, and its numbers are not taken again', async () => {
    const { dir, v1, now } = await threeArchives();
    await pruneIn(dir, { engine, now: new Date(now.getTime() + DAY), apply: true });
    expect(Object.keys(refs(dir, 'refs/entire/checkpoints/v2/full/'))).toEqual([CURRENT]);
    expect((await migrateHere(dir, engine)).status).toBe('up-to-date');
    update(dir, add(v1, 8, 9));
    expect((await migrateHere(dir, engine)).status).toBe('migrated');
    expect(Object.keys(refs(dir, 'refs/entire/checkpoints/v2/full/'))).toEqual([archive(4), CURRENT]);
    expect(checkpointsOf(dir, '0000000000004')).toEqual(ids(7, 8).sort());
    expect(checkpointsOf(dir, 'current')).toEqual([id(9)]);
    await expectConsistent(dir, { maxCheckpoints: MAX, engine });
  });

  it('--no-backup leaves no ref to the old archives', async () => {
    const { dir, now } = await threeArchives();
    const result = await pruneIn(dir, { engine, now, apply: true, backup: false });
    expect(result).toMatchObject({ status: 'pruned', backup: null });
    expect(refs(dir, 'refs/ckpt/')).toEqual({});
    await expectConsistent(dir, { maxCheckpoints: MAX, engine });
  });

  it('plans again where a ref was moved meanwhile', async () => {
    const { dir, v1, now } = await threeArchives();
    v1.finalize(id(1), 0, transcriptText('complete', 9));
    update(dir, v1);
    const finalize = async () => {
      await migrateHere(dir, engine);
    };
    const attempts: number[] = [];
    await withRepository(dir, engine, async (repo) => {
      await prune(interrupted(repo, finalize), {
        retentionDays: 14,
        now: () => now,
        apply: true,
        onEvent: (event) => event.kind === 'retry' && attempts.push(event.attempt),
      });
    });
    expect(attempts).toEqual([2]);
    const kept = Object.keys(refs(dir, 'refs/ckpt/backup/')).find((name) => name.endsWith('1')) as string;
    expect(git(dir, 'show', `${kept}:${id(1).slice(0, 2)}/${id(1).slice(2)}/0/full.jsonl`)).toBe(
      transcriptText('complete', 9).trimEnd(),
    );
    await expectConsistent(dir, { maxCheckpoints: MAX, engine });
  });
});

describe('V1, main and full/current', () => {
  it('are never touched, whatever is asked for', async () => {
    const { dir, now } = await threeArchives();
    const later = new Date(now.getTime() + 1000 * DAY);
    const kept = () => [V1_REF, MAIN, CURRENT].map((ref) => refs(dir)[ref]);
    const before = kept();
    await pruneIn(dir, { now: later, olderThan: 0, apply: true, allowLoss: true, backup: false });
    expect(kept()).toEqual(before);
    expect(Object.keys(refs(dir, 'refs/entire/checkpoints/v2/full/'))).toEqual([CURRENT]);
  });

  it('a repository without archives, or without V2, has nothing to prune', async () => {
    const { dir } = prepare(1);
    const now = madeAt(9999);
    expect(await pruneIn(dir, { now, apply: true })).toMatchObject({ status: 'nothing-to-do', archives: [] });
    await migrateHere(dir);
    expect(await pruneIn(dir, { now, apply: true })).toMatchObject({ status: 'nothing-to-do', archives: [] });
  });
});
