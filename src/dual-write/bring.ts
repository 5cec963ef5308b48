import type { FullCurrentMode } from '../generations/generation.ts';
import type { SizeRecord } from '../generations/size.ts';
import type { Ref, RefUpdate, Repository } from '../git/repository.ts';
import { isObject } from '../json/read.ts';
import type { LayoutName } from '../layout/layout.ts';
import type { SeenRefs } from '../project/between/seen-refs.ts';
import { readNote, writeNote } from '../stores/note.ts';

/** How V2 is kept. */
export interface BringOptions {
  readonly maxCheckpoints: number;
  readonly sizeRecord?: SizeRecord | undefined;
  readonly fullCurrentMode: FullCurrentMode;
}

/** What it took. */
export interface Brought {
  /** The refs that moved. */
  readonly updates: readonly RefUpdate[];
  /** Said where refs were replaced, and not only added to: where those of before are. */
  readonly warnings: readonly string[];
}

/**
 * Brings one layout up to another: the same step as a migration, which does no more than what is new.
 * Throws where that can't be done; what was there is as it was then.
 */
export async function bring(
  repo: Repository,
  from: LayoutName,
  to: LayoutName,
  options: BringOptions,
): Promise<Brought> {
  const onEvent = () => {};
  if (to !== 'v2') {
    const { updateBetween } = await import('../project/between/update-between.ts');
    const message = `ckpt dual-write: ${from} to ${to}`;
    const isRemembered = from === 'refs' && to === 'v1';
    const seen = isRemembered ? await readSeenRefs(repo.commonDir) : undefined;
    const plan = await updateBetween(repo, { from, to, message, seen, onEvent });
    if (plan.seen !== undefined && isRemembered) await writeNote(repo, SEEN_NOTE, plan.seen);
    return { updates: plan.updates, warnings: [] };
  }
  const source = from === 'v1' ? undefined : await madeFrom(repo, from);
  if (from !== 'v1' && source === undefined) return { updates: [], warnings: [] };
  const { updateV2 } = await import('../project/v2/update-v2.ts');
  const { updates, mode, warnings } = await updateV2(repo, { ...options, rebuild: false, source, onEvent });
  return { updates, warnings: mode === 'rewritten' ? warnings : [] };
}

/** Which git-refs are in V1: the file `<commonDir>/ckpt/seen-refs.json`. It may go at any time; a run without it looks at all of them. */
const SEEN_NOTE = 'seen-refs.json';

async function readSeenRefs(commonDir: string): Promise<SeenRefs | undefined> {
  const note = await readNote(commonDir, SEEN_NOTE);
  if (!isObject(note) || typeof note.v1 !== 'string' || !isObject(note.refs)) return undefined;
  return { v1: note.v1, refs: note.refs as SeenRefs['refs'] };
}

/** The V1 that another layout would be, for V2, which is projected from V1 alone. */
async function madeFrom(repo: Repository, from: LayoutName): Promise<Ref | undefined> {
  const { madeV1 } = await import('../project/between/plan-between.ts');
  return (await madeV1(repo, from, false))?.v1;
}
