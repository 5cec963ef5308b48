import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import type { Repository } from '../git/repository.ts';
import { displayName } from '../git/tree.ts';
import { absentFiles, type DescribedCheckpoint, mapped } from '../layout/describe-checkpoints.ts';
import type { CheckpointView, LayoutName, SessionView } from '../layout/layout.ts';
import { layoutOf } from '../layout/layouts.ts';
import { surveyCheckpoint } from '../layout/survey.ts';
import { type CheckpointContent, readContent } from './checkpoint-content.ts';
import type { CheckpointOddity, CheckpointReport } from './checkpoint-report.ts';
import { deletionOf } from './deletion.ts';
import { SessionNotFoundError } from './errors.ts';
import {
  type FilePlace,
  type FindOptions,
  type FoundCheckpoint,
  findCheckpoint,
  findCheckpointAt,
  openCheckpoint,
} from './find-checkpoint.ts';
import { namingCommits } from './naming.ts';
import { type ShownPath, sessionReport, summaryReport } from './session-report.ts';

/** In which layout, and which of its sessions alone. */
export interface ShowOptions extends FindOptions {
  readonly session?: string | undefined;
  /** Whether a transcript is shown for reading: hints repeat it. */
  readonly rendered?: boolean;
  /** Of so many sessions it is said what they hold; the others are counted. Default: 10,000. */
  readonly mostSessions?: number;
}

const MOST_SESSIONS = 10_000;

/** The checkpoint that a text names (`findCheckpoint`), or that a place in a file leads to (`findCheckpointAt`). */
export type Named = string | FilePlace;

/** Finds it. Throws what these two throw. */
export function findNamed(repo: Repository, named: Named, options: FindOptions): Promise<FoundCheckpoint> {
  return typeof named === 'string' ? findCheckpoint(repo, named, options) : findCheckpointAt(repo, named, options);
}

/**
 * What a checkpoint holds: what its summary and its sessions say of themselves, where each file lies and how large it is, and
 * what is unusual, and the commits that name it. Reads metadata, never a transcript. Throws what `findNamed` throws, and `SessionNotFoundError`.
 */
export async function showCheckpoint(repo: Repository, named: Named, options: ShowOptions): Promise<CheckpointReport> {
  const { id, views, lost } = await findNamed(repo, named, options);
  const [view] = views;
  const checkpoint = await openCheckpoint(view, id);
  const sessions = sessionsAsked(checkpoint, options.session).slice(0, options.mostSessions ?? MOST_SESSIONS);
  const content = await readContent(repo, checkpoint, sessions);
  const pathOf = shownPath(view.layout, id);
  return {
    checkpoint: id,
    layout: view.layout,
    layouts: lost === undefined ? views.map(({ layout }) => layout).sort() : [],
    deletion: lost === undefined ? null : deletionOf(lost),
    commits: (await namingCommits(repo)).get(id) ?? [],
    ref: checkpoint.at.name,
    commit: checkpoint.at.id,
    summary: content.summary !== undefined && 'value' in content.summary ? summaryReport(content.summary.value) : null,
    sessionCount: checkpoint.sessions.length,
    sessions: sessions.map((session) => sessionReport(session, content, pathOf)),
    oddities: await findOddities(repo, checkpoint, content),
  };
}

/** How the files of a checkpoint are named from the root of their tree. */
export function shownPath(layout: LayoutName, id: CheckpointId): ShownPath {
  return ({ path }) => displayName(layoutOf(layout).place(id, path).path);
}

/** The sessions that are meant, each of which there is. */
export function sessionsAsked({ id, sessions }: CheckpointView, session: string | undefined): readonly SessionView[] {
  if (session === undefined) return sessions;
  const named = sessions.filter(({ name }) => name === session);
  if (named.length > 0) return named;
  throw new SessionNotFoundError(
    id,
    session,
    sessions.map(({ name }) => name),
  );
}

/** What a survey would say of this checkpoint. */
async function findOddities(
  repo: Repository,
  checkpoint: CheckpointView,
  content: CheckpointContent,
): Promise<CheckpointOddity[]> {
  const described: DescribedCheckpoint = {
    checkpoint,
    summary: content.summary && mapped(content.summary, ({ sessions }) => ({ sessions })),
    metadata: content.origins,
    absentMetadata: new Map(),
  };
  const absent = await absentFiles(repo, [checkpoint]);
  return surveyCheckpoint(described, absent.get(checkpoint) ?? []).oddities.map(({ code, path, detail }) => ({
    code,
    path: displayName(path),
    detail: detail ?? null,
  }));
}
