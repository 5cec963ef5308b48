import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import { isSessionFolderName } from '../../checkpoint/files.ts';
import { transcriptKey } from '../../compare/merge-transcripts.ts';
import { idsOf, type ObjectId } from '../../git/object-id.ts';
import type { ObjectOverlay } from '../../git/object-overlay.ts';
import type { Repository } from '../../git/repository.ts';
import { isTreeMode } from '../../git/tree.ts';
import { filesBelow, isSessionEntry, readFolders } from '../../layout/folder-files.ts';
import type { FileEntry, View } from '../../layout/layout.ts';

/** Where to look. */
interface Held {
  readonly repo: Repository;
  readonly objects: ObjectOverlay;
  /** V2. */
  readonly view: View;
}

/**
 * The checkpoints of which generations hold something that V1, with these folders, has not in the same checkpoint: a transcript, by its
 * files, or a file of a task. `main`, whose folders are compared by id, says nothing of either.
 */
export async function withUnheld(
  { repo, objects, view }: Held,
  v1: ReadonlyMap<CheckpointId, ObjectId>,
): Promise<ReadonlySet<CheckpointId>> {
  const found = new Set<CheckpointId>();
  await objects.load(v1.values());
  for await (const { id, at, files, sessions } of view.checkpoints({ ids: new Set(v1.keys()) })) {
    const ours = v1.get(id) as ObjectId;
    const keys = sessions.flatMap(({ transcript }) => transcript?.pieces.map((piece) => piece.id).join(' ') ?? []);
    const tasks = files.filter(({ ref, role }) => ref !== at.name && role !== 'transcript' && role !== 'hash');
    if ((await lacksTranscript(objects, ours, keys)) || (await lacksFile(repo, ours, tasks))) found.add(id);
  }
  return found;
}

async function lacksTranscript(objects: ObjectOverlay, ours: ObjectId, keys: readonly string[]): Promise<boolean> {
  if (keys.length === 0) return false;
  const folders = (await objects.tree(ours)).filter(isSessionEntry);
  await objects.load(idsOf(folders));
  const known = new Set<string | undefined>();
  for (const { id } of folders) known.add(transcriptKey(await objects.tree(id)));
  return keys.some((key) => !known.has(key));
}

/** A session can have another number in V1: there a file of it counts in any session. */
async function lacksFile(repo: Repository, ours: ObjectId, theirs: readonly FileEntry[]): Promise<boolean> {
  if (theirs.length === 0) return false;
  const [folder] = await readFolders(repo, [{ ref: '', tree: ours }]);
  const entries = [...(folder?.files ?? []), ...[...(folder?.sessions.values() ?? [])].flat()];
  const same = new Set(entries.map(keyOf));
  const others = theirs.filter((entry) => !same.has(keyOf(entry)));
  if (others.length === 0) return false;
  const folders = entries.filter(({ mode }) => isTreeMode(mode));
  const known = new Set((await filesBelow(repo, folders)).map(keyOf));
  return (await filesBelow(repo, others)).some((file) => !known.has(keyOf(file)));
}

function keyOf({ path, id }: FileEntry): string {
  const [first = '', ...rest] = path.split('/');
  return `${isSessionFolderName(first) ? ['session', ...rest].join('/') : path} ${id}`;
}
