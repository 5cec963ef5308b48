import { parseObject, tryObject } from '../json/read.ts';
import { prettyJson } from '../json/source.ts';
import { type CheckpointId, timeOfId } from './checkpoint-id.ts';
import { gitDate, type Instant, parseInstant } from './instant.ts';

/** A session's `created_at`: the text as it was written and the instant that it means. */
export interface CreatedAt {
  readonly text: string;
  readonly instant: Instant;
}

/** The least and the greatest `created_at` of a generation; `undefined` where none is known. */
export interface GenerationSpan {
  readonly oldest: CreatedAt | undefined;
  readonly newest: CreatedAt | undefined;
}

/** The `created_at` of all sessions of a checkpoint, in the order of the session numbers; unreadable ones are left out. */
export type CreatedAtLookup = (checkpoint: CheckpointId) => readonly CreatedAt[];

/** Reads a `created_at`; `undefined` where it is absent or unreadable, which is passed over everywhere. */
export function parseCreatedAt(value: unknown): CreatedAt | undefined {
  const instant = parseInstant(value);
  return instant === undefined ? undefined : { text: value as string, instant };
}

/** The time in an ID that is a ULID, for a checkpoint whose sessions say none; `undefined` for an ID of hex digits. */
export function createdAtOfId(id: CheckpointId): CreatedAt | undefined {
  const time = timeOfId(id);
  // The last of them lie in the year 10889, which has no place in RFC 3339.
  return time === undefined ? undefined : parseCreatedAt(new Date(time).toISOString());
}

/**
 * The span of a generation's sessions. Callers hand the times over in the order of their paths, so that of two texts for
 * one instant (`…Z` and `…+01:00`) every machine takes the same, the first.
 */
export function spanOf(times: Iterable<CreatedAt>): GenerationSpan {
  let oldest: CreatedAt | undefined;
  let newest: CreatedAt | undefined;
  for (const time of times) {
    if (oldest === undefined || time.instant < oldest.instant) oldest = time;
    if (newest === undefined || time.instant > newest.instant) newest = time;
  }
  return { oldest, newest };
}

/** The content of an archive's `generation.json`: two-space indent, final newline, `null` for a time that is not known. */
export function generationJson(span: GenerationSpan): Buffer {
  return prettyJson({
    oldest_checkpoint_at: span.oldest?.text ?? null,
    newest_checkpoint_at: span.newest?.text ?? null,
  });
}

/** Reads an archive's `generation.json`. Throws a `SyntaxError` where it is not a JSON object. */
export function parseGenerationJson(content: Buffer): GenerationSpan {
  const { oldest_checkpoint_at, newest_checkpoint_at } = parseObject(content);
  return { oldest: parseCreatedAt(oldest_checkpoint_at), newest: parseCreatedAt(newest_checkpoint_at) };
}

/** As `parseGenerationJson`; `undefined` where there is no content, or it can't be read. */
export function tryGenerationJson(content: Buffer | undefined): GenerationSpan | undefined {
  return tryObject(content) === undefined ? undefined : parseGenerationJson(content as Buffer);
}

/** The `author` and `committer` of a generation's commit, dated by its newest session. */
export function generationIdentity(newest: CreatedAt | undefined): string {
  return `ckpt <ckpt@localhost> ${gitDate(newest?.instant)}`;
}
