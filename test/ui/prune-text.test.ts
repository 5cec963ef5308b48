import { describe, expect, it } from 'vitest';
import type { PruneArchive, PruneResult } from '../../src/prune/prune-result.ts';
import { pruneText, restoreText } from '../../src/ui/prune-text.ts';
import { runOf } from './run.ts';

const RUN = runOf('prune');
const NONE = { objectCount: 0, bytes: 0 };
const NONE_FREED = { ...NONE, inBackups: NONE };

function archive(number: number, fields: Partial<PruneArchive> = {}): PruneArchive {
  return {
    number,
    ref: `refs/entire/checkpoints/v2/full/${String(number).padStart(13, '0')}`,
    commit: 'c'.repeat(40),
    checkpointCount: 100,
    newest: '2025-03-17T16:20:00+01:00',
    newestFrom: 'generation.json',
    ageSeconds: 40 * 86_400 + 5,
    verdict: 'prune',
    stays: null,
    onlyHere: [],
    frees: { objectCount: 1204, bytes: 3_400_000, inBackups: NONE },
    ...fields,
  };
}

function result(fields: Partial<PruneResult> = {}): PruneResult {
  return {
    status: 'planned',
    retention: { seconds: 14 * 86_400, from: 'settings', keep: 0 },
    isV1Absent: false,
    archives: [archive(1), archive(2, { verdict: 'stay', stays: 'within-retention', frees: null, ageSeconds: 3600 })],
    frees: { objectCount: 1204, bytes: 3_400_000, inBackups: NONE },
    backup: null,
    warnings: [],
    ...fields,
  };
}

