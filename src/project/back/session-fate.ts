import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';

/** A session, by the folder that it has in the source. */
export interface SessionPlace {
  readonly checkpoint: CheckpointId;
  readonly session: string;
}

/** What a session that comes back from V2 lacks, or has otherwise than there. */
export interface SessionFate {
  /** V2 has no transcript of it: it was pruned, or never written. */
  readonly isWithoutTranscript: boolean;
  /** What became of `checkpoint_transcript_start`, where V2 counted it in the compact transcript. */
  readonly start: 'counted' | 'left out' | undefined;
}

/** What became of the sessions that came back, in the order of checkpoints and folders. */
export interface SessionFates {
  readonly withoutTranscript: readonly SessionPlace[];
  /** `checkpoint_transcript_start` was counted in the raw transcript. */
  readonly startsCounted: readonly SessionPlace[];
  /** `checkpoint_transcript_start` could not be counted there, and was left out. */
  readonly startsLeftOut: readonly SessionPlace[];
}

/** Takes down what becomes of sessions; what is said last of one counts. */
export class FateRecord {
  readonly #fates = new Map<CheckpointId, ReadonlyMap<string, SessionFate>>();

  /** All sessions of a checkpoint at some commit of its history, by their folders. */
  set(id: CheckpointId, sessions: ReadonlyMap<string, SessionFate>): void {
    this.#fates.set(id, sessions);
  }

  /** All of them. */
  list(): SessionFates {
    const all = [...this.#fates]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([checkpoint, sessions]) =>
        [...sessions].map(([session, fate]) => ({ place: { checkpoint, session }, fate })),
      );
    const those = (is: (fate: SessionFate) => boolean) => all.filter(({ fate }) => is(fate)).map(({ place }) => place);
    return {
      withoutTranscript: those((fate) => fate.isWithoutTranscript),
      startsCounted: those(({ start }) => start === 'counted'),
      startsLeftOut: those(({ start }) => start === 'left out'),
    };
  }
}

/** Nothing came back, or nothing has become of it. */
export const NO_FATES: SessionFates = { withoutTranscript: [], startsCounted: [], startsLeftOut: [] };

/** What became of some of the sessions. */
export function onlySome(fates: SessionFates, isWanted: (place: SessionPlace) => boolean): SessionFates {
  return {
    withoutTranscript: fates.withoutTranscript.filter(isWanted),
    startsCounted: fates.startsCounted.filter(isWanted),
    startsLeftOut: fates.startsLeftOut.filter(isWanted),
  };
}
