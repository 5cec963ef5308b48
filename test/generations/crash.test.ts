import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, expect, test, vi } from 'vitest';
import { reference } from '../fixtures/reference.ts';
import { tempDir } from '../fixtures/temp.ts';
import { prepare } from '../migrate/checkpoints.ts';
import { complaints, ENGINES, expectConsistent, migrateIn, RUNS, v2Refs } from '../migrate/support.ts';
import type { RotateKill } from './children/rotate-child.ts';
import { startRotation } from './children/start.ts';
import { rotateIn } from './support.ts';

vi.setConfig({ testTimeout: 90_000 * RUNS });

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
const KILLS: readonly RotateKill[] = [
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
    for (const kill of KILLS) {
      const about = JSON.stringify(kill);
      const dir = join(tempDir(), 'repo');
      cpSync(prepared, dir, { recursive: true });
      const { signal, stderr } = await startRotation({ dir, engine, maxCheckpoints, kill });
      expect({ signal, stderr }, about).toEqual({ signal: 'SIGKILL', stderr: '' });
      // Git's own transaction outlives its starter.
      for (let waited = 0; waited < 5000 && engine === 'native' && locks(dir).length > 0; waited += 10) await delay(10);
      const isDone = kill.when === 'after' && kill.call === 'updateRefs';
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

function locks(dir: string): string[] {
  const names = readdirSync(dir, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.lock') || /^ckpt\/locks\/./.test(name));
}
