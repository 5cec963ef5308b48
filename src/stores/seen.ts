import type { Repository } from '../git/repository.ts';
import type { LayoutName } from '../layout/layout.ts';
import { parseSeenRefs, type SeenRefs } from '../project/between/seen-refs.ts';
import { readNote, writeNote } from './note.ts';

/**
 * What the last run from one layout to another has left: the file `<commonDir>/ckpt/seen-<from>-<to>.json`. It may go at any time; a run
 * without it looks at everything.
 */
export async function readSeen(
  { commonDir }: Pick<Repository, 'commonDir'>,
  from: LayoutName,
  to: LayoutName,
): Promise<SeenRefs | undefined> {
  return parseSeenRefs(await readNote(commonDir, nameOf(from, to)));
}

/** Keeps it for the next run; what is kept stays where there is nothing new. Never throws. */
export async function rememberSeen(
  repo: Pick<Repository, 'commonDir' | 'config'>,
  from: LayoutName,
  to: LayoutName,
  seen: SeenRefs | undefined,
): Promise<void> {
  if (seen !== undefined) await writeNote(repo, nameOf(from, to), seen);
}

function nameOf(from: LayoutName, to: LayoutName): string {
  return `seen-${from}-${to}.json`;
}
