import { type JsonEditor, openJson } from '../json/editor.ts';
import { canonicalNumber, exactSum } from '../json/exact.ts';
import { isObject } from '../json/read.ts';
import { JsonSource } from '../json/source.ts';
import { CkptError } from './errors.ts';
import { type CheckpointSummary, parseSummary, type SessionMetadata, type SummarySession } from './metadata.ts';

/** What a checkpoint summary says of its sessions, taken from their metadata. */
export interface SummaryFacts {
  readonly checkpointId: string;
  /**
   * The paths of the session that is written, from the tree's root with a leading slash: `metadata` says which entry is its
   * own, a member that is `undefined` is taken out of it, one that is not named stays.
   */
  readonly paths: SummarySession;
  /** The paths of all sessions, in the order of their numbers, for a summary that is made from nothing. */
  readonly listed: readonly SummarySession[];
  /** All sessions of the checkpoint, the written one included, in the order of their numbers. */
  readonly sessions: readonly SummedSession[];
  /** The metadata of the session that is written: a new summary takes its version, strategy and branch. */
  readonly written: SessionMetadata;
}

/** A session's metadata, and the text of it: numbers that no float holds are added up from there. */
export interface SummedSession {
  readonly metadata: SessionMetadata;
  readonly content: Buffer;
}

const TOKEN_FIELDS = [
  'input_tokens',
  'cache_creation_tokens',
  'cache_read_tokens',
  'output_tokens',
  'api_call_count',
] as const;

/**
 * A checkpoint's summary after a session was written: counts, files and tokens are those of all its sessions, and the session
 * is listed. A summary that is there is edited in place: fields that this program does not know stay, byte for byte. One that
 * can't be edited is left as it is, and what it says goes on being what its writer said: `notEditable` gives the reason.
 */
export function summaryWith(before: Buffer | undefined, facts: SummaryFacts): Buffer {
  if (before === undefined) return newSummary(facts);
  const opened = openSummary(before);
  if (opened === undefined) return before;
  const { json, summary } = opened;
  // The files first: a list of a million duplicates has been seen, and each edit reads the text that the one before left.
  const files = allFiles(facts.sessions);
  if (summary.files_touched?.join('\0') !== files.join('\0')) json.set(['files_touched'], files);
  setNumber(json, ['checkpoints_count'], totalCount(facts.sessions));
  listSession(json, summary.sessions, facts.paths);
  const tokens = totalTokens(facts.sessions);
  if (summary.token_usage === undefined) {
    if (tokens.length > 0) json.set(['token_usage'], JsonSource.object(tokens));
  } else for (const [field, total] of tokens) setNumber(json, ['token_usage', field], total);
  return json.content;
}

/** Puts a number where another one is; one that means the same stays as it is spelled. */
function setNumber(json: JsonEditor, path: string[], number: JsonSource): void {
  const [before, after] = [json.source(path) ?? Buffer.of(), number.bytes].map((text) => canonicalNumber(`${text}`));
  if (before !== after) json.set(path, number);
}

/**
 * A checkpoint's summary with a session's paths brought up to date, and nothing else: counts stay what their writer made of
 * them. `undefined` where there is no summary that could be edited.
 */
export function summaryListing(before: Buffer | undefined, paths: SummarySession): Buffer | undefined {
  const opened = before && openSummary(before);
  if (opened === undefined) return undefined;
  listSession(opened.json, opened.summary.sessions, paths);
  return opened.json.content;
}

/** Why a file of metadata that is there can't be edited in place, in words that follow its name; `undefined` where it can. */
export function notEditable(content: Buffer | undefined): string | undefined {
  if (content === undefined) return undefined;
  const json = openJson(content);
  if ('why' in json) return json.why;
  return isObject(json.value) ? undefined : 'is not a JSON object';
}

function openSummary(content: Buffer): { json: JsonEditor; summary: CheckpointSummary } | undefined {
  const json = openJson(content);
  return 'why' in json || !isObject(json.value) ? undefined : { json, summary: parseSummary(content) };
}

/** Puts the paths of the written session into the list: into its entry, or as a new one at the end. */
function listSession(json: JsonEditor, listed: readonly SummarySession[] | undefined, paths: SummarySession): void {
  if (listed === undefined) {
    json.set(['sessions'], [paths]);
    return;
  }
  const index = listed.findIndex(({ metadata }) => metadata === paths.metadata);
  if (index < 0) {
    json.set(['sessions', listed.length], paths);
    return;
  }
  for (const [key, path] of Object.entries(paths)) {
    if (listed[index]?.[key] === path) continue;
    if (path === undefined) json.remove(['sessions', index, key]);
    else json.set(['sessions', index, key], path);
  }
}

function newSummary(facts: SummaryFacts): Buffer {
  const { written, sessions } = facts;
  const tokens = totalTokens(sessions);
  const members: Array<[name: string, value: unknown]> = [
    ['cli_version', written.cli_version],
    ['checkpoint_id', facts.checkpointId],
    ['strategy', written.strategy],
    ['branch', written.branch],
    ['checkpoints_count', totalCount(sessions)],
    ['files_touched', allFiles(sessions)],
    ['sessions', facts.listed],
    ['token_usage', tokens.length === 0 ? undefined : JsonSource.object(tokens)],
  ];
  const said = members.filter(([, value]) => value !== undefined);
  return JsonSource.object(said.map(([name, value]) => [name, JsonSource.of(value)])).pretty();
}

function totalCount(sessions: readonly SummedSession[]): JsonSource {
  return sum(sessions, ({ checkpoints_count }) => checkpoints_count, 'checkpoints_count');
}

/** The union of the sessions' files, in the order of their bytes. */
function allFiles(sessions: readonly SummedSession[]): string[] {
  const files = new Set(sessions.flatMap(({ metadata }) => metadata.files_touched ?? []));
  return [...files].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

/** The sums over all sessions that say their tokens; none where no session does. */
function totalTokens(sessions: readonly SummedSession[]): Array<[field: string, total: JsonSource]> {
  if (sessions.every(({ metadata }) => metadata.token_usage === undefined)) return [];
  return TOKEN_FIELDS.map((field) => [
    field,
    sum(sessions, ({ token_usage }) => token_usage?.[field], 'token_usage', field),
  ]);
}

/** A number of all sessions together; `path` is where their metadata has it. */
function sum(
  sessions: readonly SummedSession[],
  read: (metadata: SessionMetadata) => number | undefined,
  ...path: string[]
): JsonSource {
  const numbers = sessions.map(({ metadata, content }) => {
    const value = read(metadata) ?? 0;
    return Number.isSafeInteger(value) ? String(value) : `${JsonSource.parse(content).at(...path)?.bytes}`;
  });
  return JsonSource.parse(Buffer.from(exactSum(numbers)));
}

/** A session's metadata with its generated `summary`, edited in place. Throws a `CkptError` where it can't be edited. */
export function metadataWithSummary(before: Buffer, summary: unknown): Buffer {
  const json = openJson(before);
  const why = notEditable(before);
  if (why !== undefined || 'why' in json) {
    throw new CkptError('BAD_WRITE', `the session's metadata can't be edited: it ${why}`, {
      hint: 'Nothing was written. Put its metadata.json right first: it has to be a JSON object in UTF-8.',
      exitCode: 2,
    });
  }
  json.set(['summary'], summary);
  return json.content;
}
