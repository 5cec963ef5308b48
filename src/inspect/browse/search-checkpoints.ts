import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import { isSessionFolderName, METADATA_FILE, PROMPT_FILE } from '../../checkpoint/files.ts';
import { parseJsonObject } from '../../checkpoint/metadata-facts.ts';
import type { ObjectId } from '../../git/object-id.ts';
import { readTrees } from '../../git/read-trees.ts';
import type { Repository } from '../../git/repository.ts';
import { isTreeMode, type TreeEntry } from '../../git/tree.ts';
import type { CheckpointOwner } from '../list-checkpoints.ts';

/** Larger files are not looked into. */
const LARGEST = 8 * 1024 * 1024;

/** A file of a checkpoint that may have the text, by the checkpoint's place in the batch. */
interface Candidate {
  readonly at: number;
  readonly id: ObjectId;
  readonly hasText: (content: Buffer) => boolean;
}

/**
 * Those of a batch of checkpoints whose ID, branch, agent, touched file or prompt has this text, whatever its case. One file is
 * in memory at a time. Files that are absent, larger than 8 MiB or no JSON are passed over, and none is fetched.
 */
export async function matchingCheckpoints(
  repo: Repository,
  batch: ReadonlyArray<readonly [CheckpointId, CheckpointOwner]>,
  text: string,
): Promise<CheckpointId[]> {
  const wanted = text.toLowerCase();
  const matches = new Set<number>();
  batch.forEach(([id], at) => {
    if (id.includes(wanted)) matches.add(at);
  });
  const candidates = await candidatesIn(repo, batch, wanted);
  const infos = await repo.objectInfo(candidates.map(({ id }) => id));
  const readable = candidates.filter((_, i) => (infos[i]?.size ?? LARGEST) < LARGEST);
  await repo.visitObjects(
    readable.map(({ id }) => id),
    (object, i) => {
      const candidate = readable[i];
      if (object === undefined || candidate === undefined || matches.has(candidate.at)) return;
      if (candidate.hasText(object.content)) matches.add(candidate.at);
    },
  );
  return batch.flatMap(([id], at) => (matches.has(at) ? [id] : []));
}

async function candidatesIn(
  repo: Repository,
  batch: ReadonlyArray<readonly [CheckpointId, CheckpointOwner]>,
  wanted: string,
): Promise<Candidate[]> {
  const folders = await readTrees(
    repo,
    batch.map(([, { folder }]) => folder),
  );
  const sessions = folders.flatMap((entries, at) =>
    entries.filter(({ mode, name }) => isTreeMode(mode) && isSessionFolderName(name)).map(({ id }) => ({ at, id })),
  );
  const trees = await readTrees(
    repo,
    sessions.map(({ id }) => id),
  );
  const places: Array<{ at: number; entries: readonly TreeEntry[] }> = [
    ...folders.map((entries, at) => ({ at, entries })),
    ...sessions.map(({ at }, i) => ({ at, entries: trees[i] ?? [] })),
  ];
  return places.flatMap(({ at, entries }) =>
    entries.flatMap(({ name, id, mode }): Candidate[] => {
      if (isTreeMode(mode)) return [];
      if (name === METADATA_FILE) return [{ at, id, hasText: (content) => metadataHas(content, wanted) }];
      if (name === PROMPT_FILE) return [{ at, id, hasText: (content) => has(content.toString('utf8'), wanted) }];
      return [];
    }),
  );
}

function metadataHas(content: Buffer, wanted: string): boolean {
  try {
    const { branch, agent, files_touched: files } = parseJsonObject(content);
    return [branch, agent, ...(Array.isArray(files) ? files : [])].some((value) => has(value, wanted));
  } catch {
    return false;
  }
}

function has(value: unknown, wanted: string): boolean {
  return typeof value === 'string' && value.toLowerCase().includes(wanted);
}
