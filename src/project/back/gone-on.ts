import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import {
  longerTranscript,
  mergeFolders,
  readFolder,
  type SessionChoice,
  sessionFolderOf,
} from '../../compare/merge-checkpoint.ts';
import { transcriptKey } from '../../compare/merge-transcripts.ts';
import type { ObjectId } from '../../git/object-id.ts';
import type { ObjectOverlay } from '../../git/object-overlay.ts';
import type { Repository } from '../../git/repository.ts';
import type { TreeEntry } from '../../git/tree.ts';
import { isSessionEntry } from '../../layout/folder-files.ts';
import type { LayoutName } from '../../layout/layout.ts';
import { layoutOf } from '../../layout/layouts.ts';
import { withTasks } from './held-tasks.ts';
import { imagesOfBranch } from './images-of-branch.ts';
import type { PlainFolders } from './plain-folders.ts';

/** A checkpoint that V1 and a layout have, and not the same. */
export interface TwoVersions {
  readonly id: CheckpointId;
  /** V1's folder. */
  readonly ours: ObjectId;
  /** The folder that the layout has. */
  readonly theirs: ObjectId;
  /** All that the layout had of it, oldest first; the last is `theirs`. */
  readonly past: readonly ObjectId[];
}

/** What V1 gets of a checkpoint that it has. */
export type GoneOn =
  /** V1 has what the layout had once: it gets each state since. */
  | { readonly kind: 'followed'; readonly since: ObjectId; readonly sessions: readonly string[] }
  /** V1's folder with what it lacks, and the sessions that changed by the names that they have there and in the layout. */
  | {
      readonly kind: 'merged';
      readonly folder: ObjectId;
      readonly sessions: readonly string[];
      readonly from: readonly string[];
    };

/**
 * What a layout has of a checkpoint that V1 has too and lacks: sessions, and what sessions and files have become since V1 got them.
 * What V1 has otherwise stays V1's, but for a session whose transcript is continued in the layout. `undefined` where V1 lacks nothing.
 */
export async function goneOn(
  repo: Repository,
  objects: ObjectOverlay,
  layout: LayoutName,
  versions: TwoVersions,
  plain: PlainFolders,
): Promise<GoneOn | undefined> {
  const { id, ours, theirs, past } = versions;
  const image = await imageOf(repo, objects, layout, versions);
  const { hasGenerations } = layoutOf(layout);
  // The past of folders says nothing of transcripts that lie elsewhere.
  if (!hasGenerations && image !== undefined && past.includes(image)) {
    return { kind: 'followed', since: image, sessions: await changedSessions(objects, image, theirs) };
  }
  const unchanged = new Set((await entriesOfPast(objects, image, past)).map(({ name }) => name));
  const base = objects.addTree((await objects.tree(ours)).filter(({ name }) => unchanged.has(name)));
  const taken = new Map<string, string>();
  const paired = new Map<string, string>();
  const choose: SessionChoice = async (session) => {
    const chosen = await choice(repo, objects, layout, session);
    paired.set(session.theirSession, session.session);
    if (chosen === session.theirs) taken.set(session.theirSession, session.session);
    return chosen;
  };
  const [second = theirs] = await plain([[id, theirs]]);
  const merged = await mergeFolders(objects, { id, first: ours, second, base, isSecondLater: false }, choose);
  const all = new Map([...taken, ...merged.added]);
  if (!hasGenerations) return mergedAs(merged.folder, ours, all);
  const nameOf = (session: string) => merged.added.get(session) ?? paired.get(session);
  const tasked = await withTasks(repo, objects, { id, ours: merged.folder, plain: second }, nameOf);
  return mergedAs(tasked.folder, ours, new Map([...all, ...tasked.sessions]));
}

function mergedAs(folder: ObjectId, ours: ObjectId, sessions: ReadonlyMap<string, string>): GoneOn | undefined {
  if (folder === ours) return undefined;
  return { kind: 'merged', folder, sessions: [...sessions.values()], from: [...sessions.keys()] };
}

/** Which version of a session V1 gets. */
async function choice(
  repo: Repository,
  objects: ObjectOverlay,
  layout: LayoutName,
  { ours, theirs, base }: Parameters<SessionChoice>[0],
): Promise<ObjectId> {
  const wasThere = ours === base;
  if (wasThere && !layoutOf(layout).hasGenerations) return theirs;
  const [one, other] = [transcriptKey(await objects.tree(ours)), transcriptKey(await objects.tree(theirs))];
  if (one === other) return wasThere ? theirs : ours;
  return (await longerTranscript(repo, objects, ours, theirs)) ?? ours;
}

/** What V1's folder of a checkpoint is in a layout. */
async function imageOf(
  repo: Repository,
  objects: ObjectOverlay,
  layout: LayoutName,
  { id, ours }: TwoVersions,
): Promise<ObjectId | undefined> {
  return (await imagesOfBranch(repo, objects, layout, new Map([[id, ours]])))(id);
}

/** The entries of V1's folder, as the layout would have it, that the layout had at any time: a session under any number. */
async function entriesOfPast(
  objects: ObjectOverlay,
  image: ObjectId | undefined,
  past: readonly ObjectId[],
): Promise<TreeEntry[]> {
  const known = new Set<string>();
  for (const folder of new Set(past)) for (const entry of await objects.tree(folder)) known.add(keyOf(entry));
  return (await objects.tree(image)).filter((entry) => known.has(keyOf(entry)));
}

function keyOf(entry: TreeEntry): string {
  return isSessionEntry(entry) ? entry.id : `${entry.name} ${entry.id}`;
}

/** True where V1's folder has something that the layout had once and has not any more: it has become something else there. */
export async function hasOldState(
  repo: Repository,
  objects: ObjectOverlay,
  layout: LayoutName,
  versions: TwoVersions,
): Promise<boolean> {
  const { theirs, past } = versions;
  const old = await entriesOfPast(objects, await imageOf(repo, objects, layout, versions), past);
  const now = new Set((await objects.tree(theirs)).map(keyOf));
  return old.some((entry) => !now.has(keyOf(entry)));
}

async function changedSessions(objects: ObjectOverlay, before: ObjectId, after: ObjectId): Promise<string[]> {
  const [old, now] = [await readFolder(objects, before), await readFolder(objects, after)];
  return [...(now?.sessions ?? [])].flatMap(([name, session]) => {
    const was = old?.entries.get(sessionFolderOf(old, session, name) ?? '');
    return was?.id === now?.entries.get(name)?.id ? [] : [name];
  });
}
