import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { checkpointOfRef } from '../layout/ref-names.ts';

/** Where Entire's client lists the refs that it has yet to push: `{"ref": …}` a line. */
const QUEUE_FILE = 'entire-checkpoint-push-queue.jsonl';
/** What a line of the queue is read up to: a ref has some fifty characters. */
const MAX_LINE = 4096;

/** The checkpoints on the queue; none where there is no queue. What is not the ref of a checkpoint is left out. */
export async function readPushQueue(commonDir: string): Promise<ReadonlySet<CheckpointId>> {
  const queued = new Set<CheckpointId>();
  try {
    const lines = createInterface({ input: createReadStream(join(commonDir, QUEUE_FILE)), crlfDelay: Infinity });
    for await (const line of lines) {
      const ref = line.length > MAX_LINE ? undefined : /"ref"\s*:\s*"([^"\\]*)"/.exec(line)?.[1];
      const id = ref === undefined ? undefined : checkpointOfRef(ref);
      if (id !== undefined) queued.add(id);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return queued;
}
