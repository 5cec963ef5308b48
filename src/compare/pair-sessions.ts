/** What a session is recognised by, in two folders of the same checkpoint that different programs wrote. Ids are hex. */
export interface SessionIdentity {
  /** The name of the session's folder. */
  readonly number: string;
  /** `session_id` out of the metadata; `undefined` where that can't be read or has none. */
  readonly sessionId: string | undefined;
  /** The tree of the folder as `main` has it, and the blob of its `metadata.json`. */
  readonly folder: string | undefined;
  readonly metadata: string | undefined;
  /** The blobs of the raw transcript, in order, joined by a space; the name of the files does not count. */
  readonly transcript: string | undefined;
}

type Rule = (a: SessionIdentity, b: SessionIdentity) => boolean;

const hasSame = (a: string | undefined, b: string | undefined) => a !== undefined && a === b;
const hasSameId: Rule = (a, b) => hasSame(a.sessionId, b.sessionId);
const hasSameTranscript: Rule = (a, b) => hasSame(a.transcript, b.transcript);

/**
 * What makes two folders the same session, surest first; each rule takes what the ones before it left. Folders and metadata
 * that are the same object can be told where a partial clone lacks the blob. A number alone says something only where a
 * side has no session ID: other programs renumber sessions.
 */
const RULES: readonly Rule[] = [
  (a, b) => hasSame(a.folder, b.folder),
  // Of two folders with one session ID, the one with this very transcript: taking the other would lose a transcript.
  (a, b) => hasSameId(a, b) && hasSameTranscript(a, b),
  (a, b) => hasSame(a.metadata, b.metadata),
  hasSameId,
  hasSameTranscript,
  (a, b) => a.number === b.number && (a.sessionId === undefined || b.sessionId === undefined),
];

/**
 * Pairs the sessions of one checkpoint in two layouts, one to one: the numbers of `ours` with those of `theirs`. Within each
 * rule the same number comes first, then the least ones. Both lists are in the order of their numbers.
 */
export function pairSessions(
  ours: readonly SessionIdentity[],
  theirs: readonly SessionIdentity[],
): Map<string, string> {
  const pairs = new Map<string, string>();
  const taken = new Set<string>();
  const pairBy = (rule: Rule) => {
    for (const our of ours) {
      if (pairs.has(our.number)) continue;
      const their = theirs.find((session) => !taken.has(session.number) && rule(our, session));
      if (their === undefined) continue;
      pairs.set(our.number, their.number);
      taken.add(their.number);
    }
  };
  for (const rule of RULES) {
    pairBy((a, b) => a.number === b.number && rule(a, b));
    pairBy(rule);
  }
  return pairs;
}

/**
 * The number that each session of `ours` has, or gets, beside `theirs`: that of its pair; else its own, where that is free and leaves no
 * gap behind theirs; else the next one behind theirs. Entire reads sessions by position: behind a gap it finds none. Where `theirs` has
 * none, `ours` keep their numbers, gaps included; so do folders such as `007`, which are at no position.
 */
export function placeSessions(
  ours: readonly SessionIdentity[],
  theirs: readonly SessionIdentity[],
): Map<string, string> {
  const places = pairSessions(ours, theirs);
  const taken = new Set(theirs.map(({ number }) => number));
  // A folder's name may have more digits than a number can hold.
  let next = theirs.reduce((most, { number }) => (BigInt(number) >= most ? BigInt(number) + 1n : most), 0n);
  for (const { number } of ours) {
    if (places.has(number)) continue;
    const leavesGap = BigInt(number) > next && String(BigInt(number)) === number;
    const keepsOwn = !taken.has(number) && (theirs.length === 0 || !leavesGap);
    const place = keepsOwn ? number : String(next);
    if (BigInt(place) === next) next += 1n;
    taken.add(place);
    places.set(number, place);
  }
  return places;
}
