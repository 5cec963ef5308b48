import { type CheckpointId, shardPath } from '../checkpoint/checkpoint-id.ts';
import { transcriptOf } from '../compare/session-transcript.ts';
import type { ObjectOverlay } from '../git/object-overlay.ts';
import { isTreeMode } from '../git/tree.ts';
import { isSessionEntry } from '../layout/folder-files.ts';
import { holdersByCheckpoint } from '../layout/generation-holders.ts';
import { type Finding, finding } from './finding.ts';
import type { ReadGeneration } from './read-generations.ts';

/**
 * Sessions whose transcript lies in two generations, as it does where a tool has copied an archive back into `full/current`. That
 * the sessions of one checkpoint lie in different generations is nothing to tell.
 */
export async function findDoubled(
  trees: ObjectOverlay,
  checkpoints: Iterable<CheckpointId>,
  generations: readonly ReadGeneration[],
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const all = holdersByCheckpoint(generations);
  for (const checkpoint of checkpoints) {
    const holders = all.get(checkpoint) ?? [];
    if (holders.length < 2) continue;
    const seen = new Map<string, string>();
    for (const { ref, checkpoints: folders } of holders) {
      for (const session of await sessionsIn(trees, folders.get(checkpoint))) {
        const first = seen.get(session);
        seen.set(session, first ?? ref);
        if (first === undefined) continue;
        const message = `the transcript of session ${session} of ${checkpoint} is in ${first} and again in ${ref}`;
        const place = { ref, checkpoint, session, path: `${shardPath(checkpoint)}/${session}` };
        findings.push(finding('TRANSCRIPT_DOUBLED', message, place));
      }
    }
  }
  return findings;
}

/** The numbers of the sessions that have a transcript in a checkpoint's folder. */
async function sessionsIn(trees: ObjectOverlay, folder: Parameters<ObjectOverlay['tree']>[0]): Promise<string[]> {
  const sessions = (await trees.tree(folder)).filter(isSessionEntry);
  await trees.load(sessions.filter(({ mode }) => isTreeMode(mode)).map(({ id }) => id));
  const numbers: string[] = [];
  for (const { name, id } of sessions) {
    if (transcriptOf(await trees.tree(id)).pieces.length > 0) numbers.push(name);
  }
  return numbers;
}
