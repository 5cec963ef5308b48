import { shardPath } from '../checkpoint/checkpoint-id.ts';
import { METADATA_FILE } from '../checkpoint/files.ts';
import { notEditable } from '../checkpoint/summary-edit.ts';
import type { Repository } from '../git/repository.ts';
import { CheckpointFolders } from '../layout/checkpoint-folders.ts';
import type { WriteResult } from '../stores/session-writer.ts';

/**
 * A warning for a checkpoint whose summary a write left as it was, because it can't be edited byte for byte; `undefined` where the
 * summary lists the session. The session itself is stored in any case.
 */
export async function leftSummary(
  repo: Repository,
  { commit, checkpointId, session }: WriteResult,
): Promise<string | undefined> {
  const folders = await CheckpointFolders.at(repo, commit);
  const why = notEditable(await folders.file(checkpointId, METADATA_FILE));
  if (why === undefined) return undefined;
  const path = `${shardPath(checkpointId)}/${METADATA_FILE}`;
  return `session ${session} is stored, but ${path} was left as it is: it ${why}, and can't be edited without changing other bytes`;
}
