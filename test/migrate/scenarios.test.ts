import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { git, refs } from '../fixtures/git.ts';
import { reference } from '../fixtures/reference.ts';
import { share } from '../fixtures/scale.ts';
import { historyScenarios, realScenarios, type Scenario } from '../fixtures/scenarios.ts';
import { tempDir } from '../fixtures/temp.ts';
import { complaints, expectConsistent, migrateIn, v2Refs } from './support.ts';

const scenarios: Readonly<Record<string, Scenario>> = { ...realScenarios, ...historyScenarios };
const options = { maxCheckpoints: 2 };

test.each(share(Object.keys(scenarios), 7))('%s: both engines give what the rules of the format give', async (name) => {
  const dir = join(tempDir(), 'repo');
  await (scenarios[name] as Scenario)(dir);
  const before = { refs: refs(dir), complaints: complaints(dir) };
  const other = `${dir}-isomorphic`;
  cpSync(dir, other, { recursive: true });
  await migrateIn(dir, { ...options, engine: 'native' });
  await migrateIn(other, { ...options, engine: 'isomorphic' });
  const { refs: expected, chain } = reference(dir, options);
  expect(v2Refs(dir)).toEqual(expected);
  expect(v2Refs(other)).toEqual(expected);
  expect(refs(dir)).toEqual({ ...before.refs, ...expected });
  expect(complaints(dir)).toEqual(before.complaints);
  await expectConsistent(dir, options);

  // The same in two runs: without its last commit, and then with it.
  const [v1] = Object.keys(before.refs).filter((ref) => ref.endsWith('entire/checkpoints/v1'));
  const [parent, tip] = chain.slice(-2);
  if (v1 === undefined || parent === undefined || tip === undefined) return;
  for (const ref of Object.keys(expected)) git(dir, 'update-ref', '-d', ref);
  for (const at of [parent, tip]) {
    git(dir, 'update-ref', v1, at);
    await migrateIn(dir, options);
    await expectConsistent(dir, options);
  }
  const main = 'refs/entire/checkpoints/v2/main';
  expect(v2Refs(dir)[main]).toBe(expected[main]);
});
