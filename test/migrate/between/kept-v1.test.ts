import { expect, it } from 'vitest';
import { migrateBetween } from '../../../src/migrate/between/migrate-between.ts';
import { repair } from '../../../src/repair/repair.ts';
import { verify } from '../../../src/verify/verify.ts';
import { v2ClientWrite } from '../../fixtures/entire-v2-client.ts';
import { git } from '../../fixtures/git.ts';
import { A, B } from '../../fixtures/scenarios.ts';
import { tempDir } from '../../fixtures/temp.ts';
import { shardPath, transcriptText, V1Builder } from '../../fixtures/v1-builder.ts';
import { editTip } from '../../verify/damage.ts';
import { using } from './sources.ts';

const PRUNED = 'c0ffee123456';
const PAIR = { from: 'v2', to: 'v1' } as const;
const TEXT = transcriptText('a', 3);

/**
 * A V2 of Entire's client, whose compact transcripts V1 has none of, beside a V1 that has A as it is there, another date in B, and PRUNED
 * without the transcript that V2 has lost as well.
 */
function sideBySide(): string {
  const dir = tempDir();
  const v1 = new V1Builder();
  const session = (id: string) => ({
    sessionId: `s-${id}`,
    createdAt: id === B ? '2024-01-01T00:00:00Z' : '2025-06-15T15:06:40Z',
    transcript: id === PRUNED ? null : TEXT,
    prompts: [`do s-${id}`],
  });
  for (const id of [A, B, PRUNED]) v1.checkpoint(id, { sessions: [session(id)] });
  v1.write(dir);
  for (const id of [A, B, PRUNED]) v2ClientWrite(dir, { id, session: `s-${id}`, transcript: TEXT });
  const at = `${shardPath(PRUNED)}/0`;
  editTip(dir, 'refs/entire/checkpoints/v2/full/current', {
    [`${at}/raw_transcript`]: null,
    [`${at}/raw_transcript_hash.txt`]: null,
  });
  return dir;
}

it('names as kept otherwise what verify calls an error: no compact transcript of which V1 has the raw one', async () => {
  const dir = sideBySide();
  const before = git(dir, 'rev-parse', 'entire/checkpoints/v1');
  const result = await using(dir, 'native', (repo) => migrateBetween(repo, PAIR));
  expect(result).toMatchObject({ status: 'differs', leftCheckpoints: [B, PRUNED] });
  expect(git(dir, 'rev-parse', 'entire/checkpoints/v1')).toBe(before);
  const { findings } = await using(dir, 'native', (repo) => verify(repo, PAIR));
  const errors = findings.filter(({ severity }) => severity === 'error');
  expect(errors.map(({ code, checkpoint, field, path }) => [code, checkpoint, field ?? path])).toEqual([
    ['FIELD_CHANGED', B, 'created_at'],
    ['FILE_MISSING', PRUNED, `${shardPath(PRUNED)}/0/transcript.jsonl`],
    ['FILE_MISSING', PRUNED, `${shardPath(PRUNED)}/0/transcript_hash.txt`],
  ]);
  const compact = findings.filter(({ code }) => code === 'FILE_DIFFERS').map(({ checkpoint }) => checkpoint);
  expect(compact).toEqual([A, A, B, B]);
  await using(dir, 'native', (repo) => repair(repo, PAIR));
  const after = await using(dir, 'native', (repo) => migrateBetween(repo, PAIR));
  expect(after).toMatchObject({ status: 'up-to-date', leftCheckpoints: [] });
});
