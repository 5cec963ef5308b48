import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { isSessionFolderName, TASKS_FOLDER } from '../checkpoint/files.ts';
import type { RefName } from '../git/object-id.ts';
import { readTrees } from '../git/read-trees.ts';
import type { Repository } from '../git/repository.ts';
import { isTreeMode, type TreeEntry } from '../git/tree.ts';
import { transcriptFiles } from '../layout/transcript-reader.ts';
import { type FullFolder, readFullFolders, readPastFolders } from './full-folders.ts';
import type { OpenLayout } from './layouts.ts';

/** The files of one session, wherever its layout keeps them. */
export interface SessionFiles {
  /** The folder's name: a number, but not an index. */
  readonly name: string;
  /** Metadata and prompts, and in V1 everything else. */
  readonly entries: readonly TreeEntry[];
  /** Where the transcript lies; in V1 the same entries. `undefined` where there is no transcript. */
  readonly full: { readonly ref: RefName; readonly entries: readonly TreeEntry[] } | undefined;
  /** The session's folder of tasks. */
  readonly tasks: TreeEntry | undefined;
}

/** The files of one checkpoint in one layout. */
export interface CheckpointFiles {
  readonly entries: readonly TreeEntry[];
  /** In the order of their numbers. */
  readonly sessions: readonly SessionFiles[];
  /** What V2 keeps in the generations, of which nothing is in `entries`; none in V1. */
  readonly fullFolders: readonly FullFolder[];
}

/** Reads which files a checkpoint has in a layout: trees alone, no content. */
export async function readCheckpointFiles(
  repo: Repository,
  { layout, folders, refs }: OpenLayout,
  id: CheckpointId,
): Promise<CheckpointFiles> {
  const entries = (await folders.entries(id)) ?? [];
  const own = await sessionFolders(repo, entries);
  const v1Ref = layout === 'v1' ? refs.v1?.name : undefined;
  if (v1Ref !== undefined) return { entries, sessions: sessionsIn(own, () => v1Ref), fullFolders: [] };
  const full = await readFullFolders(repo, refs, id);
  const missing = new Set(own.keys());
  const strike = (folder: FullFolder) => {
    for (const [name, files] of folder.sessions) if (transcriptFiles(files) !== undefined) missing.delete(name);
    return missing.size === 0;
  };
  const isComplete = full.map(strike).includes(true);
  const past = isComplete ? [] : await readPastFolders(repo, refs, id, strike);
  return { entries, sessions: withFull(own, [...full, ...past]), fullFolders: full };
}

async function sessionFolders(repo: Repository, entries: readonly TreeEntry[]): Promise<Map<string, TreeEntry[]>> {
  const folders = entries.filter((entry) => isTreeMode(entry.mode) && isSessionFolderName(entry.name));
  const trees = await readTrees(
    repo,
    folders.map(({ id }) => id),
  );
  return new Map(folders.map(({ name }, i) => [name, trees[i] ?? []]));
}

function sessionsIn(own: ReadonlyMap<string, readonly TreeEntry[]>, refOf: () => RefName): SessionFiles[] {
  return [...own].sort(byNumber).map(([name, entries]) => {
    const full = transcriptFiles(entries) === undefined ? undefined : { ref: refOf(), entries };
    return { name, entries, full, tasks: tasksIn(entries) };
  });
}

/** The sessions on `main`, and those that only a generation has, each with the first transcript that a reader would find. */
function withFull(own: ReadonlyMap<string, readonly TreeEntry[]>, full: readonly FullFolder[]): SessionFiles[] {
  const names = new Set([...own.keys(), ...full.flatMap(({ sessions }) => [...sessions.keys()])]);
  const all = [...names].map((name): [string, readonly TreeEntry[]] => [name, own.get(name) ?? []]);
  return all.sort(byNumber).map(([name, entries]) => {
    const places = full.flatMap(({ ref, sessions }) => {
      const files = sessions.get(name);
      return files === undefined ? [] : [{ ref: ref.name, entries: files }];
    });
    return {
      name,
      entries,
      full: places.find((place) => transcriptFiles(place.entries) !== undefined),
      tasks: places.map((place) => tasksIn(place.entries)).find((tasks) => tasks !== undefined),
    };
  });
}

function tasksIn(entries: readonly TreeEntry[]): TreeEntry | undefined {
  return entries.find(({ name, mode }) => name === TASKS_FOLDER && isTreeMode(mode));
}

function byNumber([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return Number(a) - Number(b);
}
