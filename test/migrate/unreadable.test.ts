import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { cutShort, flipInPack, malform, removeObject } from '../fixtures/damaged-objects.ts';
import { git } from '../fixtures/git.ts';
import { IS_LONG } from '../fixtures/scale.ts';
import { tempDir } from '../fixtures/temp.ts';
import { repairIn } from '../repair/support.ts';
import { archive, CURRENT, GENERATIONS, GOOD, MAIN, MAX_CHECKPOINTS } from '../verify/sabotages.ts';
import { BOTH_ENGINES, migrateIn } from './support.ts';

const [[A1]] = GENERATIONS;
const [D1] = GENERATIONS[3];
const good = join(tempDir('file'), 'good');

beforeAll(async () => {
  GOOD.v1.write(good);
  await migrateIn(good, { maxCheckpoints: MAX_CHECKPOINTS });
});

const OBJECTS = [
  ['v2/main', MAIN, '^{tree}'],
  ['full/current', CURRENT, '^{tree}'],
  ['full/0000000000001', archive(1), '^{tree}'],
  ['v2/main', MAIN, `:${A1.slice(0, 2)}`],
  ['full/current', CURRENT, `:${D1.slice(0, 2)}`],
  ['full/0000000000001', archive(1), `:${A1.slice(0, 2)}`],
] as const;
const DAMAGES = { gone: removeObject, 'cut short': cutShort, flipped: flipInPack, 'without a NUL': malform };

/** Each object in each way on each engine, or each once, in the next way on the next engine. */
const cases = OBJECTS.flatMap(([name, ref, path], row) =>
  Object.entries(DAMAGES).flatMap(([how, damage], column) =>
    BOTH_ENGINES.filter((_, i) => IS_LONG || (row % 4 === column && (row >> 1) % BOTH_ENGINES.length === i)).map(
      (engine) => ({ name, ref, path, how, damage, engine }),
    ),
  ),
);

test.each(cases)('$name $path $how: never "nothing to do" ($engine)', async ({ ref, path, name, damage, engine }) => {
  const dir = join(tempDir(), 'repo');
  cpSync(good, dir, { recursive: true });
  damage(dir, git(dir, 'rev-parse', `${ref}${path}`));
  const options = { engine, maxCheckpoints: MAX_CHECKPOINTS };
  const said = new RegExp(`^V2 can't be read \\(${name.replace('v2/', '')}\\)`);
  for (const dryRun of [true, false]) {
    const { status, warnings, refs } = await migrateIn(dir, { ...options, dryRun });
    expect({ status, refs }).toEqual({ status: 'differs', refs: [] });
    expect(warnings).toEqual([expect.stringMatching(said)]);
  }
  expect((await repairIn(dir, engine)).isWhole).toBe(true);
  expect(await migrateIn(dir, options)).toMatchObject({ status: 'up-to-date', warnings: [] });
});
