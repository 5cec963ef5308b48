import { expect, it } from 'vitest';
import { verify } from '../../../src/verify/verify.ts';
import { git, gitBytes } from '../../fixtures/git.ts';
import { A, B } from '../../fixtures/scenarios.ts';
import { tempDir } from '../../fixtures/temp.ts';
import { shardPath, V1_REF, V1Builder } from '../../fixtures/v1-builder.ts';
import { migratePair, using } from './sources.ts';

const CURRENT = 'refs/entire/checkpoints/v2/full/current';

/** A file that a writer of V2 adds to `full/current` alone. */
function addToCurrent(dir: string, path: string, text: string): void {
  const data = (value: string) => `data ${Buffer.byteLength(value)}\n${value}\n`;
  const head = `commit ${CURRENT}\ncommitter A <a@b> 1780000000 +0000\n${data('Task\n')}from ${CURRENT}^0\n`;
  gitBytes(dir, ['fast-import', '--quiet', '--force'], { input: `${head}M 100644 inline ${path}\n${data(text)}\n` });
}

const at = shardPath(A);
const PATHS = [
  `${at}/0/tasks/toolu_2/checkpoint.json`,
  `${at}/0/tasks/toolu_1/agent-a.jsonl`,
  `${at}/tasks/toolu_3/checkpoint.json`,
];

it.each([
  ['v1', 'V1 is here'],
  ['v1', 'V1 is gone'],
  ['refs', 'V1 is here'],
  ['refs', 'V1 is gone'],
] as const)('V2 to %s brings tasks that came to a generation alone, after the first run (%s)', async (to, where) => {
  const dir = tempDir();
  const v1 = new V1Builder();
  v1.checkpoint(A, { sessions: [{ tasks: { toolu_1: 'usual' } }] });
  v1.checkpoint(B);
  v1.write(dir);
  await migratePair(dir, 'v1', 'v2', 'native');
  if (where === 'V1 is gone') git(dir, 'update-ref', '-d', V1_REF);
  await migratePair(dir, 'v2', to, 'native');
  for (const path of PATHS) addToCurrent(dir, path, 'later');
  await migratePair(dir, 'v2', to, 'native');
  const { findings } = await using(dir, 'native', (repo) => verify(repo, { from: 'v2', to, maxCheckpoints: 3 }));
  expect(findings.map(({ code, message }) => `${code} ${message}`)).toEqual([]);
  expect(await migratePair(dir, 'v2', to, 'native')).toMatchObject({ refs: [] });
});
