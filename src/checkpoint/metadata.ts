import * as v from 'valibot';
import { parseJsonObject } from './metadata-facts.ts';

/**
 * What this program reads of a checkpoint summary. Every field may be absent or have a surprising type in real data, and
 * new ones appear with every release: unknown fields are kept, and a field of another type counts as absent.
 */
const field = <T extends v.GenericSchema>(schema: T) => v.optional(v.fallback(v.optional(schema), undefined));

const TokenUsage = v.looseObject({
  input_tokens: field(v.number()),
  cache_creation_tokens: field(v.number()),
  cache_read_tokens: field(v.number()),
  output_tokens: field(v.number()),
  api_call_count: field(v.number()),
});

const SessionPaths = v.looseObject({
  metadata: field(v.string()),
  transcript: field(v.string()),
  content_hash: field(v.string()),
  prompt: field(v.string()),
  context: field(v.string()),
  compact_transcript: field(v.string()),
});

const Summary = v.looseObject({
  cli_version: field(v.string()),
  checkpoint_id: field(v.string()),
  strategy: field(v.string()),
  branch: field(v.string()),
  checkpoints_count: field(v.number()),
  files_touched: field(v.array(v.string())),
  sessions: field(v.array(v.fallback(SessionPaths, {}))),
  token_usage: field(TokenUsage),
});

const Session = v.looseObject({
  cli_version: field(v.string()),
  checkpoint_id: field(v.string()),
  session_id: field(v.string()),
  strategy: field(v.string()),
  created_at: field(v.string()),
  branch: field(v.string()),
  checkpoints_count: field(v.number()),
  files_touched: field(v.array(v.string())),
  agent: field(v.string()),
  model: field(v.string()),
  token_usage: field(TokenUsage),
});

/** A checkpoint summary, as far as it could be read. Unknown members are there as well. */
export type CheckpointSummary = v.InferOutput<typeof Summary>;
/** A session's metadata, as far as it could be read. Unknown members are there as well. */
export type SessionMetadata = v.InferOutput<typeof Session>;
/** The paths of one session in a summary, from the root of the tree and with a leading slash. */
export type SummarySession = v.InferOutput<typeof SessionPaths>;

/** Reads a checkpoint summary. Throws a `SyntaxError` when the content is no JSON object. */
export function parseSummary(content: Buffer): CheckpointSummary {
  return v.parse(Summary, parseJsonObject(content));
}

/** Reads a session's metadata. Throws a `SyntaxError` when the content is no JSON object. */
export function parseSessionMetadata(content: Buffer): SessionMetadata {
  return v.parse(Session, parseJsonObject(content));
}
