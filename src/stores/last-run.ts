import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Repository } from '../git/repository.ts';
import { sharedModeOf } from '../git/shared-mode.ts';

/** How the mirror's last run in a repository went. The file `<commonDir>/ckpt/last-run.json` holds it with these keys. */
export interface LastRun {
  /** When it began, in ISO form. */
  readonly at: string;
  readonly outcome: 'ok' | 'failed' | 'timeout';
  readonly durationMs: number;
}

const OUTCOMES: readonly unknown[] = ['ok', 'failed', 'timeout'] satisfies LastRun['outcome'][];

/**
 * Notes how a run of the mirror went, for `ckpt hooks status`. Never throws: a note that can't be written (a full disk, a
 * read-only repository) must not make a failure of a run that was none.
 */
export async function recordRun(repo: Pick<Repository, 'commonDir' | 'config'>, run: LastRun): Promise<void> {
  const path = lastRunPath(repo.commonDir);
  const fresh = `${path}.${process.pid}`;
  try {
    const shared = await sharedModeOf(repo);
    await shared.makeFolder(dirname(path));
    await writeFile(fresh, `${JSON.stringify(run)}\n`);
    await shared.file(fresh);
    await rename(fresh, path); // a reader sees the old note or the new one, whole
  } catch {
    await rm(fresh, { force: true }).catch(() => undefined);
  }
}

/** The note of the last run; `undefined` where there is none, or none that can be read. Never throws. */
export async function readLastRun(commonDir: string): Promise<LastRun | undefined> {
  try {
    const run: unknown = JSON.parse(await readFile(lastRunPath(commonDir), 'utf8'));
    return isLastRun(run) ? { at: run.at, outcome: run.outcome, durationMs: run.durationMs } : undefined;
  } catch {
    return undefined;
  }
}

function lastRunPath(commonDir: string): string {
  return join(commonDir, 'ckpt', 'last-run.json');
}

function isLastRun(value: unknown): value is LastRun {
  if (typeof value !== 'object' || value === null) return false;
  const { at, outcome, durationMs } = value as Record<string, unknown>;
  return (
    typeof at === 'string' &&
    !Number.isNaN(Date.parse(at)) &&
    OUTCOMES.includes(outcome) &&
    Number.isFinite(durationMs) &&
    Number(durationMs) >= 0
  );
}
