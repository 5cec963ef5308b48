import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import type { RefName } from '../git/object-id.ts';
import type { ObjectOverlay } from '../git/object-overlay.ts';
import { type CheckpointSides, type Entries, entriesOf, identitiesOf } from './checkpoint-sides.ts';
import type { FactsOfSides } from './differing-checkpoints.ts';
import { pairSessions, type SessionIdentity } from './pair-sessions.ts';

/** A generation that holds a part of a checkpoint, and what its folder has. */
export interface HeldPart {
  readonly ref: RefName;
  readonly entries: Entries;
}

/** A checkpoint as it should be and as it is, with its sessions paired, ready to be compared part by part. */
export interface PairedCheckpoint {
  readonly trees: ObjectOverlay;
  readonly id: CheckpointId;
  readonly expected: { readonly main: Entries; readonly full: Entries; readonly sessions: readonly SessionIdentity[] };
  /** `main` is `undefined` where it has no such checkpoint; `full` is in the order in which a reader looks. */
  readonly actual: {
    readonly main: Entries | undefined;
    readonly full: readonly HeldPart[];
    readonly sessions: readonly SessionIdentity[];
  };
  /** The number that each session has there, by the one that it should have. */
  readonly numbers: ReadonlyMap<string, string>;
  /** The numbers of the sessions that should not be there. */
  readonly added: readonly string[];
}

/** Reads the folders of a checkpoint on all sides, and pairs its sessions. */
export async function pairCheckpoint(
  trees: ObjectOverlay,
  { id, expected, main, holders }: CheckpointSides,
  facts: FactsOfSides,
): Promise<PairedCheckpoint> {
  const ourMain = await entriesOf(trees, expected.main);
  const ourFull = await entriesOf(trees, expected.full);
  const theirMain = main === undefined ? undefined : await entriesOf(trees, main);
  const theirFull: HeldPart[] = [];
  for (const { ref, folder } of holders) theirFull.push({ ref, entries: await entriesOf(trees, folder) });
  const held = theirFull.map(({ entries }) => entries);
  const ours = await identitiesOf(trees, ourMain, [ourFull], facts[0]);
  const theirs = await identitiesOf(trees, theirMain ?? new Map(), held, facts[1]);
  const numbers = pairSessions(ours, theirs);
  const paired = new Set(numbers.values());
  return {
    trees,
    id,
    expected: { main: ourMain, full: ourFull, sessions: ours },
    actual: { main: theirMain, full: theirFull, sessions: theirs },
    numbers,
    added: theirs.map(({ number }) => number).filter((number) => !paired.has(number)),
  };
}
