import { METADATA_FILE } from '../checkpoint/files.ts';
import { summaryListing } from '../checkpoint/summary-edit.ts';
import { OUR_NAMES } from '../checkpoint/transcript.ts';
import { joinSessions } from '../compare/join-sessions.ts';
import { generationSize } from '../generations/size.ts';
import { commitHeader, parseCommit } from '../git/commit.ts';
import { parsedCommit } from '../git/commit-trees.ts';
import type { ObjectId, RefName } from '../git/object-id.ts';
import { ObjectOverlay } from '../git/object-overlay.ts';
import { contentIn, readDocuments } from '../git/read-usable.ts';
import { rehearsal } from '../git/rehearsal.ts';
import type { ObjectWriter, RefUpdate, Repository } from '../git/repository.ts';
import { filesBelow, readFolders } from '../layout/folder-files.ts';
import { readLayoutRefs } from '../layout/layout-refs.ts';
import type { LostCheckpoint } from '../layout/lost-checkpoints.ts';
import { MAIN_REF } from '../layout/ref-names.ts';
import { openSplit, V2 } from '../layout/v2-layout.ts';
import { FateRecord } from '../project/back/session-fate.ts';
import { plainFoldersOf } from '../project/back/surplus.ts';
import { CheckpointDraft, type DraftOptions } from '../stores/checkpoint-draft.ts';
import { readSettings } from '../stores/settings.ts';
import { cannotJoin, messageFor, plainLost, type RestoreContext, type RestorePlan, restored } from './restore-plan.ts';
import type { RestoredCheckpoint } from './restore-result.ts';

/**
 * Plans how V2 gets lost checkpoints and sessions again, as a write would put them there, rotations included: each in one commit on `main`, by
 * the author and with the date of the one below it, so that every clone makes the same. Each is rehearsed on top of the one before; all move
 * in one transaction.
 */
export async function planOnSplit({ repo, refs, lost }: RestoreContext): Promise<RestorePlan> {
  const objects = new ObjectOverlay(repo);
  const scene = rehearsal(repo, objects);
  const { fullCurrentMode: mode } = await readSettings(repo);
  const options: DraftOptions = { layout: V2, generations: { mode, ...(await generationSize(repo, {})) } };
  const moved = new Map<RefName, RefUpdate>();
  const commits: ObjectId[] = [];
  const checkpoints: RestoredCheckpoint[] = [];
  const main = refs.find(({ name }) => name === MAIN_REF)?.id;
  for (const one of lost) {
    const like = main ?? one.last.id;
    const identity = commitHeader(parsedCommit(like, (await repo.readObjects([like]))[0]), 'author') ?? '';
    const draft = await CheckpointDraft.open(scene, one.id, options);
    const sessionCount = await (one.isWhole && (await draft.names()).length === 0
      ? addWhole(scene, objects, draft, one)
      : addSessions(scene, objects, draft, one));
    const { refs: updates } = await draft.commit(messageFor([one]), identity);
    await scene.updateRefs(updates, '');
    for (const update of updates) {
      moved.set(update.ref, { ...update, old: moved.get(update.ref)?.old ?? update.old });
      if (update.new !== null) commits.push(update.new);
    }
    checkpoints.push(restored(one, sessionCount));
  }
  const writer = repo.objectWriter();
  for (const commit of commits) storeHistory(objects, commit, writer);
  return { checkpoints, writer, updates: [...moved.values()] };
}

/** Takes over a commit that is staged, and those before it. */
function storeHistory(objects: ObjectOverlay, id: ObjectId, writer: ObjectWriter): void {
  const staged = objects.staged(id);
  if (staged?.type !== 'commit') return;
  for (const parent of parseCommit(staged.content).parents) storeHistory(objects, parent, writer);
  objects.store(id, writer);
}

async function addWhole(
  scene: Repository,
  objects: ObjectOverlay,
  draft: CheckpointDraft,
  one: LostCheckpoint,
): Promise<undefined> {
  await addFiles(scene, draft, await plainLost(scene, objects, one));
  draft.startGeneration();
}

/** Adds the lost sessions, under numbers that are free. Returns how many these are. */
async function addSessions(
  scene: Repository,
  objects: ObjectOverlay,
  draft: CheckpointDraft,
  one: LostCheckpoint,
): Promise<number> {
  const view = openSplit(scene, await readLayoutRefs(scene));
  const folder = (await view?.folders({ ids: new Set([one.id]) }))?.get(one.id);
  if (view === undefined || folder === undefined) throw cannotJoin(one);
  const plain = await plainFoldersOf({ repo: scene, objects, view }, new Set([one.id]), new FateRecord());
  const [ours = folder] = await plain([[one.id, folder]]);
  const joined = await joinSessions(objects, one.id, ours, await plainLost(scene, objects, one));
  if (joined === undefined) throw cannotJoin(one);
  await addFiles(scene, draft, joined.folder, new Set(joined.sessions));
  let summary = await draft.fileToEdit(METADATA_FILE);
  for (const session of joined.sessions) summary = summaryListing(summary, await draft.listed(session)) ?? summary;
  if (summary !== undefined) draft.write(METADATA_FILE, summary);
  return joined.sessions.length;
}

/** Puts the files of a plain folder into a draft, of these sessions alone where they are given; transcripts under the generation's names. */
async function addFiles(
  scene: Repository,
  draft: CheckpointDraft,
  plain: ObjectId,
  only?: ReadonlySet<string>,
): Promise<void> {
  const [folder] = await readFolders(scene, [{ ref: '', tree: plain }]);
  const edits = new Map<string, { readonly mode: string; readonly id: ObjectId }>();
  for (const [session, files] of folder?.sessions ?? []) {
    if (only?.has(session) === false) continue;
    const names = await draft.transcriptNames(session);
    for (const { path, mode, id, role } of await filesBelow(scene, files)) {
      const own = role === 'transcript' ? 'transcript' : role === 'hash' ? 'contentHash' : undefined;
      edits.set(own === undefined ? path : path.replace(`/${OUR_NAMES[own]}`, `/${names[own]}`), { mode, id });
    }
  }
  for (const { path, mode, id, role } of only === undefined ? await filesBelow(scene, folder?.files ?? []) : []) {
    const [document] = role === 'summary' ? await readDocuments(scene, [id]) : [];
    const content = contentIn(document);
    const summary = content && draft.writer.add('blob', V2.fromPlain(content, draft.id));
    edits.set(path, { mode, id: summary ?? id });
  }
  draft.edit(edits);
}
