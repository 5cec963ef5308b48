import { isObject, type JsonObject, parseObject, tryObject } from '../json/read.ts';

/**
 * What this program reads of checkpoint summaries and session metadata. Every field may be absent or have a surprising type in
 * real data, and new ones appear with every release: unknown fields are kept, and a field of another type counts as absent.
 */

/** Tokens that a session used, or all sessions of a checkpoint. */
export interface TokenUsage extends JsonObject {
  readonly input_tokens?: number | undefined;
  readonly cache_creation_tokens?: number | undefined;
  readonly cache_read_tokens?: number | undefined;
  readonly output_tokens?: number | undefined;
  readonly api_call_count?: number | undefined;
}

/** The paths of one session in a summary, from the root of the tree and with a leading slash. */
export interface SummarySession extends JsonObject {
  readonly metadata?: string | undefined;
  readonly transcript?: string | undefined;
  readonly content_hash?: string | undefined;
  readonly prompt?: string | undefined;
  readonly context?: string | undefined;
  readonly compact_transcript?: string | undefined;
}

/** What a summary and a session's metadata both say. */
interface CommonFields extends JsonObject {
  readonly cli_version?: string | undefined;
  readonly checkpoint_id?: string | undefined;
  readonly strategy?: string | undefined;
  readonly branch?: string | undefined;
  readonly checkpoints_count?: number | undefined;
  readonly files_touched?: string[] | undefined;
  readonly token_usage?: TokenUsage | undefined;
}

/** A checkpoint summary, as far as it could be read. Unknown members are there as well. */
export interface CheckpointSummary extends CommonFields {
  /** Entries that are not objects are empty ones. */
  readonly sessions?: readonly SummarySession[] | undefined;
}

/** A session's metadata, as far as it could be read. Unknown members are there as well. */
export interface SessionMetadata extends CommonFields {
  readonly session_id?: string | undefined;
  readonly created_at?: string | undefined;
  readonly agent?: string | undefined;
  readonly model?: string | undefined;
}

/** What a known field gives for its value; `undefined` where that is of another type. */
type FieldReader = (value: unknown) => unknown;
type Fields = Readonly<Record<string, FieldReader>>;

const text: FieldReader = (value) => (typeof value === 'string' ? value : undefined);
const number: FieldReader = (value) => (typeof value === 'number' ? value : undefined);
const texts: FieldReader = (value) =>
  Array.isArray(value) && value.every((one) => typeof one === 'string') ? value : undefined;

const TOKENS: Fields = {
  input_tokens: number,
  cache_creation_tokens: number,
  cache_read_tokens: number,
  output_tokens: number,
  api_call_count: number,
};

const PATHS: Fields = {
  metadata: text,
  transcript: text,
  content_hash: text,
  prompt: text,
  context: text,
  compact_transcript: text,
};

const COMMON: Fields = {
  cli_version: text,
  checkpoint_id: text,
  strategy: text,
  branch: text,
  checkpoints_count: number,
  files_touched: texts,
  token_usage: (value) => (isObject(value) ? read(value, TOKENS) : undefined),
};

const SUMMARY: Fields = {
  ...COMMON,
  sessions: (value) =>
    Array.isArray(value) ? value.map((entry) => (isObject(entry) ? read(entry, PATHS) : {})) : undefined,
};

const SESSION: Fields = { ...COMMON, session_id: text, created_at: text, agent: text, model: text };

/** Reads a checkpoint summary. Throws a `SyntaxError` when the content is not a JSON object. */
export function parseSummary(content: Buffer): CheckpointSummary {
  return read(parseObject(content), SUMMARY);
}

/** Reads a session's metadata. Throws a `SyntaxError` when the content is not a JSON object. */
export function parseSessionMetadata(content: Buffer): SessionMetadata {
  return read(parseObject(content), SESSION);
}

/** The same; `undefined` where the content is not a JSON object, and for no content. */
export function trySessionMetadata(content: Buffer | undefined): SessionMetadata | undefined {
  const object = tryObject(content);
  return object && read(object, SESSION);
}

/** The object with its known fields as they are read; a member that is of another type is left out. */
function read(object: Record<string, unknown>, fields: Fields): JsonObject {
  for (const [name, field] of Object.entries(fields)) {
    if (!Object.hasOwn(object, name)) continue;
    const value = field(object[name]);
    if (value === undefined) delete object[name];
    else object[name] = value;
  }
  return object;
}
