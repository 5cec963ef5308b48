// `npm run stress [-- native|isomorphic|mixed …]`: eight processes write fifty checkpoints each into one repository, beside a
// `git update-ref`, another writer of V1 and `ckpt migrate`. Prints what it took; ends with 1 where anything was lost.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineName } from '../../src/git/repository.ts';
import { contend } from '../dual-write/contention.ts';
import { checkpointId, DUAL, documentOf, run } from '../dual-write/run.ts';
import { git, initRepository, makeTempDir, removeDir } from '../fixtures/git.ts';

const PROCESSES = 8;
const EACH = 50;
const MODES: Readonly<Record<string, (process: number) => EngineName>> = {
  native: () => 'native',
  isomorphic: () => 'isomorphic',
  mixed: (process) => (process % 2 === 0 ? 'native' : 'isomorphic'),
};

const asked = process.argv.slice(2);
for (const [mode, engineOf] of Object.entries(MODES)) {
  if (asked.length > 0 && !asked.includes(mode)) continue;
  const temp = makeTempDir();
  const dir = initRepository({ dir: join(temp, 'repo') });
  for (const message of ['first', 'second']) git(dir, 'commit', '-q', '--allow-empty', '-m', message);
  mkdirSync(join(dir, '.entire'));
  writeFileSync(join(dir, '.entire/settings.json'), JSON.stringify({ strategy_options: DUAL }));
  run(dir, ['dual-write', '--from', '-'], { input: JSON.stringify(documentOf(0)) });
  const engines = Array.from({ length: PROCESSES }, (_, process) => engineOf(process));
  const outcome = await contend({ dir, engines, each: EACH, maxCheckpoints: 100 });
  const { seconds, perSecond, medianMs, longestMs, others, faults } = outcome;
  console.log(
    `${mode}: ${PROCESSES} x ${EACH} checkpoints in ${seconds.toFixed(1)} s (${perSecond.toFixed(1)}/s); a write took ` +
      `${medianMs.toFixed(0)} ms (median), ${longestMs.toFixed(0)} ms at most; meanwhile ${others.refs} moves of another ref, ` +
      `${others.v1Commits} commits to V1 by git, ${others.migrations} runs of ckpt migrate; ` +
      (faults.length === 0 ? 'nothing lost, nothing twice, verify clean' : `${faults.length} FAULTS`),
  );
  for (const fault of faults) console.log(`  ${fault}`);
  if (faults.length > 0) process.exitCode = 1;
  if (faults.length === 0) removeDir(temp);
  else console.log(`  kept: ${dir} (first checkpoint ${checkpointId(0)})`);
}
