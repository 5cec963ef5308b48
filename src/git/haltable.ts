import { type RefState, readRefStates } from './ref-state.ts';
import type { ObjectWriter, RefUpdate, Repository } from './repository.ts';
import { withOverrides } from './with-overrides.ts';

/** A repository whose writes can be brought to an end, for a program that is told to stop. */
export interface Haltable {
  /** The same repository; what it writes is watched. */
  readonly repo: Repository;
  /** Whether objects or refs are being written at this moment. */
  readonly isWriting: () => boolean;
  /**
   * Lets nothing new be written, waits for what is being written, and reads back each ref that a transaction was to move: a
   * half-written pack is not left behind, and what is said about refs is what they are.
   */
  readonly halt: () => Promise<RefState[]>;
}

/** Writes that come after a halt never end: who asked for them is not waited for any more. */
const NEVER = new Promise<never>(() => {});

/** Wraps a repository so that it can be halted. */
export function haltable(target: Repository): Haltable {
  const writes = new Set<Promise<unknown>>();
  const asked: RefUpdate[] = [];
  let isHalted = false;
  const watch = <T>(write: () => Promise<T>): Promise<T> => {
    if (isHalted) return NEVER;
    const running = write();
    writes.add(running);
    const forget = () => writes.delete(running);
    running.then(forget, forget);
    return running;
  };
  const overrides: Partial<Repository> = {
    updateRefs(updates, message) {
      if (!isHalted) for (const one of updates) asked.push(one);
      return watch(() => target.updateRefs(updates, message));
    },
    objectWriter: (options) => watchedWriter(target.objectWriter(options), watch),
  };
  const halt = async (): Promise<RefState[]> => {
    isHalted = true;
    await Promise.allSettled(writes);
    return readRefStates(target, asked);
  };
  return { repo: withOverrides(target, overrides), isWriting: () => writes.size > 0, halt };
}

function watchedWriter(writer: ObjectWriter, watch: <T>(write: () => Promise<T>) => Promise<T>): ObjectWriter {
  return withOverrides(writer, { flush: () => watch(() => writer.flush()) });
}
