import { type CheckpointId, isCheckpointId } from './checkpoint-id.ts';

/** What a commit of a layout says that it did: a session was written into a checkpoint, or its transcripts are complete. */
export interface AnnouncedWrite {
  readonly kind: 'write' | 'finalize';
  readonly checkpoint: CheckpointId;
}

const SUBJECT = /^(Checkpoint|Finalize transcript for Checkpoint): (\S+)$/;

/** What the subject of a commit message says, as `writeMessage` and `finalizeMessage` make it, and Entire's client; `undefined` for any other. */
export function announcedWrite(message: string): AnnouncedWrite | undefined {
  const [, words, checkpoint = ''] = SUBJECT.exec(message.split('\n', 1)[0] ?? '') ?? [];
  if (words === undefined || !isCheckpointId(checkpoint)) return undefined;
  return { kind: words === 'Checkpoint' ? 'write' : 'finalize', checkpoint };
}
