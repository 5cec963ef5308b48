import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { isSessionFolderName } from '../checkpoint/files.ts';
import { withoutTranscriptFields } from '../checkpoint/summary.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { ObjectOverlay } from '../git/object-overlay.ts';
import { visitDocuments } from '../git/read-usable.ts';
import type { Repository } from '../git/repository.ts';
import { isRegularFileMode, type TreeEntry } from '../git/tree.ts';
import { baseName } from '../layout/checkpoint-view.ts';
import { describeCheckpoints, sessionIdsOf } from '../layout/describe-checkpoints.ts';
import type { CheckpointView, FileEntry, LayoutName } from '../layout/layout.ts';
import { layoutOf } from '../layout/layouts.ts';
import type { CheckpointSurvey } from '../layout/survey.ts';
import type { ExpectedFolders } from './checkpoint-sides.ts';

/** A checkpoint of any layout in the two folders that V2 would have of it, and what its sessions are known by. */
export interface SplitCheckpoint extends ExpectedFolders {
  readonly view: CheckpointView;
  readonly main: ObjectId;
  readonly facts: CheckpointSurvey;
}

/** What is made of a summary, in its plain form or V2's, so that those of several layouts can be compared. */
export type SummaryForm = (summary: Buffer, id: CheckpointId) => Buffer;

/** What the summaries of two layouts are compared by: what V2 says, which is nothing of raw transcripts; sorted where one is git-refs. */
export function comparableSummary(layouts: readonly LayoutName[]): SummaryForm {
  const other = layouts.map(layoutOf).find(({ toPlain }) => toPlain !== undefined);
  if (other === undefined) return withoutTranscriptFields;
  return (summary, id) => other.fromPlain(withoutTranscriptFields(summary), id);
}

/** What of a checkpoint lies in generations. */
const IN_GENERATIONS: ReadonlySet<FileEntry['role']> = new Set<FileEntry['role']>(['transcript', 'hash', 'task']);

/**
 * Brings checkpoints of any layout into one form, in which they can be compared by content: the folders that V2 would have of each, staged
 * in `objects`, their summaries in V2's form, or in the one that is given. Blobs but summaries and metadata are not read; a summary that
 * is absent stays as it is.
 */
export async function splitViews(
  repo: Repository,
  objects: ObjectOverlay,
  layout: LayoutName,
  views: readonly CheckpointView[],
  form: SummaryForm = withoutTranscriptFields,
): Promise<SplitCheckpoint[]> {
  const described = await describeCheckpoints(repo, views);
  const summaries = await readSummaries(repo, objects, { layout, form }, views);
  return described.map((one) => {
    const { checkpoint } = one;
    const ids = sessionIdsOf(one);
    const sessions = checkpoint.sessions.map(({ name, transcript }) => {
      return { name, sessionId: ids.get(name), createdAt: undefined, hasTranscript: transcript !== undefined };
    });
    const files = checkpoint.files.map((file) =>
      file.role === 'summary' ? { ...file, id: summaries.get(checkpoint.id) ?? file.id } : file,
    );
    const isFull = ({ role, ref }: FileEntry) =>
      IN_GENERATIONS.has(role) || (layoutOf(layout).hasGenerations && ref !== checkpoint.at.name);
    const full = files.filter(isFull);
    return {
      view: checkpoint,
      main: folderOf(
        objects,
        files.filter((file) => !isFull(file)),
      ),
      full: full.length === 0 ? null : folderOf(objects, full),
      facts: { id: checkpoint.id, sessions },
    };
  });
}

async function readSummaries(
  repo: Repository,
  objects: ObjectOverlay,
  { layout, form }: { readonly layout: LayoutName; readonly form: SummaryForm },
  views: readonly CheckpointView[],
): Promise<ReadonlyMap<CheckpointId, ObjectId>> {
  const { hasGenerations, toPlain } = layoutOf(layout);
  const isInForm = hasGenerations && form === withoutTranscriptFields;
  const wanted = views.flatMap(({ id, files }) => {
    const summary = files.find(({ role, mode }) => role === 'summary' && isRegularFileMode(mode));
    return summary === undefined || isInForm ? [] : [{ id, blob: summary.id }];
  });
  const summaries = new Map<CheckpointId, ObjectId>();
  const blobs = wanted.map(({ blob }) => blob);
  await visitDocuments(repo, blobs, (document, i) => {
    const one = wanted[i];
    if (one === undefined || !(document instanceof Buffer)) return;
    const plain = toPlain?.(document, one.id) ?? document;
    summaries.set(one.id, objects.add('blob', form(plain, one.id)));
  });
  return summaries;
}

/** The tree of these files, each once: of two with one path the first counts. */
function folderOf(objects: ObjectOverlay, files: readonly FileEntry[]): ObjectId {
  const root = new Map<string, TreeEntry>();
  const sessions = new Map<string, Map<string, TreeEntry>>();
  for (const { path, mode, id } of files) {
    const name = baseName({ path });
    const [first = ''] = path.split('/');
    const isInSession = path.includes('/') && isSessionFolderName(first);
    const folder = isInSession ? (sessions.get(first) ?? new Map<string, TreeEntry>()) : root;
    if (isInSession) sessions.set(first, folder);
    if (!folder.has(name)) folder.set(name, { mode, name, id });
  }
  for (const [name, entries] of sessions)
    root.set(name, { mode: '40000', name, id: objects.addTree(entries.values()) });
  return objects.addTree(root.values());
}

/** True where both folders of two checkpoints are the same, so that there is nothing to compare. */
export function areSame(a: ExpectedFolders, b: ExpectedFolders): boolean {
  return a.main === b.main && a.full === b.full;
}
