import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { reference } from '../fixtures/reference.ts';
import { tempDir } from '../fixtures/temp.ts';
import { prepare } from '../migrate/checkpoints.ts';
import type { Kill } from '../migrate/children/kill.ts';
import { startChild } from '../migrate/children/start.ts';
import { gitIsGone, tried } from '../migrate/crash-support.ts';
import { complaints, ENGINES, expectConsistent, migrateIn, v2Refs } from '../migrate/support.ts';
import type { RotateJob } from './children/rotate-child.ts';
import { rotateIn } from './support.ts';

const CHILD = new URL('children/rotate-child.ts', import.meta.url);
const maxCheckpoints = 2;
let prepared = '';
let old: Record<string, string> = {};
let final: Record<string, string> = {};

beforeAll(async () => {
  const { dir } = prepare(5, 'file');
  await migrateIn(dir);
  [prepared, old, final] = [dir, v2Refs(dir), reference(dir, { maxCheckpoints }).refs];
});

/** Where a rotation is killed: in its reads, around its writes, around the move of the refs. */
const KILLS: readonly Kill[] = [
  { when: 'after', call: 'listRefs', n: 1 },
  { when: 'before', call: 'walk', n: 1 },
  { when: 'after', call: 'readObjects', n: 3 },
  { when: 'before', call: 'readObjects', n: 12 },
  { when: 'before', call: 'flush', n: 1 },
  { when: 'after', call: 'flush', n: 1 },
  { when: 'before', call: 'updateRefs', n: 1 },
  { when: 'after', call: 'updateRefs', n: 1 },
];

test.each(ENGINES)(
  '%s: a rotation killed at any step leaves all refs as they were, or as they should be',
  async (engine) => {
    let moved = 0;
    for (const kill of tried(KILLS)) {
      const about = JSON.stringify(kill);
      const dir = join(tempDir(), 'repo');
      cpSync(prepared, dir, { recursive: true });
      const { pid, signal, stderr } = await startChild<RotateJob>({ dir, engine, maxCheckpoints, kill }, CHILD);
      expect({ signal, stderr }, about).toEqual({ signal: 'SIGKILL', stderr: '' });
      if (engine === 'native') await gitIsGone(dir, pid);
      const isDone = kill === KILLS.at(-1);
      if (isDone) moved += 1;
      expect(v2Refs(dir), about).toEqual(isDone ? final : old);
      expect(complaints(dir), about).toEqual([]);
      await expectConsistent(dir);

      // The next one, of the other engine, goes on.
      const next = engine === 'native' ? 'isomorphic' : 'native';
      const { status } = await rotateIn(dir, { engine: next, maxCheckpoints });
      expect(status, about).toBe(isDone ? 'nothing-to-do' : 'rotated');
      expect(v2Refs(dir), about).toEqual(final);
      await expectConsistent(dir, { maxCheckpoints });
    }
    expect(moved).toBe(1);
  },
);
