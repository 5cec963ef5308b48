// `npm run stress:races [-- --minutes 10]`: eight writers of both engines in one repository after the other, beside `ckpt migrate`,
// `ckpt rotate --force`, `git repack -a -d`, `gc --prune=now`, `pack-refs --all`, and commits to V1 by git. Ends with 1 where
// anything was lost.

import { parseArgs } from 'node:util';
import buildChildren from '../setup/children.ts';
import { contendedRound } from './contended-round.ts';

const EACH = 15;

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' } } });
await buildChildren();
const end = Date.now() + Number(values.minutes) * 60_000;
for (let round = 1; Date.now() < end; round++) {
  const engineOf = (process: number) => (process % 2 === 0 ? 'native' : 'isomorphic');
  const isWhole = await contendedRound(`round ${round}`, engineOf, { each: EACH, isDisturbed: true });
  if (!isWhole) process.exitCode = 1;
}
