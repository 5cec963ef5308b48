import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { refs } from '../fixtures/git.ts';
import { tempDir } from '../fixtures/temp.ts';
import { archive, id, prepare } from '../migrate/checkpoints.ts';
import type { Kill } from '../migrate/children/kill.ts';
import { startChild } from '../migrate/children/start.ts';
import { gitIsGone } from '../migrate/crash-support.ts';
import { ENGINES, migrateIn } from '../migrate/support.ts';
import { editTip } from '../verify/damage.ts';
import { at, CURRENT, MAIN, MAX_CHECKPOINTS } from '../verify/sabotages.ts';
import type { RepairJob } from './children/repair-child.ts';
import { repairIn, verifyIn } from './support.ts';

const CHILD = new URL('children/repair-child.ts', import.meta.url);
const maxCheckpoints = MAX_CHECKPOINTS;

const KILLS: ReadonlyArray<readonly [Kill, 'old' | 'new']> = [
  [{ when: 'before', call: 'flush', n: 1 }, 'old'],
  [{ when: 'before', call: 'updateRefs', n: 1 }, 'old'],
  [{ when: 'after', call: 'updateRefs', n: 1 }, 'new'],
];

test.each(ENGINES)('killed at any step, V2 is as it was or repaired (%s)', async (engine) => {
  const { dir } = prepare(6, 'file');
  await migrateIn(dir, { maxCheckpoints });
  editTip(dir, MAIN, { [at(id(2))]: null });
  editTip(dir, archive(1), { [at(id(3))]: null });
  editTip(dir, CURRENT, { [at(id(6))]: null });
  const old = refs(dir);
  const whole = copyOf(dir);
  await repairIn(whole, engine);
  for (const [kill, state] of KILLS) {
    const copy = copyOf(dir);
    const { pid, signal } = await startChild<RepairJob>({ dir: copy, engine, maxCheckpoints, kill }, CHILD);
    expect(signal).toBe('SIGKILL');
    if (engine === 'native') await gitIsGone(copy, pid);
    expect(refs(copy), JSON.stringify(kill)).toEqual(state === 'old' ? old : refs(whole));
    await repairIn(copy, engine);
    expect(refs(copy)).toEqual(refs(whole));
    expect((await verifyIn(copy)).findings).toEqual([]);
  }
});

function copyOf(dir: string): string {
  const copy = join(tempDir(), 'repo');
  cpSync(dir, copy, { recursive: true });
  return copy;
}
