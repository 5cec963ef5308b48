import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import type { CreatedAt, CreatedAtLookup, GenerationSpan } from '../checkpoint/created-at.ts';
import { parseGenerationJson, spanOf } from '../checkpoint/created-at.ts';
import { GENERATION_FILE } from '../checkpoint/files.ts';

import { parseCommit } from '../git/commit.ts';
import type { ObjectId } from '../git/object-id.ts';
import { readTrees } from '../git/read-trees.ts';
import type { ObjectSink, Ref, Repository } from '../git/repository.ts';
import { type WrittenArchive, writeArchive } from './generation.ts';

/** How `full/current` is archived. */
export interface Rotation {
  /** The number that the first archive gets. */
  readonly number: number;
  /** Checkpoints in a full generation. */
  readonly maxCheckpoints: number;
  /** What `full/current` holds, in the order in which it is archived. */
  readonly order: readonly CheckpointId[];
  /** Whether what does not fill a generation is archived as well. */
  readonly isForced?: boolean;
  readonly spanOf: (checkpoints: readonly CheckpointId[]) => GenerationSpan | Promise<GenerationSpan>;
}

/**
 * Archives the first `maxCheckpoints` of what `full/current` holds, as often as there are that many. They are taken out of
 * `held`; what is left there stays in `full/current`.
 */
export async function archiveHeld(
  sink: ObjectSink,
  held: Map<CheckpointId, ObjectId>,
  rotation: Rotation,
): Promise<WrittenArchive[]> {
  const { maxCheckpoints, isForced = false } = rotation;
  const order = rotation.order.filter((id) => held.has(id));
  const archives: WrittenArchive[] = [];
  while (order.length >= maxCheckpoints || (isForced && order.length > 0)) {
    const folders = new Map<CheckpointId, ObjectId>();
    for (const id of order.splice(0, maxCheckpoints)) {
      folders.set(id, held.get(id) as ObjectId);
      held.delete(id);
    }
    const span = await rotation.spanOf([...folders.keys()]);
    archives.push(writeArchive(sink, rotation.number + archives.length, folders, span));
  }
  return archives;
}

/**
 * Checkpoints in the order of their oldest sessions, ties by ID, those without a time first: the order of arrival as well as
 * it can be told without V1.
 */
export function orderByTime(checkpoints: Iterable<CheckpointId>, createdAt: CreatedAtLookup): CheckpointId[] {
  const oldest = new Map([...checkpoints].map((id) => [id, spanOf(createdAt(id)).oldest?.instant]));
  return [...oldest.keys()].sort((a, b) => {
    const [left, right] = [oldest.get(a), oldest.get(b)];
    if (left === right) return a < b ? -1 : 1;
    if (left === undefined || right === undefined) return left === undefined ? -1 : 1;
    return left < right ? -1 : 1;
  });
}

/** The newest time of archives, as their `generation.json` tells; one that can't be read tells nothing. */
export async function newestOfArchives(
  repo: Repository,
  archives: readonly Ref[],
  others: readonly GenerationSpan[] = [],
): Promise<CreatedAt | undefined> {
  const commits = await repo.readObjects(archives.map(({ id }) => id));
  const roots = await readTrees(
    repo,
    commits.flatMap((commit) => (commit?.type === 'commit' ? [parseCommit(commit.content).tree] : [])),
  );
  const blobs = roots.flatMap((root) => root.find(({ name }) => name === GENERATION_FILE)?.id ?? []);
  const spans = (await repo.readObjects(blobs)).flatMap((blob) => {
    try {
      return blob === undefined ? [] : [parseGenerationJson(blob.content)];
    } catch {
      return [];
    }
  });
  return spanOf([...spans, ...others].flatMap(({ newest }) => newest ?? [])).newest;
}
