// `npm run stress:fuzz [-- --inputs 100000 --seed 1]`: a third of the inputs goes to what reads one content, the others into repositories
// in which every other checkpoint is spoiled. Prints what was wrong, with its seed, and ends with 1 then.

import { parseArgs } from 'node:util';
import { tryReaders } from './readers.ts';
import { tryRound } from './rounds.ts';
import { withWatchdog } from './watchdog.ts';

/** Checkpoints in a repository, of which every other one is spoiled. */
const CHECKPOINTS = { files: 200, trees: 10 };
/** So much that a machine which is busy with other things is none that hangs. */
const LONGEST_SECONDS = 300;

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '100000' },
    seed: { type: 'string', default: String(Date.now() % 1e6) },
  },
});
const inputs = Number(values.inputs);
const seed = Number(values.seed);
console.log(`${inputs} inputs, seed ${seed}`);
const faults = await withWatchdog(LONGEST_SECONDS, async (beat) => {
  const found = await tryReaders(Math.ceil(inputs / 3 / 6), seed, beat);
  for (const fault of found) console.log(fault);
  // A file and a message of a commit for each.
  const rounds = Math.ceil((inputs * 2) / 3 / (CHECKPOINTS.files + CHECKPOINTS.trees));
  for (let n = 0; n < 2 * rounds; n++) {
    const engine = n % 4 < 2 ? 'isomorphic' : 'native';
    const spoils = n % 2 === 0 ? 'files' : 'trees';
    beat(`${engine}, ${spoils}, seed ${seed + n}`);
    const others = await tryRound({ engine, spoils, checkpoints: CHECKPOINTS[spoils], seed: seed + n });
    for (const fault of others) console.log(fault);
    found.push(...others);
  }
  return found;
});
console.log(faults.length === 0 ? 'nothing wrong' : `${faults.length} FAULTS`);
if (faults.length > 0) process.exitCode = 1;
