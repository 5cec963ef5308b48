import {
  type CheckpointSummary,
  parseSessionMetadata,
  parseSummary,
  type SessionMetadata,
} from '../checkpoint/metadata.ts';
import { idsOf, type ObjectId } from '../git/object-id.ts';
import { readTrees } from '../git/read-trees.ts';
import { visitUsable } from '../git/read-usable.ts';
import type { Repository } from '../git/repository.ts';
import { isTreeMode } from '../git/tree.ts';
import { mapped, type ReadResult, read, type SessionOrigin } from '../layout/describe-checkpoints.ts';
import type { CheckpointView, FileEntry, SessionView } from '../layout/layout.ts';

/** What was read of a checkpoint's files; by session where there is one for each. */
export interface CheckpointContent {
  readonly summary: ReadResult<CheckpointSummary> | undefined;
  /** Of the sessions that are to be shown. */
  readonly metadata: ReadonlyMap<string, ReadResult<SessionMetadata>>;
  /** Of all sessions. */
  readonly origins: ReadonlyMap<string, ReadResult<SessionOrigin>>;
  readonly contentHashes: ReadonlyMap<string, string>;
  readonly sizes: ReadonlyMap<ObjectId, number>;
  readonly tasks: ReadonlyMap<string, number>;
}

/** Reads the metadata of all sessions; content hashes, sizes and tasks of those that are to be shown. */
export async function readContent(
  repo: Repository,
  checkpoint: CheckpointView,
  sessions: readonly SessionView[],
): Promise<CheckpointContent> {
  let summary: ReadResult<CheckpointSummary> | undefined;
  const metadata = new Map<string, ReadResult<SessionMetadata>>();
  const origins = new Map<string, ReadResult<SessionOrigin>>();
  const shown = new Set(sessions.map(({ name }) => name));
  const contentHashes = new Map<string, string>();
  const wanted: Array<{ id: ObjectId; take: (content: Buffer) => void }> = [];
  const want = (file: FileEntry | undefined, take: (content: Buffer) => void) => {
    if (file !== undefined) wanted.push({ id: file.id, take });
  };
  want(fileWithRole(checkpoint.files, 'summary'), (content) => {
    summary = read(() => parseSummary(content));
  });
  for (const { name, files, transcript } of checkpoint.sessions) {
    want(fileWithRole(files, 'metadata'), (content) => {
      const parsed = read(() => parseSessionMetadata(content));
      origins.set(
        name,
        mapped(parsed, ({ session_id, created_at }) => ({ session_id, created_at })),
      );
      if (shown.has(name)) metadata.set(name, parsed);
    });
    if (shown.has(name)) want(transcript?.hash, (content) => contentHashes.set(name, content.toString('utf8').trim()));
  }
  await visitUsable(repo, idsOf(wanted), (object, i) => {
    if (object !== undefined) wanted[i]?.take(object.content);
  });
  const [sizes, tasks] = [await sizesOf(repo, sessions), await countTasks(repo, sessions)];
  return { summary, metadata, origins, contentHashes, sizes, tasks };
}

/** The first of some files that has this role. */
export function fileWithRole(files: readonly FileEntry[], role: FileEntry['role']): FileEntry | undefined {
  return files.find((file) => file.role === role);
}

async function sizesOf(repo: Repository, sessions: readonly SessionView[]): Promise<Map<ObjectId, number>> {
  const ids = sessions.flatMap(({ files, transcript }) => [
    ...[fileWithRole(files, 'metadata'), fileWithRole(files, 'prompts'), ...(transcript?.pieces ?? [])].flatMap(
      (file) => file?.id ?? [],
    ),
  ]);
  const infos = await repo.objectInfo(ids);
  return new Map(ids.flatMap((id, i): Array<[ObjectId, number]> => (infos[i] ? [[id, infos[i].size]] : [])));
}

async function countTasks(repo: Repository, sessions: readonly SessionView[]): Promise<Map<string, number>> {
  const withTasks = sessions.flatMap(({ name, files }) => {
    const tasks = files.find(({ role, mode }) => role === 'task' && isTreeMode(mode));
    return tasks === undefined ? [] : [{ name, id: tasks.id }];
  });
  const trees = await readTrees(repo, idsOf(withTasks));
  return new Map(
    withTasks.map(({ name }, i) => [name, (trees[i] ?? []).filter(({ mode }) => isTreeMode(mode)).length]),
  );
}
