// `npm run stress:model [-- --runs N] [--seed N] [--steps N]`: random sequences over three clones and a remote. Prints what failed, with its
// seed, in the fewest steps that fail; ends with 1 where anything was lost, twice, or not the same everywhere.

import { parseArgs } from 'node:util';
import { runModel } from '../remote/model.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    steps: { type: 'string', default: '14' },
  },
});
const first = Number(values.seed);
const count = Number(values.runs);
const begin = performance.now();
let faulty = 0;
for (let seed = first; seed < first + count; seed++) {
  const faultsOf = (steps: number) =>
    runModel(seed, steps).catch((error: Error) => ({ steps: [] as string[], faults: [error.stack ?? error.message] }));
  let outcome = await faultsOf(Number(values.steps));
  if (outcome.faults.length === 0) continue;
  faulty += 1;
  // A sequence begins as a shorter one of the same seed does.
  for (let [low, high] = [0, Number(values.steps)]; low < high; ) {
    const middle = Math.floor((low + high) / 2);
    const shorter = await faultsOf(middle);
    if (shorter.faults.length === 0) low = middle + 1;
    else [high, outcome] = [middle, shorter];
  }
  console.log([`seed ${seed}:`, ...outcome.steps, ...outcome.faults.map((fault) => `FAULT ${fault}`)].join('\n  '));
}
const seconds = (performance.now() - begin) / 1000;
console.log(`${count} sequences in ${seconds.toFixed(0)} s, ${faulty} with faults`);
if (faulty > 0) process.exitCode = 1;
