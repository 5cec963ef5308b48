import { spawnSync } from 'node:child_process';
import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ckpt } from '../commands/ckpt.ts';
import { gitResult, refs } from '../fixtures/git.ts';
import { BOTH_ENGINES, share } from '../fixtures/scale.ts';
import { tempDir } from '../fixtures/temp.ts';
import { locksIn } from './kills/judge.ts';

// A real file system of 1.5 MB. Only root may mount one: skipped elsewhere.
const disk = tempDir('file');
const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1500k', 'tmpfs', disk]).status === 0;
const cases = [0, 4, 12, 20, 28, 36].flatMap((free) => BOTH_ENGINES.map((engine) => ({ free, engine })));

beforeAll(() => {
  if (!isMounted) console.log('full-disk.test.ts: no file system could be mounted here, so that none is filled');
});

afterAll(() => {
  if (isMounted) spawnSync('umount', [disk]);
});

test.skipIf(!isMounted).each(share(cases, 11))(
  '$free KB free, $engine: an error and no ref, or all; then all',
  (one) => {
    const dir = join(disk, 'repo');
    const filler = join(disk, 'filler');
    rmSync(dir, { recursive: true, force: true });
    ckpt(['sample', dir]);
    const { bavail, bsize } = statfsSync(disk);
    writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - one.free * 1024)));
    const { code, stderr } = ckpt(['migrate', '--engine', one.engine], { cwd: dir });
    expect(stderr).not.toMatch(/bug in ckpt/);
    // How much a run needs depends on the engine and on git: a little more may be enough.
    if (code === 0 && one.free > 12) expect(stderr).toBe('');
    else {
      expect(code).toBe(1);
      expect(stderr).toMatch(/ENOSPC|No space left|Out of diskspace/);
      expect(refs(dir, 'refs/entire')).toEqual({});
    }
    rmSync(filler);
    expect(ckpt(['migrate', '--engine', one.engine], { cwd: dir }).code).toBe(0);
    expect(ckpt(['verify'], { cwd: dir }).code).toBe(0);
    expect(gitResult(dir, ['fsck', '--connectivity-only']).status).toBe(0);
    expect(locksIn(dir, dir)).toEqual([]);
  },
);
