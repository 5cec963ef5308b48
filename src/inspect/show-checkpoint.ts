import { shardPath } from '../checkpoint/checkpoint-id.ts';
import type { Repository } from '../git/repository.ts';
import { displayName } from '../git/tree.ts';
import type { Layout } from '../layout/ref-names.ts';
import { surveyFolder } from '../layout/survey.ts';
import { type CheckpointFolder, findAbsentBlobs, type Readable } from '../layout/survey-folders.ts';
import { type CheckpointContent, readContent } from './checkpoint-content.ts';
import { type CheckpointFiles, readCheckpointFiles, type SessionFiles } from './checkpoint-files.ts';
import type { CheckpointOddity, CheckpointReport } from './checkpoint-report.ts';
import { SessionNotFoundError } from './errors.ts';
import { type FoundCheckpoint, findCheckpoint } from './find-checkpoint.ts';
import { sessionReport, summaryReport } from './session-report.ts';

/** Which checkpoint, in which layout, and which of its sessions alone. */
export interface ShowOptions {
  readonly layout?: Layout | undefined;
  readonly session?: string | undefined;
}

/**
 * What a checkpoint holds: what its summary and its sessions say of themselves, where each file lies and how large it is, and
 * what is unusual. Reads metadata, never a transcript. Throws what `findCheckpoint` throws, and `SessionNotFoundError`.
 */
export async function showCheckpoint(
  repo: Repository,
  idPrefix: string,
  options: ShowOptions,
): Promise<CheckpointReport> {
  const found = await findCheckpoint(repo, idPrefix, options.layout);
  const [layout] = found.layouts;
  const files = await readCheckpointFiles(repo, layout, found.id);
  const sessions = sessionsAsked(found, files, options.session);
  const content = await readContent(repo, files, sessions);
  return {
    id: found.id,
    layout: layout.layout,
    layouts: found.layouts.map((one) => one.layout).sort(),
    ref: layout.ref.name,
    commit: layout.ref.id,
    summary: content.summary !== undefined && 'value' in content.summary ? summaryReport(content.summary.value) : null,
    sessionCount: files.sessions.length,
    sessions: sessions.map((session) => sessionReport(shardPath(found.id), session, content)),
    oddities: await findOddities(repo, found, files, content),
  };
}

/** The sessions that are meant, each of which there is. */
export function sessionsAsked(
  { id }: FoundCheckpoint,
  { sessions }: CheckpointFiles,
  session: string | undefined,
): readonly SessionFiles[] {
  if (session === undefined) return sessions;
  const named = sessions.filter(({ name }) => name === session);
  if (named.length > 0) return named;
  throw new SessionNotFoundError(
    id,
    session,
    sessions.map(({ name }) => name),
  );
}

/** What a survey would say of this checkpoint, if all its files lay in one folder as they do in V1. */
async function findOddities(
  repo: Repository,
  { id }: FoundCheckpoint,
  files: CheckpointFiles,
  content: CheckpointContent,
): Promise<CheckpointOddity[]> {
  const folder: CheckpointFolder = {
    id,
    entries: [...files.entries, ...files.fullFolders.flatMap(({ entries }) => entries)],
    sessions: files.sessions.map(({ name, entries, full }) => ({
      name,
      entries: full === undefined || full.entries === entries ? entries : [...entries, ...full.entries],
      metadata: mapped(content.metadata.get(name), ({ session_id, created_at }) => ({ session_id, created_at })),
    })),
    summary: mapped(content.summary, ({ sessions }) => ({ sessions })),
    absent: [],
    absentMetadata: new Map(),
  };
  await findAbsentBlobs(repo, [folder]);
  return surveyFolder(folder).oddities.map(({ code, path, detail }) => ({
    code: code.slice('V1_'.length) as CheckpointOddity['code'],
    path: displayName(path),
    detail: detail ?? null,
  }));
}

/** What is needed of what was read. Fields that are absent become `undefined`. */
function mapped<T, U>(readable: Readable<T> | undefined, pick: (value: T) => U): Readable<U> | undefined {
  return readable !== undefined && 'value' in readable ? { value: pick(readable.value) } : readable;
}
