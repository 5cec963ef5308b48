import { appendTo } from '../../checkpoint/append-to.ts';
import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import { METADATA_FILE } from '../../checkpoint/files.ts';
import { plainOfRefsSummary, plainOfSplitSummary, type SessionFileNames } from '../../checkpoint/plain-summary.ts';
import { COMPACT_NAMES, namesInUse, plainPath } from '../../checkpoint/transcript.ts';
import { addTreeOf } from '../../git/add-tree.ts';
import type { ObjectId } from '../../git/object-id.ts';
import { readTrees } from '../../git/read-trees.ts';
import { contentIn, readDocuments } from '../../git/read-usable.ts';
import type { ObjectSink, Repository } from '../../git/repository.ts';
import { isRegularFileMode, serializeTree } from '../../git/tree.ts';
import { type FolderPlace, filesBelow, readFolders } from '../../layout/folder-files.ts';
import { isSummary } from '../../layout/folder-kinds.ts';
import type { FileEntry, View } from '../../layout/layout.ts';
import { PlainStarts } from './plain-start.ts';
import type { FateRecord, SessionFate } from './session-fate.ts';

/**
 * Makes the folders of checkpoints as V1 has them, in the order that is given, out of those that a layout has of them at any commit of its
 * history. Many at once take as many round trips to git as one.
 */
export type PlainFolders = (folders: ReadonlyArray<readonly [CheckpointId, ObjectId]>) => Promise<ObjectId[]>;

/** For git-refs, whose folders are V1's but for the summary. */
export function plainFoldersOfRefs(repo: Repository, sink: ObjectSink): PlainFolders {
  return async (folders) => {
    const ids = folders.map(([, folder]) => folder);
    const trees = await readTrees(repo, ids);
    const summaries = trees.map((entries) => entries.find((entry) => isSummary('checkpoint', entry)));
    const blobs = [...new Set(summaries.flatMap((summary) => summary?.id ?? []))];
    const documents = await readDocuments(repo, blobs);
    const contents = new Map(blobs.map((blob, i) => [blob, contentIn(documents[i])]));
    return folders.map(([id, folder], i) => {
      const entries = trees[i] ?? [];
      const summary = summaries[i];
      const content = summary && contents.get(summary.id);
      const plain = content && plainOfRefsSummary(content, id);
      if (plain === content) return folder;
      const changed = sink.add('blob', plain as Buffer);
      return sink.add(
        'tree',
        serializeTree(entries.map((entry) => (entry === summary ? { ...entry, id: changed } : entry))),
      );
    });
  };
}

/**
 * For V2: what `main` has at some commit, and the transcripts and tasks that generations have now of the sessions in it, in V1's
 * places and under V1's names. What becomes of each session is taken down.
 */
export async function plainFoldersOfSplit(
  repo: Repository,
  sink: ObjectSink,
  view: View,
  ids: ReadonlySet<CheckpointId>,
  fates: FateRecord,
): Promise<PlainFolders> {
  const inGenerations = new Map<CheckpointId, HeldFiles>();
  for await (const { id, at, files } of view.checkpoints({ ids })) {
    const held = files.filter(({ ref }) => ref !== at.name);
    inGenerations.set(id, await heldFiles(repo, held));
  }
  const tips = await view.folders({ ids });
  const starts = new PlainStarts(repo, sink);
  const plainOf = async (id: CheckpointId, folder: ObjectId) => {
    const [onMain] = await readFolders(repo, [{ ref: view.where, tree: folder }]);
    const sessions = onMain?.sessions ?? new Map<string, readonly FileEntry[]>();
    const own = await filesBelow(repo, [...(onMain?.files ?? []), ...[...sessions.values()].flat()]);
    const held = inGenerations.get(id) ?? NOTHING_HELD;
    // A session that has nothing but a transcript, so that main does not say since when, comes with the last state.
    const isLast = tips.get(id) === folder;
    const others = held.files.filter(({ path }) => {
      const [first = ''] = path.split('/');
      return isLast || sessions.has(first) || !/^\d+$/.test(first);
    });
    const files = new Map([...others, ...own].map((file) => [file.path, file]));
    const named = sessionNames(files.keys());
    const fate = new Map<string, SessionFate>();
    for (const session of sessions.keys()) {
      const isWithoutTranscript = named.get(session)?.transcript === undefined;
      const isCompact = held.raw.has(session) || (isWithoutTranscript && files.has(compactHash(session)));
      const start = isCompact ? await starts.put(files, session) : undefined;
      fate.set(session, { isWithoutTranscript, start });
    }
    fates.set(id, fate);
    const summary = files.get(METADATA_FILE);
    if (summary !== undefined && isRegularFileMode(summary.mode)) {
      const plain = await plainBlob(repo, sink, summary.id, (content) =>
        plainOfSplitSummary(content, id, (name) => named.get(name)),
      );
      files.set(METADATA_FILE, { ...summary, id: plain });
    }
    return addTreeOf(
      sink,
      [...files.values()].map(({ path, mode, id: object }) => [path.split('/'), mode, object]),
    );
  };
  return async (folders) => {
    const made: ObjectId[] = [];
    for (const [id, folder] of folders) made.push(await plainOf(id, folder));
    return made;
  };
}

