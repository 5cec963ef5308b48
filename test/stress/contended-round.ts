import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineName } from '../../src/git/repository.ts';
import { contend } from '../dual-write/contention.ts';
import { checkpointId, DUAL, documentOf, run } from '../dual-write/run.ts';
import { git, initRepository, makeTempDir, removeDir } from '../fixtures/git.ts';

/** Processes, and checkpoints that each of them writes. */
const PROCESSES = 8;

/** Eight writers in a new repository, with these engines; prints what it took, and returns whether nothing was lost. */
export async function contendedRound(
  name: string,
  engineOf: (process: number) => EngineName,
  { each, isDisturbed = false }: { each: number; isDisturbed?: boolean },
): Promise<boolean> {
  const temp = makeTempDir();
  const dir = initRepository({ dir: join(temp, 'repo') });
  for (const message of ['first', 'second']) git(dir, 'commit', '-q', '--allow-empty', '-m', message);
  mkdirSync(join(dir, '.entire'));
  writeFileSync(join(dir, '.entire/settings.json'), JSON.stringify({ strategy_options: DUAL }));
  run(dir, ['dual-write', '--from', '-'], { input: JSON.stringify(documentOf(0)) });
  const engines = Array.from({ length: PROCESSES }, (_, process) => engineOf(process));
  const outcome = await contend({ dir, engines, each, maxCheckpoints: 100, isDisturbed });
  const { seconds, perSecond, medianMs, longestMs, others, faults } = outcome;
  console.log(
    `${name}: ${PROCESSES} x ${each} checkpoints in ${seconds.toFixed(1)} s (${perSecond.toFixed(1)}/s); a write took ` +
      `${medianMs.toFixed(0)} ms (median), ${longestMs.toFixed(0)} ms at most; meanwhile ${others.refs} moves of another ref, ` +
      `${others.v1Commits} commits to V1 by git, ${others.migrations} runs of ckpt, ${others.disturbances} of git's housekeeping; ` +
      (faults.length === 0 ? 'nothing lost, nothing twice, verify clean' : `${faults.length} FAULTS`),
  );
  for (const fault of faults) console.log(`  ${fault}`);
  if (faults.length === 0) removeDir(temp);
  else console.log(`  kept: ${dir} (first checkpoint ${checkpointId(0)})`);
  return faults.length === 0;
}
