import { METADATA_FILE, PROMPT_FILE } from '../checkpoint/files.ts';
import {
  type CheckpointSummary,
  parseSessionMetadata,
  parseSummary,
  type SessionMetadata,
} from '../checkpoint/metadata.ts';
import type { ObjectId } from '../git/object-id.ts';
import { readTrees } from '../git/read-trees.ts';
import type { Repository } from '../git/repository.ts';
import { isTreeMode, type TreeEntry } from '../git/tree.ts';
import { findFile, type Readable, read } from '../layout/survey-folders.ts';
import { transcriptFiles } from '../layout/transcript-reader.ts';
import type { CheckpointFiles, SessionFiles } from './checkpoint-files.ts';

/** What was read of a checkpoint's files; by session where there is one for each. */
export interface CheckpointContent {
  readonly summary: Readable<CheckpointSummary> | undefined;
  readonly metadata: ReadonlyMap<string, Readable<SessionMetadata>>;
  readonly contentHashes: ReadonlyMap<string, string>;
  readonly sizes: ReadonlyMap<ObjectId, number>;
  readonly tasks: ReadonlyMap<string, number>;
}

/** Reads the metadata and the content hashes of all sessions; sizes and tasks of those that are to be shown. */
export async function readContent(
  repo: Repository,
  { entries, sessions: all }: CheckpointFiles,
  sessions: readonly SessionFiles[],
): Promise<CheckpointContent> {
  let summary: Readable<CheckpointSummary> | undefined;
  const metadata = new Map<string, Readable<SessionMetadata>>();
  const contentHashes = new Map<string, string>();
  const wanted: Array<{ id: ObjectId; take: (content: Buffer) => void }> = [];
  const want = (entry: TreeEntry | undefined, take: (content: Buffer) => void) => {
    if (entry !== undefined) wanted.push({ id: entry.id, take });
  };
  want(findFile(entries, METADATA_FILE), (content) => {
    summary = read(() => parseSummary(content));
  });
  for (const session of all) {
    want(findFile(session.entries, METADATA_FILE), (content) => {
      metadata.set(
        session.name,
        read(() => parseSessionMetadata(content)),
      );
    });
    want(transcriptFiles(session.full?.entries ?? [])?.contentHash, (content) => {
      contentHashes.set(session.name, content.toString('utf8').trim());
    });
  }
  await repo.visitObjects(
    wanted.map(({ id }) => id),
    (object, i) => {
      if (object !== undefined) wanted[i]?.take(object.content);
    },
  );
  return {
    summary,
    metadata,
    contentHashes,
    sizes: await sizesOf(repo, sessions),
    tasks: await countTasks(repo, sessions),
  };
}

async function sizesOf(repo: Repository, sessions: readonly SessionFiles[]): Promise<Map<ObjectId, number>> {
  const ids = sessions.flatMap(({ entries, full }) => [
    ...[METADATA_FILE, PROMPT_FILE].flatMap((name) => findFile(entries, name)?.id ?? []),
    ...(transcriptFiles(full?.entries ?? [])?.pieces ?? []).map(({ id }) => id),
  ]);
  const infos = await repo.objectInfo(ids);
  return new Map(ids.flatMap((id, i): Array<[ObjectId, number]> => (infos[i] ? [[id, infos[i].size]] : [])));
}

async function countTasks(repo: Repository, sessions: readonly SessionFiles[]): Promise<Map<string, number>> {
  const withTasks = sessions.flatMap(({ name, tasks }) => (tasks === undefined ? [] : [{ name, id: tasks.id }]));
  const trees = await readTrees(
    repo,
    withTasks.map(({ id }) => id),
  );
  return new Map(
    withTasks.map(({ name }, i) => [name, (trees[i] ?? []).filter(({ mode }) => isTreeMode(mode)).length]),
  );
}
