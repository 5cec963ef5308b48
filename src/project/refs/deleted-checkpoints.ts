import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CheckpointId, isCheckpointId } from '../../checkpoint/checkpoint-id.ts';
import { checkpointOfRef } from '../../layout/ref-names.ts';

/** Where Entire's client lists the checkpoints that were deleted in this clone. */
const DELETED_FILE = 'entire-deleted-checkpoints.json';

/**
 * The checkpoints that were deleted in this clone, which a migration must not bring back: every string in the file that is a
 * checkpoint ID or the ref of one, whatever form the file has.
 */
export async function readDeletedCheckpoints(commonDir: string): Promise<ReadonlySet<CheckpointId>> {
  const text = await readFile(join(commonDir, DELETED_FILE), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const strings = [...text.matchAll(/"([^"\\]*)"/g)].map(([, string = '']) => string);
  return new Set(strings.flatMap((string) => (isCheckpointId(string) ? string : (checkpointOfRef(string) ?? []))));
}
