import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type VerifyOptions, verify } from '../../src/verify/verify.ts';
import { git, initRepository } from '../fixtures/git.ts';
import { tempDir } from '../fixtures/temp.ts';
import { shardPath, V1Builder } from '../fixtures/v1-builder.ts';
import { ENGINES, migrateIn, withRepository } from '../migrate/support.ts';

const A = 'a3b2c4d5e6f7';
const SIBLING = 'a3ffffffffff';
const MANY = Array.from({ length: 7 }, (_, i) => `d0000000000${i}`);

/** V1 without A's sibling, which a write dropped and a commit of the user names, and without `MANY`, which one commit removed. */
async function repository() {
  const dir = join(tempDir('test'), 'repo');
  initRepository({ dir });
  const builder = new V1Builder();
  builder.init();
  for (const id of [A, SIBLING, ...MANY]) builder.checkpoint(id);
  builder.checkpoint(A, { sessions: [{ sessionId: 'second' }] });
  const dropped = builder.commit({ message: 'Fault\n', files: { [shardPath(SIBLING)]: null } });
  const cleaned = builder.commit({
    message: 'Clean up\n',
    files: Object.fromEntries(MANY.map((id) => [shardPath(id), null])),
  });
  const session = builder.commit({ message: 'Less\n', files: { [`${shardPath(A)}/1`]: null } });
  builder.write(dir, { init: false });
  const tree = git(dir, 'mktree', '--missing');
  const named = git(dir, 'commit-tree', '-m', `Work\n\nEntire-Checkpoint: ${SIBLING}`, tree);
  git(dir, 'update-ref', 'refs/heads/main', named);
  git(dir, 'symbolic-ref', 'HEAD', 'refs/heads/main');
  await migrateIn(dir);
  return { dir, dropped, cleaned, session, named };
}

const LOSSES = ['CHECKPOINT_LOST', 'SESSION_LOST', 'CHECKPOINT_DELETED', 'TRAILER_UNRESOLVED', 'CHECKPOINT_UNKNOWN'];

describe.each(ENGINES)('losses of V1, %s', (engine) => {
  const lossesIn = async (dir: string, options: VerifyOptions = {}) => {
    const report = await withRepository(dir, engine, (repo) => verify(repo, options));
    return { ...report, findings: report.findings.filter(({ code }) => LOSSES.includes(code)) };
  };

  test('are notes, one for each commit, which say whether a commit names them', async () => {
    const { dir, dropped, cleaned, session, named } = await repository();
    const report = await lossesIn(dir);
    expect(report.consistent).toBe(true);
    const by = (commit: string) => `the commit ${commit} (2023-11-14, Ada Tester <ada@example.com>) deleted`;
    expect(
      report.findings.map(({ code, severity, checkpoint, commit, message }) => [
        code,
        severity,
        checkpoint,
        commit,
        message,
      ]),
    ).toEqual([
      [
        'CHECKPOINT_LOST',
        'note',
        SIBLING,
        dropped,
        `${by(dropped)} the checkpoint ${SIBLING}, which no layout has any more; the commit ${named} names it`,
      ],
      [
        'CHECKPOINT_LOST',
        'note',
        undefined,
        cleaned,
        `${by(cleaned)} 7 checkpoints that no layout has any more: ${MANY.slice(0, 5).join(', ')} and 2 more; commits here name none of them`,
      ],
      ['SESSION_LOST', 'note', A, session, `${by(session)} the session 1 of the checkpoint ${A}`],
    ]);
  });

  test('explain why a checkpoint is not there that a commit names, or that was asked for', async () => {
    const { dir, dropped, named } = await repository();
    const reason = `was deleted by ${dropped} (2023-11-14, Ada Tester <ada@example.com>); \`ckpt restore ${SIBLING}\` brings it back`;
    const trailer = await lossesIn(dir, { commits: 'HEAD' });
    expect(trailer.consistent).toBe(false);
    expect(trailer.findings[0]).toMatchObject({
      code: 'TRAILER_UNRESOLVED',
      message: `the commit ${named} names the checkpoint ${SIBLING}, which ${reason}`,
    });
    expect(trailer.findings.map(({ code }) => code)).toEqual(['TRAILER_UNRESOLVED', 'CHECKPOINT_LOST']);
    const asked = await lossesIn(dir, { checkpoints: [SIBLING] });
    expect(asked.findings[0]).toMatchObject({
      code: 'CHECKPOINT_UNKNOWN',
      message: `the checkpoint ${SIBLING} ${reason}`,
    });
    expect((await lossesIn(dir, { checkpoints: ['ffffffffffff'] })).findings[0]?.message).not.toContain('restore');
  });

  test('are none where the user deleted the checkpoint, or another layout has it', async () => {
    const { dir } = await repository();
    writeFileSync(join(dir, '.git/entire-deleted-checkpoints.json'), JSON.stringify({ deleted: [SIBLING] }));
    const [first, ...others] = (await lossesIn(dir)).findings;
    expect(first).toMatchObject({ code: 'CHECKPOINT_LOST', message: expect.stringContaining('7 checkpoints') });
    expect(others.map(({ code, checkpoint }) => [code, checkpoint])).toEqual([
      ['SESSION_LOST', A],
      ['CHECKPOINT_DELETED', SIBLING],
    ]);
    git(dir, 'update-ref', `refs/entire/checkpoints/${MANY[0]?.slice(-2)}/${MANY[0]}`, 'HEAD');
    const message = (await lossesIn(dir)).findings.find(({ code }) => code === 'CHECKPOINT_LOST')?.message;
    expect(message).toContain('6 checkpoints');
  });
});
