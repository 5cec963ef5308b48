import type { Repository } from '../git/repository.ts';
import { isObject } from '../json/read.ts';
import { readNote, writeNote } from './note.ts';

/** How the mirror's last run in a repository went. The file `<commonDir>/ckpt/last-run.json` holds it with these keys. */
export interface LastRun {
  /** When it began, in ISO form. */
  readonly at: string;
  readonly outcome: 'ok' | 'failed' | 'timeout';
  readonly durationMs: number;
}

const NAME = 'last-run.json';
const OUTCOMES: readonly unknown[] = ['ok', 'failed', 'timeout'] satisfies LastRun['outcome'][];

/** Notes how a run of the mirror went, for `ckpt hooks status`. Never throws. */
export async function recordRun(repo: Pick<Repository, 'commonDir' | 'config'>, run: LastRun): Promise<void> {
  await writeNote(repo, NAME, run);
}

/** The note of the last run; `undefined` where there is none, or none that can be read. Never throws. */
export async function readLastRun(commonDir: string): Promise<LastRun | undefined> {
  const run = await readNote(commonDir, NAME);
  return isLastRun(run) ? { at: run.at, outcome: run.outcome, durationMs: run.durationMs } : undefined;
}

function isLastRun(value: unknown): value is LastRun {
  if (!isObject(value)) return false;
  const { at, outcome, durationMs } = value;
  return (
    typeof at === 'string' &&
    !Number.isNaN(Date.parse(at)) &&
    OUTCOMES.includes(outcome) &&
    Number.isFinite(durationMs) &&
    Number(durationMs) >= 0
  );
}
