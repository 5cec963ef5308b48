import type { Instant } from '../../checkpoint/instant.ts';
import { parseMoment } from '../../checkpoint/user-time.ts';

/** What a search of `ckpt browse` looks at in a checkpoint. All texts are in lower case. */
export interface Searchable {
  readonly id: string;
  readonly branches: readonly string[];
  readonly agents: readonly string[];
  readonly files: readonly string[];
  /** The ids and the subjects of the commits that name it. */
  readonly commits: readonly string[];
  /** The prompts that are looked into. */
  readonly prompts: readonly string[];
  /** The newest time of its sessions; `undefined` where nobody knows it. */
  readonly newest: Instant | undefined;
}

/** Whether a checkpoint has what is looked for. */
export type SearchQuery = (one: Searchable) => boolean;

/** A day in nanoseconds. */
const DAY = 86_400_000_000_000n;

const FIELDS: Readonly<Record<string, (one: Searchable) => readonly string[]>> = {
  agent: ({ agents }) => agents,
  branch: ({ branches }) => branches,
  file: ({ files }) => files,
  text: ({ prompts, commits }) => [...commits, ...prompts],
};

/**
 * Reads what a person types: words, all of which a checkpoint must have, whatever their case; quotes hold words together. A word of
 * the form `agent:`, `branch:`, `file:` or `text:` looks there alone; `since:` and `until:` take what the flags of `ckpt list` take. A time
 * that is not one (yet) finds nothing. `now` is in milliseconds since 1970.
 */
export function parseSearch(text: string, now: number): SearchQuery {
  const words = [...text.toLowerCase().matchAll(/(?:([a-z]+):)?(?:"([^"]*)"?|(\S*))/g)];
  const tests = words
    .filter(([whole]) => whole !== '')
    .map(([whole, field = '', quoted, plain = '']): SearchQuery => {
      const value = quoted ?? plain;
      const look = FIELDS[field];
      if (look !== undefined) return (one) => look(one).some((part) => part.includes(value));
      if (field === 'since' || field === 'until') return timeTest(field, value, now);
      const wanted = quoted !== undefined && field === '' ? value : whole;
      return (one) => everywhere(one).some((part) => part.includes(wanted));
    });
  return (one) => tests.every((fits) => fits(one));
}

function everywhere({ id, branches, agents, files, commits, prompts }: Searchable): string[] {
  return [id, ...branches, ...agents, ...files, ...commits, ...prompts];
}

function timeTest(field: 'since' | 'until', value: string, now: number): SearchQuery {
  // Times are written with capitals: 2026-01-31T09:30:00Z.
  const moment = parseMoment(/^\d{4}-/.test(value) ? value.toUpperCase() : value, now);
  if (moment === undefined) return () => false;
  if (field === 'since') return ({ newest }) => newest !== undefined && newest >= moment;
  const last = /^\d{4}-\d{2}-\d{2}$/.test(value) ? moment + DAY - 1n : moment;
  return ({ newest }) => newest !== undefined && newest <= last;
}
