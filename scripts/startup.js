// `node scripts/startup.js`: how long the built program takes to start, next to `node -e 0`, as medians of runs in turns.
// Exit code 1 where `ckpt --version` takes longer than it may.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const RUNS = 21;
const LIMIT = 2.5; // of `ckpt --version`, in times of `node -e 0`
const CKPT = resolve(import.meta.dirname, '../bin/ckpt.js');
const dir = mkdtempSync(join(tmpdir(), 'ckpt-startup-'));
const sample = join(dir, 'sample.git');
const run = (args) => spawnSync(process.execPath, args, { stdio: 'ignore' });

run([CKPT, 'sample', sample]);
run([CKPT, 'migrate', '--repo', sample]);
const cases = [
  ['node -e 0', ['-e', '0']],
  ['ckpt --version', [CKPT, '--version']],
  ['ckpt sample (wrong usage: flags are parsed, nothing else)', [CKPT, 'sample']],
  ['ckpt migrate --help', [CKPT, 'migrate', '--help']],
  ['ckpt migrate (nothing to do, native engine)', [CKPT, 'migrate', '--repo', sample, '--engine', 'native']],
].map(([name, args]) => ({ name, args, times: [] }));

for (let round = 0; round < RUNS; round++) {
  for (const { args, times } of cases) {
    const start = performance.now();
    run(args);
    times.push(performance.now() - start);
  }
}
rmSync(dir, { recursive: true });

const median = ({ times }) => [...times].sort((a, b) => a - b)[RUNS >> 1];
for (const each of cases) {
  const time = median(each);
  console.log(`${time.toFixed(0).padStart(5)} ms  ${(time / median(cases[0])).toFixed(2)}x  ${each.name}`);
}
if (median(cases[1]) > LIMIT * median(cases[0])) {
  console.error(`ckpt --version takes more than ${LIMIT} times what node -e 0 takes`);
  process.exitCode = 1;
}
