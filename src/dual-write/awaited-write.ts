import { setTimeout as sleep } from 'node:timers/promises';
import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import type { TimeLimit } from '../checkpoint/time-limit.ts';
import type { Repository } from '../git/repository.ts';
import type { LayoutName } from '../layout/layout.ts';
import { listLayoutRefs, openLayout } from '../layout/layouts.ts';
import { readNote, writeNote } from '../stores/note.ts';
import { type RecentWrite, recentWrites } from './recent-writes.ts';

/** What became of the write that an agent's event announces: there was none to wait for, it came, or it did not come in time. */
export type AwaitedWrite = 'nothing' | 'arrived' | 'missed';

/** Milliseconds between two looks at the refs: the first ones follow each other closely. */
const STEP_MS = { first: 25, most: 200 };
/** A turn's checkpoints are finalized one after the other. Where some were, and for so long no other, the rest is not to come. */
const SETTLED_MS = 2000;

/** The note of checkpoints that were waited for in vain, so that no later turn waits for them again; the last ones of them. */
const MISSED_NOTE = 'missed-writes.json';
const MAX_MISSED = 50;

/**
 * Waits, within the limit, until the checkpoints that an agent's turn has left open are finalized in the primary layout. At the end of a
 * turn Entire's client does that in a command of its own, and the agent runs the commands of one event in parallel. Which
 * checkpoints are open is read off the layout: those of the session that came after its last one that is finalized. Where none is,
 * the write has arrived already or there is none, and nothing is waited for.
 */
export async function awaitWrite(
  repo: Repository,
  layout: LayoutName,
  session: string,
  limit: TimeLimit,
): Promise<AwaitedWrite> {
  const missed = await readMissed(repo);
  let seen = await look(repo, layout, undefined);
  const open = [...openCheckpoints(seen.writes, session)].filter((id) => !missed.includes(id));
  if (open.length === 0) return 'nothing';
  let moved = performance.now();
  let step = STEP_MS.first;
  for (;;) {
    const left = open.filter((id) => !isFinalized(seen.writes, id));
    if (left.length === 0) return 'arrived';
    const isSettled = left.length < open.length && performance.now() - moved > SETTLED_MS;
    if (isSettled || limit.left() === 0) {
      await writeNote(repo, MISSED_NOTE, [...missed, ...left].slice(-MAX_MISSED));
      return isSettled ? 'arrived' : 'missed';
    }
    await sleep(Math.min(step, limit.left()));
    step = Math.min(step * 2, STEP_MS.most);
    const next = await look(repo, layout, seen);
    if (next !== seen) moved = performance.now();
    seen = next;
  }
}

/** What the refs of a layout showed, and the commits that they were at. */
interface Look {
  readonly tips: string;
  readonly writes: readonly RecentWrite[];
}

/** Looks again; the same look where no ref has moved. */
async function look(repo: Repository, layout: LayoutName, last: Look | undefined): Promise<Look> {
  const view = openLayout(repo, layout, await listLayoutRefs(repo));
  const tips = view?.tips.join() ?? '';
  if (last?.tips === tips) return last;
  return { tips, writes: view === undefined ? [] : await recentWrites(repo, view) };
}

/** The checkpoints of a session that are not finalized, down to its last one that is. */
function openCheckpoints(writes: readonly RecentWrite[], session: string): ReadonlySet<CheckpointId> {
  const open = new Set<CheckpointId>();
  for (const write of writes) {
    if (write.kind !== 'write' || !isSession(write.session, session)) continue;
    if (isFinalized(writes, write.checkpoint)) break;
    open.add(write.checkpoint);
  }
  return open;
}

function isFinalized(writes: readonly RecentWrite[], id: CheckpointId): boolean {
  return writes.some(({ kind, checkpoint }) => kind === 'finalize' && checkpoint === id);
}

/** Early versions of Entire's client put the day before the agent's own ID of a session. */
function isSession(written: string | undefined, session: string): boolean {
  return written?.replace(/^\d{4}-\d\d-\d\d-/, '') === session || written === session;
}

async function readMissed(repo: Repository): Promise<readonly unknown[]> {
  const note = await readNote(repo.commonDir, MISSED_NOTE);
  return Array.isArray(note) ? note : [];
}
