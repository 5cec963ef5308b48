import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { EngineName } from '../../../src/git/repository.ts';
import { verify } from '../../../src/verify/verify.ts';
import { refs, removeDir } from '../../fixtures/git.ts';
import { ENGINES } from '../../fixtures/scale.ts';
import { tempDir } from '../../fixtures/temp.ts';
import { prepare } from '../checkpoints.ts';
import type { BetweenJob } from '../children/between-child.ts';
import type { Kill } from '../children/kill.ts';
import { startChild } from '../children/start.ts';
import { gitIsGone, locks, tried } from '../crash-support.ts';
import { complaints } from '../support.ts';
import { PAIRS } from './laws.ts';
import { bring, emptyRepository, migratePair, using } from './sources.ts';

const CHILD = new URL('../children/between-child.ts', import.meta.url);

const KILLS: readonly Kill[] = [
  { when: 'before', call: 'readObjects', n: 3 },
  { when: 'before', call: 'flush', n: 1 },
  { when: 'after', call: 'flush', n: 1 },
  { when: 'before', call: 'updateRefs', n: 1 },
  { when: 'after', call: 'updateRefs', n: 1 },
];

/** A repository that has one layout alone, written by a program that names no V1 commit. */
async function sourceOnly(from: (typeof PAIRS)[number][0]): Promise<string> {
  const { dir } = prepare(4);
  if (from === 'v1') return dir;
  await migratePair(dir, 'v1', from, 'native');
  const source = emptyRepository(tempDir(), 'source');
  bring(dir, source, from, true);
  return source;
}

/** All refs but for those of backups. */
const refsIn = (dir: string) => refs(dir, 'refs/heads/entire/', 'refs/entire/', 'refs/ckpt/');

const CASES = PAIRS.filter(([from, to]) => from !== 'v1' || to !== 'v2').flatMap(([from, to]) =>
  ENGINES.map((engine) => [from, to, engine as EngineName] as const),
);

test.each(CASES)('%s to %s, %s: killed at any step', async (from, to, engine) => {
  const source = await sourceOnly(from);
  const old = refsIn(source);
  const whole = join(tempDir(), 'whole');
  cpSync(source, whole, { recursive: true });
  await migratePair(whole, from, to, engine);
  const final = refsIn(whole);
  for (const kill of tried(KILLS)) {
    const about = JSON.stringify(kill);
    const temp = tempDir();
    const dir = join(temp, 'repo');
    cpSync(source, dir, { recursive: true });
    const { pid, signal, stderr } = await startChild<BetweenJob>({ dir, engine, from, to, kill }, CHILD);
    expect({ signal, stderr }, about).toEqual({ signal: 'SIGKILL', stderr: '' });
    if (engine === 'native') await gitIsGone(dir, pid);
    const isMoved = kill.when === 'after' && kill.call === 'updateRefs';
    expect(refsIn(dir), about).toEqual(isMoved ? final : old);
    expect(complaints(dir), about).toEqual([]);
    // The next run goes on, and leaves nothing lying about.
    await migratePair(dir, from, to, engine);
    expect(refsIn(dir), about).toEqual(final);
    expect(locks(dir), about).toEqual([]);
    const { findings } = await using(dir, engine, (repo) => verify(repo, { from, to }));
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    removeDir(temp);
  }
});