describe('pruneText', () => {
  it('a plan: every archive, what it frees, and the command that carries it out', () => {
    const text = pruneText(result(), runOf('prune', '--older-than', '36h', '--no-backup', '--repo', 'dir'), false);
    const [headline, , ...table] = text.split('\n');
    expect(headline).toBe('A plan, nothing was written. Past the retention of 14 days (the settings): 1 archive.');
    expect(table.slice(0, 3).map((line) => line.replace(/ {2,}/g, '|'))).toEqual([
      '|archive|checkpoints|newest checkpoint|age|verdict|frees',
      '|0000000000001|100|2025-03-17T16:20:00+01:00|40 days|would go|1,204 objects, 3.4 MB',
      '|0000000000002|100|2025-03-17T16:20:00+01:00|1 hour|stays: within the retention',
    ]);
    expect(text).toContain('This would free 1,204 objects, 3.4 MB on disk: what no other ref reaches.');
    expect(text).toContain('Transcripts that V1 has too stay on disk as long as V1 does.');
    expect(text).toContain(
      '\nIt leaves the disk when git gc has run and its grace period (gc.pruneExpire, two weeks) is over.\n',
    );
    expect(text).toContain('Next: ckpt prune --older-than 36h --no-backup --repo dir --apply\n');
    expect(pruneText(result(), RUN, true)).toContain(
      'A backup will keep it.\nOnce the backup is deleted, it leaves the disk',
    );
  });

  it('what was done: where the backup is, and what earlier ones keep', () => {
    const backup = 'refs/ckpt/backup/20260102T030405678Z/';
    const frees = { objectCount: 4, bytes: 2000, inBackups: { objectCount: 1, bytes: 500 } };
    const retention = { seconds: 36 * 3600, from: 'flag', keep: 1 } as const;
    const text = pruneText(result({ status: 'pruned', backup, frees, retention }), RUN, true);
    expect(text).toContain('Pruned 1 archive past the retention of 36 hours.\n');
    expect(text).toContain('  gone ');
    expect(text).toContain('This frees 4 objects, 2.0 kB on disk: what no other ref reaches.');
    expect(text).toContain('Of it, earlier backups under refs/ckpt/backup/ keep 1 object, 500 B on disk.');
    expect(text).toContain(
      `The backup keeps it: ${backup}\nOnce the backup is deleted, it leaves the disk when git gc has run`,
    );
    expect(text).toContain('Next: ckpt verify\n');
  });

  it('a refusal names the checkpoints, the reason and --allow-loss', () => {
    const onlyHere = Array.from({ length: 7 }, (_, n) => `a3000000000${n}`);
    const refused = archive(1, { verdict: 'refuse', onlyHere, frees: null });
    const text = pruneText(result({ status: 'refused', archives: [refused], isV1Absent: true }), RUN, true);
    expect(text).toContain('Pruned 0 archives past the retention of 14 days (the settings); 1 stayed.');
    expect(text).toContain('stays: the only copy of 7 checkpoints');
    expect(text).toContain('Transcripts that exist nowhere else (7 checkpoints):');
    expect(text).toContain(
      '  archive 1: a30000000000, a30000000001, a30000000002, a30000000003, a30000000004 and 2 more',
    );
    expect(text).toContain(
      'There is no V1 branch here any more, and they are not in git-refs, and not in a generation that stays.',
    );
    expect(text).toContain('To delete them all the same, add --allow-loss.');
    expect(text).not.toContain('frees ');
    const other = pruneText(result({ status: 'planned', archives: [refused] }), RUN, true);
    expect(other).toContain("They are not at V1's tip, not in git-refs, and not in a generation that stays.");
    expect(other).not.toContain('Next:');
  });

  it('a loss that was allowed is named, before and after', () => {
    const archives = [archive(1, { onlyHere: ['a30000000000'] })];
    const run = runOf('prune', '--allow-loss');
    const plan = pruneText(result({ archives }), run, true);
    expect(plan).toContain('would go, with the only copy of 1 checkpoint');
    expect(plan).toContain('Transcripts that would be lost (1 checkpoint):');
    expect(plan).toContain('Next: ckpt prune --allow-loss --apply\n');
    expect(pruneText(result({ archives, status: 'pruned' }), run, true)).toContain(
      'Transcripts that were lost (1 checkpoint):',
    );
  });

  it('nothing to prune, and why each stays', () => {
    const stays = (number: number, reason: PruneArchive['stays'], fields: Partial<PruneArchive> = {}) =>
      archive(number, { verdict: 'stay', stays: reason, frees: null, ...fields });
    const archives = [
      stays(1, 'kept'),
      stays(2, 'no-time', { newest: null, newestFrom: null, ageSeconds: null }),
      stays(3, 'unreadable', { newest: null, newestFrom: null, ageSeconds: null }),
    ];
    const text = pruneText(result({ status: 'nothing-to-do', archives, frees: NONE_FREED }), RUN, true);
    expect(text).toMatch(
      /^Nothing to prune: what is past the retention of 14 days \(the settings\) is spared by --keep \d+\.$/m,
    );
    const unkept = pruneText(result({ status: 'nothing-to-do', archives: archives.slice(1) }), RUN, true);
    expect(unkept).toContain('Nothing to prune: no archive has to go by the retention of 14 days (the settings).');
    expect(text).toMatch(/^ {2}0000000000001 .*40 days {2}stays: --keep$/m);
    expect(text).toMatch(
      /^ {2}0000000000002 .* not known +- +stays: no time is known, so it is never past the retention$/m,
    );
    expect(text).toMatch(/^ {2}0000000000003 .* stays: it cannot be read \(`ckpt verify` says why\)$/m);
    expect(text).not.toContain('This');
    expect(pruneText(result({ status: 'nothing-to-do', archives: [] }), RUN, true)).toContain(
      'there is no archived generation',
    );
  });

  it('obeys nothing that a repository says', () => {
    const newest = '2025-01-01T00:00:00Z\u001b[31m';
    const text = pruneText(result({ archives: [archive(1, { newest })], warnings: ['a\nb'] }), RUN, true);
    expect(text).toContain('00:00Z\\x1b[31m');
    expect(text).toContain('warning: a\\nb');
  });
});

describe('restoreText', () => {
  const restored = {
    status: 'restored',
    number: 3,
    ref: 'refs/entire/checkpoints/v2/full/0000000000003',
    commit: 'c'.repeat(40),
    backup: 'refs/ckpt/backup/20260102T030405678Z/full/0000000000003',
    checkpointCount: 99,
    leftOut: ['a30000000000'],
  } as const;

  it('says what is there again, where it came from, and what was left out', () => {
    expect(restoreText(restored, runOf('prune', '--restore', '3', '--repo', 'dir'))).toBe(
      `Archive 3 is there again: 99 checkpoints, from ${restored.backup}
  ${restored.ref}  ${restored.commit}

Left out, since another generation has newer transcripts of them: 1 checkpoint
  a30000000000

Took 120 ms with native.
Next: ckpt verify --repo dir
`,
    );
    expect(restoreText({ ...restored, leftOut: [] }, RUN)).not.toContain('Left out');
  });
});
