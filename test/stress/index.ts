// `npm run stress [-- native|isomorphic|mixed …]`: eight processes write fifty checkpoints each into one repository, beside a
// `git update-ref`, another writer of V1 and `ckpt migrate`. Prints what it took; ends with 1 where anything was lost.

import type { EngineName } from '../../src/git/repository.ts';
import buildChildren from '../setup/children.ts';
import { contendedRound } from './contended-round.ts';

const EACH = 50;
const MODES: Readonly<Record<string, (process: number) => EngineName>> = {
  native: () => 'native',
  isomorphic: () => 'isomorphic',
  mixed: (process) => (process % 2 === 0 ? 'native' : 'isomorphic'),
};

await buildChildren();
const asked = process.argv.slice(2);
for (const [mode, engineOf] of Object.entries(MODES)) {
  if (asked.length > 0 && !asked.includes(mode)) continue;
  if (!(await contendedRound(mode, engineOf, { each: EACH }))) process.exitCode = 1;
}
