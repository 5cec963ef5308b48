import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { bring } from '../../src/dual-write/bring.ts';
import { withOverrides } from '../../src/git/with-overrides.ts';
import { git } from '../fixtures/git.ts';
import { refOf } from '../fixtures/refs-reference.ts';
import { A, B } from '../fixtures/scenarios.ts';
import { gitRefsOf, using } from '../migrate/between/sources.ts';

const MAIN = 'refs/entire/checkpoints/v2/main';

/** Brings V2 up to git-refs; gives the refs that moved, and how many objects were read. */
async function brought(dir: string): Promise<{ moved: readonly string[]; read: number }> {
  let read = 0;
  const { updates } = await using(dir, 'native', (repo) => {
    const counting = withOverrides(repo, {
      readObjects(ids) {
        read += ids.length;
        return repo.readObjects(ids);
      },
    });
    return bring(counting, 'refs', 'v2', { maxCheckpoints: 100, fullCurrentMode: 'accumulate' });
  });
  return { moved: updates.map(({ ref }) => ref), read };
}

it('V2 that follows git-refs is not looked at where no ref has moved', async () => {
  const dir = await gitRefsOf([A, B]);
  const later = git(dir, 'rev-parse', refOf(B));
  git(dir, 'update-ref', '-d', refOf(B));
  expect((await brought(dir)).moved).toContain(MAIN);
  expect(await brought(dir)).toEqual({ moved: [], read: 0 });
  // Without the memory all is read, and nothing moves either.
  rmSync(join(dir, 'ckpt', 'seen-refs-v2.json'));
  const again = await brought(dir);
  expect([again.moved, again.read > 0]).toEqual([[], true]);
  git(dir, 'update-ref', refOf(B), later);
  expect((await brought(dir)).moved).toContain(MAIN);
  git(dir, 'update-ref', MAIN, `${MAIN}~1`);
  expect((await brought(dir)).moved).toContain(MAIN);
  expect(await brought(dir)).toEqual({ moved: [], read: 0 });
});
