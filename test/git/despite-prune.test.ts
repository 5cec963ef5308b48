import { expect, test } from 'vitest';
import { despitePrune } from '../../src/git/despite-prune.ts';
import { GitError } from '../../src/git/errors.ts';

// `npm run stress:races` shows it beside a real `git gc --prune=now`.
const GONE = 'writing objects to x failed: ENOENT: no such file or directory, rename "x/tmp_idx_0" -> "x/pack-0.idx"';

test.each([
  [GONE, 10],
  ['writing objects to x failed: ENOENT: no such file or directory, rename "x/tmp_pack_0" -> "x/pack-0.pack"', 10],
  ['writing objects to x failed: ENOSPC: no space left on device, write', 1],
])('%s: tried %i times', async (message, times) => {
  let tries = 0;
  const store = async () => {
    tries++;
    throw new GitError(message);
  };
  await expect(despitePrune(store)).rejects.toThrow(message);
  expect(tries).toBe(times);
});

test('ends as soon as it is stored', async () => {
  let tries = 0;
  await despitePrune(async () => {
    if (++tries < 3) throw new GitError(GONE);
  });
  expect(tries).toBe(3);
});
