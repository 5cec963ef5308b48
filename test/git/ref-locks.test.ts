import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ObjectId } from '../../src/git/object-id.ts';
import { openRepository } from '../../src/git/open.ts';
import { cleanEnvironment, git, initRepository } from '../fixtures/git.ts';
import { BOTH_ENGINES } from '../fixtures/scale.ts';
import { tempDir } from '../fixtures/temp.ts';

/** How many removals of lock files are still to fail. */
let failing = 0;

const { unlinkSync } = fs;

beforeEach(() => {
  failing = 0;
  fs.unlinkSync = (path) => {
    if (!String(path).endsWith('.lock') || failing === 0) return unlinkSync(path);
    failing -= 1;
    throw Object.assign(new Error(`EIO: i/o error, unlink '${path}'`), { code: 'EIO' });
  };
  syncBuiltinESMExports();
});

afterEach(() => {
  fs.unlinkSync = unlinkSync;
  syncBuiltinESMExports();
});

describe.each(BOTH_ENGINES)('%s: a ref lock that can not be removed', (engine) => {
  const open = (dir: string) => openRepository({ dir, engine, env: cleanEnvironment() });

  async function moveOne(times: number) {
    const dir = initRepository({ dir: join(tempDir(), 'repo') });
    git(dir, 'commit', '-q', '--allow-empty', '-m', 'first');
    const repo = await open(dir);
    failing = times;
    await repo.updateRefs(
      [{ ref: 'refs/entire/one', old: null, new: git(dir, 'rev-parse', 'HEAD') as ObjectId }],
      'test',
    );
    await repo.close();
    expect(git(dir, 'rev-parse', 'refs/entire/one')).toBe(git(dir, 'rev-parse', 'HEAD'));
    return { dir, lock: join(dir, '.git/refs/entire/one.lock') };
  }

  test('is removed by the same run where that fails once', async () => {
    const { lock } = await moveOne(1);
    expect(failing).toBe(0);
    expect(fs.existsSync(lock)).toBe(false);
  });

  test('is removed by the next run of any kind, although this process lives', async () => {
    const { dir, lock } = await moveOne(Number.POSITIVE_INFINITY);
    expect(fs.existsSync(lock)).toBe(true);
    failing = 0;
    await (await open(dir)).close();
    expect(fs.existsSync(lock)).toBe(false);
    expect(fs.readdirSync(join(dir, '.git/ckpt/locks'))).toEqual([]);
  });
});
