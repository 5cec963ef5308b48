import type { Finding } from './finding.ts';

/** Findings of one kind that are held and listed: as many as GitHub takes in one SARIF file. What is more is counted. */
const MOST_LISTED = 25_000;

/** What of findings makes them share room, and which of them can be counted together. */
export interface Likeness<T extends Finding> {
  /** Findings that share the room for `MOST_LISTED`. */
  readonly roomOf: (one: T) => string;
  /** Beyond it: of those with the same key the first `each` are held too, and the rest is counted with the last of these. */
  readonly keyOf: (one: T) => string;
  readonly each: number;
}

/**
 * Findings in their order, of which a bounded number of each kind is held, and beyond it a few of each key. Every kind has room of its own, so that no note keeps
 * an error out; and since what is more stays with one of its like, whoever leaves that out or changes it does so with all of them.
 */
export class FindingList<T extends Finding = Finding> {
  readonly #held: T[] = [];
  readonly #rooms = new Map<string, number>();
  readonly #beyond = new Map<string, { held: number; last: number; more: number }>();
  readonly #likeness: Likeness<T>;
  readonly #most: number;

  constructor(likeness: Likeness<T>, most = MOST_LISTED) {
    this.#likeness = likeness;
    this.#most = most;
  }

  push(one: T): void {
    const { roomOf, keyOf, each } = this.#likeness;
    const room = roomOf(one);
    const taken = this.#rooms.get(room) ?? 0;
    if (taken < this.#most) {
      this.#rooms.set(room, taken + 1);
      this.#held.push(one);
      return;
    }
    const key = keyOf(one);
    const { held, last, more } = this.#beyond.get(key) ?? { held: 0, last: 0, more: 0 };
    if (held === each) this.#beyond.set(key, { held, last, more: more + numberOf(one) });
    else this.#beyond.set(key, { held: held + 1, last: this.#held.push(one) - 1, more });
  }

  /** Those that are held; the numbers of the others are in them. */
  all(): T[] {
    const all = [...this.#held];
    for (const { last, more } of this.#beyond.values()) {
      const one = all[last];
      if (one !== undefined && more > 0) all[last] = { ...one, more: (one.more ?? 0) + more };
    }
    return all;
  }
}

/**
 * By code, and beyond the bound by session, which a run holds anyhow: what later looks at findings of a checkpoint or a session finds
 * some of each. Eight, since what writers do by habit are a few fields of every session, whose numbers are shown.
 */
const BY_SESSION: Likeness<Finding> = {
  roomOf: ({ code }) => code,
  keyOf: ({ code, severity, ref, checkpoint, session }) => `${code} ${severity} ${ref} ${checkpoint} ${session}`,
  each: 8,
};

/** Findings as they are made, in a list that is bounded where there are many of one session. */
export function foundList(most?: number): FindingList {
  return new FindingList(BY_SESSION, most);
}

/** How many findings one stands for. */
export function numberOf({ more = 0 }: Pick<Finding, 'more'>): number {
  return 1 + more;
}

/** How many findings there are, those that are not listed with them. */
export function countFindings(findings: Iterable<Pick<Finding, 'more'>>): number {
  let count = 0;
  for (const one of findings) count += numberOf(one);
  return count;
}
