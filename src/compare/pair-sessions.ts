import { appendTo } from '../checkpoint/append-to.ts';

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

type Key = (session: SessionIdentity) => string | undefined;

/**
 * What two folders that are the same session have in common, surest first; each takes what the ones before it left. Folders and metadata
 * that are the same object can be told where a partial clone lacks the blob.
 */
const KEYS: readonly Key[] = [
  ({ folder }) => folder,
  // Of two folders with one session ID, the one with this very transcript: taking the other would lose a transcript.
  ({ sessionId: id, transcript }) =>
    id === undefined || transcript === undefined ? undefined : `${transcript}\n${id}`,
  ({ metadata }) => metadata,
  ({ sessionId }) => sessionId,
  ({ transcript }) => transcript,
];

/**
 * Pairs the sessions of one checkpoint in two layouts, one to one: the numbers of `ours` with those of `theirs`. Of what has something in
 * common the same number comes first, then the least ones. A number alone says something only where a side has no session ID: other
 * programs renumber sessions. Both lists are in the order of their numbers.
 */
export function pairSessions(
  ours: readonly SessionIdentity[],
  theirs: readonly SessionIdentity[],
): Map<string, string> {
  const pairs = new Map<string, string>();
  const taken = new Set<string>();
  const theirsByNumber = new Map(theirs.map((session) => [session.number, session]));
  const pair = (our: SessionIdentity, their: SessionIdentity | undefined) => {
    if (their === undefined || pairs.has(our.number) || taken.has(their.number)) return;
    pairs.set(our.number, their.number);
    taken.add(their.number);
  };
  for (const keyOf of KEYS) {
    for (const our of ours) {
      const their = theirsByNumber.get(our.number);
      const key = keyOf(our);
      if (key !== undefined && their !== undefined && key === keyOf(their)) pair(our, their);
    }
    const left = freeByKey(theirs, keyOf, ({ number }) => !taken.has(number));
    for (const our of ours) if (!pairs.has(our.number)) pair(our, left.get(keyOf(our))?.pop());
  }
  for (const our of ours) {
    const their = theirsByNumber.get(our.number);
    if (our.sessionId === undefined || their?.sessionId === undefined) pair(our, their);
  }
  return pairs;
}

/** Those of some sessions that are free, by their keys, the one with the least number last. */
function freeByKey(
  sessions: readonly SessionIdentity[],
  keyOf: Key,
  isFree: (session: SessionIdentity) => boolean,
): Map<string | undefined, SessionIdentity[]> {
  const byKey = new Map<string | undefined, SessionIdentity[]>();
  for (const session of sessions.toReversed()) {
    const key = keyOf(session);
    if (key !== undefined && isFree(session)) appendTo(byKey, key, session);
  }
  return byKey;
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
