import { mkdtempSync, rmSync, statfsSync } from 'node:fs';

/** Bytes that must be free. The tests of a worker hold some hundred megabytes at a time. */
const ENOUGH = 4e9;

/**
 * Lets tests make their repositories in memory, where there is room: they make and remove files all the time, and a disk is a fifth of the
 * time that they take.
 */
export default function setup(): (() => void) | undefined {
  if (process.platform !== 'linux' || process.env.TMPDIR !== undefined) return undefined;
  let folder: string;
  try {
    const { bavail, bsize } = statfsSync('/dev/shm');
    if (bavail * bsize < ENOUGH) return undefined;
    folder = mkdtempSync('/dev/shm/ckpt-tests-');
  } catch {
    return undefined;
  }
  process.env.TMPDIR = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
