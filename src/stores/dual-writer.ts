import type { SessionFinalize, SessionWrite, SummaryWrite } from '../checkpoint/session-write.ts';
import type { WriteMode } from './settings.ts';
import type { WriteResult } from './write-result.ts';

/** A store that checkpoints can be written to. */
export interface CheckpointWriter {
  writeCommitted(write: SessionWrite): Promise<WriteResult>;
  updateCommitted(write: SessionFinalize): Promise<WriteResult>;
  updateSummary(write: SummaryWrite): Promise<WriteResult>;
}

/** What the dual writer is made of. The mirror brings V2 up to V1's tip: V2 is the projection of V1. */
export interface DualWriterParts {
  readonly mode: WriteMode;
  readonly v1: CheckpointWriter;
  readonly v2: CheckpointWriter;
  readonly mirror: () => Promise<unknown>;
  /** Told of a V2 failure in `dual` mode. It must not throw. */
  readonly onV2Failure: (error: unknown) => void | Promise<void>;
}

/**
 * Writes each checkpoint to the layouts that the settings name. In `dual` mode V1 comes first, and is the truth; then V2 is
 * brought up to it, as well as it goes: a failure there is told and nothing more, and the next write closes the gap.
 */
export class DualWriter implements CheckpointWriter {
  readonly #parts: DualWriterParts;

  constructor(parts: DualWriterParts) {
    this.#parts = parts;
  }

  writeCommitted(write: SessionWrite): Promise<WriteResult> {
    return this.#write((writer) => writer.writeCommitted(write));
  }

  updateCommitted(write: SessionFinalize): Promise<WriteResult> {
    return this.#write((writer) => writer.updateCommitted(write));
  }

  updateSummary(write: SummaryWrite): Promise<WriteResult> {
    return this.#write((writer) => writer.updateSummary(write));
  }

  async #write(write: (writer: CheckpointWriter) => Promise<WriteResult>): Promise<WriteResult> {
    const { mode, v1, v2, mirror, onV2Failure } = this.#parts;
    if (mode === 'v2') return write(v2);
    const result = await write(v1);
    if (mode === 'v1') return result;
    try {
      await mirror();
    } catch (error) {
      await onV2Failure(error);
    }
    return result;
  }
}
