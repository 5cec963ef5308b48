import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Phase, ProgressEvent } from '../../src/checkpoint/progress.ts';
import type { VerifyOptions } from '../../src/verify/verify.ts';
import { git } from '../fixtures/git.ts';
import { tempDir } from '../fixtures/temp.ts';
import { contentHash, shardPath, V1_REF, V1Builder } from '../fixtures/v1-builder.ts';
import { ENGINES, migrateIn } from '../migrate/support.ts';
import { editTip } from './damage.ts';
import { foreignRepository, verifyIn } from './foreign-v2.ts';
import { CURRENT } from './sabotages.ts';

const [A, B, C] = ['a3b2c4d5e6f7', 'b1c2d3e4f506', 'c0ffee000001'] as const;

/** Three checkpoints, whose hashes are wrong in V1 already; `main` has a commit for each of the last two. */
async function wrongHashes(): Promise<{ dir: string; first: string }> {
  const dir = join(tempDir(), 'repo.git');
  const v1 = new V1Builder();
  const [first = ''] = [A, B, C].map((id) => v1.checkpoint(id, { sessions: [{ contentHash: 'wrong' }] }));
  v1.write(dir);
  await migrateIn(dir);
  const tree = git(dir, 'mktree');
  const base = git(dir, 'commit-tree', '-m', 'base', tree);
  const second = git(dir, 'commit-tree', '-p', base, '-m', `two\n\nEntire-Checkpoint: ${B}`, tree);
  git(
    dir,
    'update-ref',
    'refs/heads/main',
    git(dir, 'commit-tree', '-p', second, '-m', `x\n\nEntire-Checkpoint: ${C}`, tree),
  );
  return { dir, first };
}

describe.each(ENGINES)('verify --deep of a part (%s)', (engine) => {
  test('--since and --commits: reads the transcripts of these checkpoints, and no others', async () => {
    const { dir, first } = await wrongHashes();
    const wrongIn = async (options: VerifyOptions) => {
      const report = await verifyIn(dir, engine, { deep: true, ...options });
      const findings = report.findings.filter(({ code }) => code !== 'NOTHING_COMPARED');
      const { deep } = report;
      expect(deep?.transcriptCount).toBe(findings.length);
      return findings.map(({ code, checkpoint }) => `${code} ${checkpoint}`);
    };
    expect(await wrongIn({})).toEqual([A, B, C].map((id) => `V1_HASH_WRONG ${id}`));
    expect(await wrongIn({ since: first })).toEqual([B, C].map((id) => `V1_HASH_WRONG ${id}`));
    expect(await wrongIn({ since: '0h', now: Date.UTC(2100, 0) })).toEqual([]);
    expect(await wrongIn({ commits: 'main~1..main' })).toEqual([`V1_HASH_WRONG ${C}`]);
    expect(await wrongIn({ commits: 'main~1..main', since: first, checkpoints: [A] })).toEqual(
      [A, B, C].map((id) => `V1_HASH_WRONG ${id}`),
    );
  });
});

test('--commits with --deep: a trailer that resolves nowhere is one finding, and the others are read', async () => {
  const { dir } = await wrongHashes();
  const tip = git(dir, 'commit-tree', '-p', 'main', '-m', 'y\n\nEntire-Checkpoint: ffffffffffff', 'main^{tree}');
  git(dir, 'update-ref', 'refs/heads/main', tip);
  const { findings, deep } = await verifyIn(dir, 'native', { deep: true, commits: 'main~2..main' });
  const said = findings.map(({ code, checkpoint }) => `${code} ${checkpoint}`);
  expect(said.sort()).toEqual(['TRAILER_UNRESOLVED ffffffffffff', `V1_HASH_WRONG ${C}`]);
  expect(deep?.transcriptCount).toBe(1);
});

test('V1 rewritten: the layouts are not compared, and the contents of V2 are looked at all the same', async () => {
  const { dir } = await wrongHashes();
  const wrong = `${shardPath(A)}/0/content_hash.txt`;
  editTip(dir, CURRENT, { [wrong]: contentHash('another') });
  git(dir, 'update-ref', V1_REF, git(dir, 'commit-tree', '-m', 'squashed', `${V1_REF}^{tree}`));
  const { findings, deep } = await verifyIn(dir, 'native', { deep: true });
  expect(findings.map(({ code, ref }) => `${code} ${ref}`)).toEqual([
    'V1_REWRITTEN refs/entire/checkpoints/v2/main',
    ...[A, B, C].map(() => `V1_HASH_WRONG ${V1_REF}`),
    `TRANSCRIPT_HASH_WRONG ${CURRENT}`,
  ]);
  expect(deep?.transcriptCount).toBe(3);
});

describe('the phases that are announced', () => {
  const COMPARING = ['compare coverage', 'compare generations', 'compare history'];
  const DEEP = ['list objects', 'check transcripts'];

  /** The last list of phases, and those that began; each that begins was announced. */
  async function phasesOf(dir: string, options: VerifyOptions) {
    const events: ProgressEvent[] = [];
    await verifyIn(dir, 'native', { ...options, onEvent: (event) => events.push(event) });
    const announced = events.flatMap((event) => (event.kind === 'phases' ? [event.phases] : []));
    const begun = events.flatMap((event): Phase[] => (event.kind === 'phase' ? [event.phase] : []));
    expect(begun.slice(1).filter((phase) => !announced.flat().includes(phase))).toEqual([]);
    return { announced: announced.at(-1) ?? [], begun: begun.slice(1) };
  }

  test('of a comparison, of a deep look beside it, and of a deep look at a part', async () => {
    const { dir } = await wrongHashes();
    expect(await phasesOf(dir, {})).toEqual({ announced: COMPARING, begun: COMPARING });
    const deep = await phasesOf(dir, { deep: true });
    expect(deep.announced).toEqual([...COMPARING, ...DEEP]);
    expect([...deep.begun].sort()).toEqual([...COMPARING, ...DEEP].sort());
    expect(await phasesOf(dir, { deep: true, checkpoints: [A] })).toEqual({ announced: DEEP, begun: DEEP });
  });

  test('of a V2 that other software wrote', async () => {
    const { dir } = foreignRepository({ defects: [] });
    expect(await phasesOf(dir, {})).toEqual({ announced: COMPARING, begun: COMPARING });
    expect((await phasesOf(dir, { deep: true })).announced).toEqual([...COMPARING, ...DEEP]);
  });
});
