import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { pieceNames, TRANSCRIPT_NAMES, type TranscriptNames } from '../checkpoint/transcript.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { Ref } from '../git/repository.ts';
import { isTreeMode } from '../git/tree.ts';
import type { FolderFiles } from './folder-files.ts';
import type { CheckpointView, FileEntry, SessionView, TranscriptFiles } from './layout.ts';

/** The last part of an entry's path. */
export function baseName({ path }: { readonly path: string }): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The raw transcript among the files of one session on one ref, under whichever names it has; `undefined` where there is none. */
export function transcriptAmong(files: readonly FileEntry[]): TranscriptFiles | undefined {
  const named = filesByName(files.filter(({ mode }) => !isTreeMode(mode)));
  for (const names of TRANSCRIPT_NAMES) {
    const transcript = transcriptNamed(named, names);
    if (transcript !== undefined) return transcript;
  }
  return undefined;
}

/** The files of one folder by their names. */
export function filesByName<F extends { readonly path: string }>(files: readonly F[]): Map<string, F> {
  return new Map(files.map((file) => [baseName(file), file]));
}

/** The pieces of the transcript that has these names in a folder, and its hash; `undefined` where there is none. */
export function transcriptNamed<F>(
  folder: ReadonlyMap<string, F>,
  names: TranscriptNames,
): { readonly pieces: readonly F[]; readonly hash: F | undefined } | undefined {
  const pieces = pieceNames(folder.keys(), names.transcript).flatMap((name) => folder.get(name) ?? []);
  return pieces.length === 0 ? undefined : { pieces, hash: folder.get(names.contentHash) };
}

/** A checkpoint that has all of its files in one folder. */
export function wholeCheckpoint(id: CheckpointId, at: Ref, tree: ObjectId, folder: FolderFiles): CheckpointView {
  const sessions = [...folder.sessions].map(([name, files]): SessionView => {
    return { name, files, transcript: transcriptAmong(files) };
  });
  return checkpointView(id, at, tree, folder.files, sessions);
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
