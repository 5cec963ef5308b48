import { execFileSync } from 'node:child_process';
import { readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

const SOURCES = [
  'src',
  'scripts/build-plugins.ts',
  'scripts/build.js',
  'rolldown.config.ts',
  'package.json',
  'package-lock.json',
];

/**
 * Builds `dist` once before the tests where it is older than the sources: tests of the command line run what users run.
 * A build that fails is said, and leaves no `dist`: those tests fail then, the others still report.
 */
export default function setup(): void {
  if (newest('dist/main.js') > Math.max(...SOURCES.map(newest))) return;
  const fresh = `dist.${process.pid}`;
  try {
    execFileSync(process.execPath, ['scripts/build.js', '--dir', fresh], { stdio: 'inherit' });
    rmSync('dist', { recursive: true, force: true });
    renameSync(fresh, 'dist');
  } catch (error) {
    rmSync('dist', { recursive: true, force: true });
    rmSync(fresh, { recursive: true, force: true });
    console.error(`test setup: the build failed, tests of the command line can't pass: ${error}`);
  }
}

/** The latest modification time in a file or folder, in milliseconds; 0 where there is none. */
function newest(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}
