import { existsSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RefName } from '../../src/git/object-id.ts';
import { type LockRequest, LockSet } from '../../src/git/refs/lock-file.ts';
import { SharedMode } from '../../src/git/shared-mode.ts';
import { initRepository } from '../fixtures/git.ts';
import { tempDir } from '../fixtures/temp.ts';

const REF = 'refs/entire/checkpoints/v2/main' as RefName;

/** Says once, with this code, that the folder could not be made, as Node does where another process removes one above it. */
class GoingFolder extends SharedMode {
  readonly #code: string;
  failures = 0;

  constructor(code: string) {
    super(undefined);
    this.#code = code;
  }

  override async makeFolder(path: string): Promise<void> {
    if (path.includes('refs') && this.failures++ === 0)
      throw Object.assign(new Error(`${this.#code}: mkdir '${path}'`), { code: this.#code });
    await mkdir(path, { recursive: true });
  }
}

async function lock(commonDir: string, shared: SharedMode): Promise<LockRequest> {
  const request = { ref: REF, path: join(commonDir, REF) };
  const locks = await LockSet.announce({ commonDir, shared, timeoutMs: 1000 }, [request]);
  try {
    await locks.take(1);
    expect(existsSync(`${request.path}.lock`)).toBe(true);
  } finally {
    await locks.release();
  }
  expect(existsSync(`${request.path}.lock`)).toBe(false);
  return request;
}

describe('a ref lock', () => {
  it.each(['ENOENT', 'ENOTDIR', 'EEXIST'])(
    'is taken again where a folder above it is removed meanwhile (%s)',
    async (code) => {
      const shared = new GoingFolder(code);
      await lock(initRepository({ dir: join(tempDir(), 'repository.git'), bare: true }), shared);
      expect(shared.failures).toBe(2);
    },
  );

  it('is refused at once where a file is in the way', async () => {
    const dir = initRepository({ dir: join(tempDir(), 'repository.git'), bare: true });
    await mkdir(join(dir, 'refs/entire'), { recursive: true });
    writeFileSync(join(dir, dirname(dirname(REF))), 'a file\n');
    await expect(lock(dir, new SharedMode(undefined))).rejects.toThrow(/can't be made \(ENOTDIR\)/);
  });
});
