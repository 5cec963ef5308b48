/** What a survey needs of a checkpoint summary: the entries of `sessions[]` that are objects, others as empty ones. */
export interface SummaryFacts {
  /** `undefined` where there is no such list. */
  readonly sessions: ReadonlyArray<Readonly<Record<string, unknown>>> | undefined;
}

/** What a survey needs of a session's metadata; `undefined` where a field is absent or no text. */
export interface SessionMetadataFacts {
  readonly session_id: string | undefined;
  readonly created_at: string | undefined;
}

/**
 * Reads what a survey needs of a summary. A survey reads thousands, and the whole schema (`parseSummary`) takes longer than
 * `JSON.parse`. Throws a `SyntaxError` when the content is no JSON object.
 */
export function summaryFacts(content: Buffer): SummaryFacts {
  const { sessions } = parseJsonObject(content);
  if (!Array.isArray(sessions)) return { sessions: undefined };
  return {
    sessions: sessions.map((entry: unknown) => (isObject(entry) ? entry : {})),
  };
}

/** Reads what a survey needs of a session's metadata. Throws a `SyntaxError` when the content is no JSON object. */
export function sessionFacts(content: Buffer): SessionMetadataFacts {
  const { session_id, created_at } = parseJsonObject(content);
  return { session_id: textOf(session_id), created_at: textOf(created_at) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Parses a JSON text that has to be an object. Throws a `SyntaxError` for anything else. */
export function parseJsonObject(content: Buffer): Record<string, unknown> {
  const value: unknown = JSON.parse(content.toString('utf8'));
  if (!isObject(value) || Array.isArray(value)) throw new SyntaxError('not a JSON object');
  return value;
}
