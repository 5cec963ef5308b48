import type { SessionFinalize, SessionWrite, SummaryWrite } from '../checkpoint/session-write.ts';
import type { CheckpointWriter } from './dual-writer.ts';
import type { WriteResult } from './write-result.ts';

/** The writing half of a store: hands each write to its layout's writer. A store that was made without an author has none. */
export abstract class WritingStore implements CheckpointWriter {
  readonly #writer: CheckpointWriter | undefined;

  constructor(writer: CheckpointWriter | undefined) {
    this.#writer = writer;
  }

  async writeCommitted(write: SessionWrite): Promise<WriteResult> {
    return this.#writes().writeCommitted(write);
  }

  async updateCommitted(write: SessionFinalize): Promise<WriteResult> {
    return this.#writes().updateCommitted(write);
  }

  async updateSummary(write: SummaryWrite): Promise<WriteResult> {
    return this.#writes().updateSummary(write);
  }

  #writes(): CheckpointWriter {
    if (this.#writer === undefined) throw new TypeError('a store that was made without an author only reads');
    return this.#writer;
  }
}