/** The folder that V1 has of a checkpoint of which V2 has files in generations alone; `places` are those, in the order of reading. */
export async function plainFolderHeldAlone(
  repo: Repository,
  sink: ObjectSink,
  places: readonly FolderPlace[],
): Promise<ObjectId> {
  const held = new Map<string, FileEntry>();
  for (const { files, sessions } of await readFolders(repo, places)) {
    for (const file of await filesBelow(repo, [...files, ...[...sessions.values()].flat()])) {
      if (!held.has(file.path)) held.set(file.path, file);
    }
  }
  return addTreeOf(
    sink,
    withBranchNames([...held.values()]).map(({ path, mode, id }) => [path.split('/'), mode, id]),
  );
}

/** What generations hold of a checkpoint, under V1's names. */
interface HeldFiles {
  readonly files: readonly FileEntry[];
  /** The sessions whose transcripts have the names that Entire's V2 gave them: those count in lines of compact transcripts. */
  readonly raw: ReadonlySet<string>;
}

const NOTHING_HELD: HeldFiles = { files: [], raw: new Set() };

async function heldFiles(repo: Repository, files: readonly FileEntry[]): Promise<HeldFiles> {
  const named = withBranchNames(files);
  const raw = files.filter((file, i) => named[i]?.path !== file.path).map(({ path }) => path.split('/')[0] ?? '');
  return { files: await filesBelow(repo, named), raw: new Set(raw) };
}

/** Where a session has the hash of a compact transcript that Entire's V2 wrote. */
function compactHash(session: string): string {
  return `${session}/${COMPACT_NAMES.contentHash}`;
}

async function plainBlob(
  repo: Repository,
  sink: ObjectSink,
  blob: ObjectId,
  plainOf: (content: Buffer) => Buffer,
): Promise<ObjectId> {
  const [document] = await readDocuments(repo, [blob]);
  const content = contentIn(document);
  if (content === undefined) return blob;
  const plain = plainOf(content);
  return plain === content ? blob : sink.add('blob', plain);
}

/** Transcripts and their hashes under V1's names, in sessions that do not have those names already. */
function withBranchNames(files: readonly FileEntry[]): FileEntry[] {
  const taken = new Set(files.map(({ path }) => path));
  return files.map((file) => {
    const path = /^\d+\/[^/]+$/.test(file.path) ? plainPath(file.path) : file.path;
    return taken.has(path) ? file : { ...file, path };
  });
}

/** What a summary can name of each session. */
function sessionNames(paths: Iterable<string>): Map<string, SessionFileNames> {
  const bySession = new Map<string, string[]>();
  for (const path of paths) {
    const [, session, name] = /^(\d+)\/([^/]+)$/.exec(path) ?? [];
    if (session !== undefined && name !== undefined) appendTo(bySession, session, name);
  }
  return new Map(
    [...bySession].map(([session, names]) => {
      const found = namesInUse(names);
      const contentHash = names.find((name) => name === found?.contentHash);
      return [session, { transcript: found?.transcript, contentHash }];
    }),
  );
}
