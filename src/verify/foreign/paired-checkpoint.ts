import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import { shardPath } from '../../checkpoint/checkpoint-id.ts';
import { pairSessions } from '../../checkpoint/pair-sessions.ts';
import type { ObjectOverlay } from '../../git/object-overlay.ts';
import type { Repository } from '../../git/repository.ts';
import { V2_MAIN_REF } from '../../layout/ref-names.ts';
import type { CheckpointFacts } from '../../layout/survey.ts';
import { type CheckpointSides, type Entries, entriesOf, identitiesOf } from '../../migrate/foreign/checkpoint-sides.ts';
import { type Finding, type FindingPlace, finding } from '../finding.ts';

/** A generation that holds a part of a checkpoint, and what its folder has. */
export interface HeldPart {
  readonly ref: string;
  readonly entries: Entries;
}

/** A checkpoint of both layouts with its sessions paired, ready to be compared part by part. */
export interface PairedCheckpoint {
  readonly repo: Repository;
  readonly trees: ObjectOverlay;
  readonly id: CheckpointId;
  readonly v1Main: Entries;
  readonly v1Full: Entries;
  /** `undefined` where `main` has no such checkpoint. */
  readonly v2Main: Entries | undefined;
  /** In the order in which a reader looks. */
  readonly v2Full: readonly HeldPart[];
  /** The session's number in V2 by that in V1. */
  readonly numbers: ReadonlyMap<string, string>;
  /** The numbers of V2's sessions that V1 does not have. */
  readonly onlyInV2: readonly string[];
}

/** Reads the folders of a checkpoint on all sides, and pairs its sessions. */
export async function pairCheckpoint(
  repo: Repository,
  trees: ObjectOverlay,
  { id, v1, main, holders }: CheckpointSides,
  facts: readonly [CheckpointFacts | undefined, CheckpointFacts | undefined],
): Promise<PairedCheckpoint> {
  const v1Main = await entriesOf(trees, v1.main);
  const v1Full = await entriesOf(trees, v1.full);
  const v2Main = main === undefined ? undefined : await entriesOf(trees, main);
  const v2Full: HeldPart[] = [];
  for (const { generation, folder } of holders) {
    v2Full.push({ ref: generation.ref, entries: await entriesOf(trees, folder) });
  }
  const held = v2Full.map(({ entries }) => entries);
  const ours = await identitiesOf(trees, v1Main, [v1Full], facts[0]);
  const theirs = await identitiesOf(trees, v2Main ?? new Map(), held, facts[1]);
  const numbers = pairSessions(ours, theirs);
  const paired = new Set(numbers.values());
  const onlyInV2 = theirs.map(({ number }) => number).filter((number) => !paired.has(number));
  return { repo, trees, id, v1Main, v1Full, v2Main, v2Full, numbers, onlyInV2 };
}

/** The place of a finding in a checkpoint: of a path below its folder in V2, and of a session by its number in V1. */
export function placeIn(
  { id, numbers }: PairedCheckpoint,
  below: string,
  where: { ref?: string; session?: string } = {},
): FindingPlace {
  const { ref, session } = where;
  const v2Session = session === undefined ? undefined : numbers.get(session);
  return {
    ...(ref === undefined ? {} : { ref }),
    checkpoint: id,
    path: shardPath(id) + (below === '' ? '' : `/${below}`),
    ...(session === undefined ? {} : { session }),
    ...(v2Session === undefined || v2Session === session ? {} : { v2Session }),
  };
}

/** Sessions that have another number in V2, and those that V1 does not have. */
export function compareNumbers(checkpoint: PairedCheckpoint): Finding[] {
  const { id, numbers, onlyInV2 } = checkpoint;
  const renumbered = [...numbers].filter(([from, to]) => from !== to);
  return [
    ...renumbered.map(([from, to]) => {
      const message = `session ${from} of ${id} has the number ${to} in V2`;
      return finding(
        'SESSION_RENUMBERED',
        message,
        placeIn(checkpoint, to, { ...refOf(checkpoint, to), session: from }),
      );
    }),
    ...onlyInV2.map((session) => {
      const place = { ...refOf(checkpoint, session), checkpoint: id, path: `${shardPath(id)}/${session}`, session };
      return finding('SESSION_ONLY_IN_V2', `V2 has a session ${session} of ${id} that V1 does not have`, place);
    }),
  ];
}

/** The ref that has a session's folder: `main`, else a generation. */
function refOf({ v2Main, v2Full }: PairedCheckpoint, number: string): { ref?: string } {
  if (v2Main?.has(number)) return { ref: V2_MAIN_REF };
  const held = v2Full.find(({ entries }) => entries.has(number));
  return held === undefined ? {} : { ref: held.ref };
}
