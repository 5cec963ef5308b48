import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { rawTranscript } from '../checkpoint/transcript.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { Ref, Repository } from '../git/repository.ts';
import { isTreeMode } from '../git/tree.ts';
import type { TreeMemory } from '../git/tree-memory.ts';
import { type FolderFiles, readFolders } from './folder-files.ts';
import type { CheckpointView, FileEntry, SessionView, TranscriptFiles } from './layout.ts';
import { BRANCH_REF } from './ref-names.ts';

/** The last part of an entry's path. */
export function baseName({ path }: { readonly path: string }): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The raw transcript among the files of one session on one ref, under whichever names it has; `undefined` where there is none. */
export function transcriptAmong(files: readonly FileEntry[]): TranscriptFiles | undefined {
  return rawTranscript(filesByName(files.filter((file) => isOfTranscript(file) && !isTreeMode(file.mode))));
}

/** The files of one folder by their names. */
export function filesByName<F extends { readonly path: string }>(files: readonly F[]): Map<string, F> {
  return new Map(files.map((file) => [baseName(file), file]));
}

/** Where a checkpoint is that has all of its files in one folder. */
export type WholePlace = Pick<CheckpointView, 'id' | 'at' | 'tree'>;

/** The checkpoints that lie whole at these places, in two round trips however many there are. Throws `BadObjectError`. */
export async function readWholeCheckpoints(
  repo: Repository,
  places: readonly WholePlace[],
  memory?: TreeMemory,
): Promise<CheckpointView[]> {
  const own = places.map(({ at, tree }) => ({ ref: at.name, tree }));
  const folders = await readFolders(repo, own, memory);
  return folders.map((folder, i) => {
    const { id, at, tree } = places[i] as WholePlace;
    const sessions = [...folder.sessions].map(([name, files]): SessionView => {
      return { name, files, transcript: transcriptAmong(files) };
    });
    return checkpointView(id, at, tree, folder.files, sessions);
  });
}

/** As `readWholeCheckpoints`, of folders as V1 has them, whichever commit they are from. */
export function readPlainCheckpoints(
  repo: Repository,
  folders: Iterable<readonly [CheckpointId, ObjectId]>,
  memory?: TreeMemory,
): Promise<CheckpointView[]> {
  const places = [...folders].map(([id, tree]) => ({ id, at: { name: BRANCH_REF, id: tree }, tree }));
  return readWholeCheckpoints(repo, places, memory);
}

/** A checkpoint whose transcripts and tasks lie elsewhere than its summary: in `holders`, in the order in which a reader looks. */
export function splitCheckpoint(
  id: CheckpointId,
  at: Ref,
  tree: ObjectId,
  { files, sessions }: FolderFiles,
  holders: readonly FolderFiles[],
): CheckpointView {
  const names = new Set([sessions, ...holders.map((holder) => holder.sessions)].flatMap((one) => [...one.keys()]));
  const views = [...names].map((name): SessionView => {
    const held = holders.map((holder) => holder.sessions.get(name) ?? []);
    const transcripts = held.map(transcriptAmong);
    const first = transcripts.findIndex((found) => found !== undefined);
    // A transcript and its hash are read from one place: other places have older ones.
    const read = held.map((own, i) => (first < 0 || i === first ? own : own.filter((file) => !isOfTranscript(file))));
    return { name, files: united(sessions.get(name) ?? [], read), transcript: transcripts[first] };
  });
  const heldFiles = holders.map((holder) => holder.files);
  return checkpointView(id, at, tree, united(files, heldFiles), views);
}

function isOfTranscript({ role }: FileEntry): boolean {
  return role === 'transcript' || role === 'hash';
}

/** The own files, and of the held ones with the same path the first. A folder may be here and there, with other files in it. */
function united(own: readonly FileEntry[], held: ReadonlyArray<readonly FileEntry[]>): FileEntry[] {
  const files = new Map(own.filter(({ mode }) => !isTreeMode(mode)).map((file) => [file.path, file]));
  const added: FileEntry[] = [];
  for (const file of held.flat()) {
    if (files.has(file.path)) continue;
    files.set(file.path, file);
    added.push(file);
  }
  return [...own, ...added];
}

function checkpointView(
  id: CheckpointId,
  at: Ref,
  tree: ObjectId,
  files: readonly FileEntry[],
  sessions: SessionView[],
): CheckpointView {
  sessions.sort((a, b) => Number(a.name) - Number(b.name));
  return { id, at, tree, files: [...files, ...sessions.flatMap((session) => session.files)], sessions };
}
