import { type JsonPath, withValue } from '../json/edit.ts';
import type { SessionMetadata, SummarySession } from './metadata.ts';
import { parseSummary } from './metadata.ts';
import { prettyJson } from './session-write.ts';

/** What a checkpoint summary says of its sessions, taken from their metadata. */
export interface SummaryFacts {
  readonly checkpointId: string;
  /**
   * The paths of the session that is written, from the tree's root with a leading slash: `metadata` tells which entry is its
   * own, a member that is `undefined` is taken out of it, one that is not named stays.
   */
  readonly paths: SummarySession;
  /** The paths of all sessions, in the order of their numbers, for a summary that is made anew. */
  readonly listed: readonly SummarySession[];
  /** The metadata of all sessions of the checkpoint, the written one included, in the order of their numbers. */
  readonly sessions: readonly SessionMetadata[];
  /** The metadata of the session that is written: a new summary takes its version, strategy and branch. */
  readonly written: SessionMetadata;
}

const TOKEN_FIELDS = [
  'input_tokens',
  'cache_creation_tokens',
  'cache_read_tokens',
  'output_tokens',
  'api_call_count',
] as const;

/** True where a summary can be edited in place; one that is not JSON, or not there, is made anew. */
export function isEditableSummary(content: Buffer | undefined): boolean {
  return content !== undefined && tryParse(content) !== undefined;
}

/**
 * A checkpoint's summary after a session was written: counts, files and tokens are those of all its sessions, and the session
 * is listed. A summary that is there is edited in place: fields that this program does not know stay, byte for byte. One that
 * is not JSON can't be edited, and is made anew.
 */
export function summaryWith(before: Buffer | undefined, facts: SummaryFacts): Buffer {
  const old = before === undefined ? undefined : tryParse(before);
  if (before === undefined || old === undefined) return newSummary(facts);
  let text = before.toString('utf8');
  const set = (path: JsonPath, value: unknown) => {
    text = withValue(text, path, value);
  };
  // The files first: a list of a million duplicates has been seen, and each edit reads the text that the one before left.
  const files = allFiles(facts.sessions);
  if (old.files_touched?.join('\0') !== files.join('\0')) set(['files_touched'], files);
  const count = totalCount(facts.sessions);
  if (old.checkpoints_count !== count) set(['checkpoints_count'], count);
  listSession(old.sessions, facts.paths, set);
  const tokens = totalTokens(facts.sessions);
  if (tokens !== undefined && old.token_usage === undefined) set(['token_usage'], tokens);
  else if (tokens !== undefined) {
    for (const field of TOKEN_FIELDS) {
      if (old.token_usage?.[field] !== tokens[field]) set(['token_usage', field], tokens[field]);
    }
  }
  return Buffer.from(text, 'utf8');
}

/**
 * A checkpoint's summary with a session's paths brought up to date, and nothing else: counts stay what their writer made of
 * them. `undefined` where there is no summary that could be edited.
 */
export function summaryListing(before: Buffer | undefined, paths: SummarySession): Buffer | undefined {
  const old = before === undefined ? undefined : tryParse(before);
  if (before === undefined || old === undefined) return undefined;
  let text = before.toString('utf8');
  listSession(old.sessions, paths, (path, value) => {
    text = withValue(text, path, value);
  });
  return Buffer.from(text, 'utf8');
}

/** Puts the paths of the written session into the list: into its entry, or as a new one at the end. */
function listSession(
  listed: readonly SummarySession[] | undefined,
  paths: SummarySession,
  set: (path: JsonPath, value: unknown) => void,
): void {
  if (listed === undefined) {
    set(['sessions'], [paths]);
    return;
  }
  const index = listed.findIndex(({ metadata }) => metadata === paths.metadata);
  if (index < 0) {
    set(['sessions', listed.length], paths);
    return;
  }
  for (const [key, path] of Object.entries(paths)) {
    if (listed[index]?.[key] !== path) set(['sessions', index, key], path);
  }
}

function newSummary(facts: SummaryFacts): Buffer {
  const { written, sessions } = facts;
  return prettyJson({
    cli_version: written.cli_version,
    checkpoint_id: facts.checkpointId,
    strategy: written.strategy,
    branch: written.branch,
    checkpoints_count: totalCount(sessions),
    files_touched: allFiles(sessions),
    sessions: facts.listed,
    token_usage: totalTokens(sessions),
  });
}

function totalCount(sessions: readonly SessionMetadata[]): number {
  return sessions.reduce((sum, { checkpoints_count }) => sum + (checkpoints_count ?? 0), 0);
}

/** The union of the sessions' files, in the order of their bytes. */
function allFiles(sessions: readonly SessionMetadata[]): string[] {
  const files = new Set(sessions.flatMap(({ files_touched }) => files_touched ?? []));
  return [...files].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

/** The sums over all sessions that tell their tokens; `undefined` where none does. */
function totalTokens(sessions: readonly SessionMetadata[]): Record<(typeof TOKEN_FIELDS)[number], number> | undefined {
  const usages = sessions.map(({ token_usage }) => token_usage).filter((usage) => usage !== undefined);
  if (usages.length === 0) return undefined;
  const sum = (field: (typeof TOKEN_FIELDS)[number]) => usages.reduce((total, usage) => total + (usage[field] ?? 0), 0);
  return {
    input_tokens: sum('input_tokens'),
    cache_creation_tokens: sum('cache_creation_tokens'),
    cache_read_tokens: sum('cache_read_tokens'),
    output_tokens: sum('output_tokens'),
    api_call_count: sum('api_call_count'),
  };
}

function tryParse(content: Buffer) {
  try {
    return parseSummary(content);
  } catch {
    return undefined;
  }
}

/** A session's metadata with its generated `summary`, edited in place. Throws a `SyntaxError` when it is not JSON. */
export function metadataWithSummary(before: Buffer, summary: unknown): Buffer {
  const text = before.toString('utf8');
  JSON.parse(text);
  return Buffer.from(withValue(text, ['summary'], summary), 'utf8');
}
