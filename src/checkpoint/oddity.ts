import type { CheckpointId } from './checkpoint-id.ts';

/**
 * What is unusual in a V1 branch. None of it stops a migration or is changed by it; all of it was seen in real repositories
 * (`docs/format.md`). The texts complete the sentence "n checkpoints: …".
 */
export const ODDITIES = {
  V1_SESSION_GAP: 'session numbers with gaps',
  V1_UNLISTED_SESSION: 'more session folders than the summary lists',
  V1_DUPLICATE_SESSION: 'the same session ID in two session folders',
  V1_DANGLING_PATH: 'paths in the summary that point at nothing',
  V1_NO_TRANSCRIPT: 'sessions with metadata but without a transcript',
  V1_NO_CONTENT_HASH: 'transcripts without a content hash',
  V1_NO_SUMMARY: 'no summary (metadata.json)',
  V1_BAD_SUMMARY: 'a summary that is not a JSON object, or too large to be read',
  V1_NO_METADATA: 'sessions without metadata (metadata.json)',
  V1_BAD_METADATA: 'session metadata that is not a JSON object, or too large to be read',
  V1_NO_TIME: 'sessions whose created_at is absent or not a time',
  V1_ODD_TIME: 'sessions whose created_at nobody meant (year 1, 1970, the far future): no age follows from it',
  V1_ABSENT_BLOB: 'files whose content is absent from this repository (as in a partial clone)',
  V1_STRANGE_PATH: 'files or folders where the layout has none, kept as they are',
} as const;

/** A stable code for one kind of oddity. */
export type OddityCode = keyof typeof ODDITIES;

/** One oddity at one place. `path` is a path in the V1 tree. */
export interface Oddity {
  readonly code: OddityCode;
  /** The checkpoint; absent for what lies outside of every checkpoint. */
  readonly checkpoint?: CheckpointId;
  readonly path: string;
  /** More about it where there is more to say, for example the path that points at nothing. */
  readonly detail?: string;
}
