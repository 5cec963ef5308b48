import { expect, it } from 'vitest';
import type { EngineName } from '../../src/git/repository.ts';
import { git } from '../fixtures/git.ts';
import { share } from '../fixtures/scale.ts';
import { contend } from './contention.ts';
import { DUAL, documentOf, newRepository, write } from './dual-write.ts';

// `npm run stress` does the same at full size.
const ENGINES_OF_EACH: readonly (readonly [string, EngineName[]])[] = [
  ['native and isomorphic', ['native', 'isomorphic', 'native', 'isomorphic']],
  ['native', ['native', 'native', 'native', 'native']],
  ['isomorphic', ['isomorphic', 'isomorphic', 'isomorphic', 'isomorphic']],
];
it.each(share(ENGINES_OF_EACH, 7))('four processes write eight checkpoints each: %s', async (_name, engines) => {
  const dir = newRepository(DUAL);
  git(dir, 'commit', '-q', '--allow-empty', '-m', 'second');
  const maxCheckpoints = 10;
  write(dir, documentOf(0), ['--max-checkpoints', '10']);
  const { faults, others } = await contend({ dir, engines, each: 8, maxCheckpoints });
  expect(faults).toEqual([]);
  const { refs, v1Commits, migrations } = others;
  for (const count of [refs, v1Commits, migrations]) expect(count).toBeGreaterThan(0);
});
