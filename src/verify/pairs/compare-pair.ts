import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import { BadObjectError } from '../../git/errors.ts';
import type { ObjectId } from '../../git/object-id.ts';
import type { Ref, Repository } from '../../git/repository.ts';
import { filesBelow } from '../../layout/folder-files.ts';
import type { HeldAlone } from '../../layout/generations-alone.ts';
import type { FileEntry, LayoutName, LayoutPair, View } from '../../layout/layout.ts';
import { agreeing, codeWord, LAYOUT_NAMES } from '../../layout/layout-names.ts';
import { layoutRefsAmong } from '../../layout/layout-refs.ts';
import { layoutOf, openLayout, openSecondBranch } from '../../layout/layouts.ts';
import { countSessions, readableFolders } from '../../layout/readable.ts';
import { hashingSink } from '../../project/projection.ts';
import { CheckpointTrees } from '../../project/refs/checkpoint-trees.ts';
import { readDeletedCheckpoints } from '../../project/refs/deleted-checkpoints.ts';
import { readManifestEntries } from '../check-manifest.ts';
import { type Finding, finding } from '../finding.ts';
import { foundList } from '../finding-list.ts';
import { wordsOf } from '../pair-words.ts';
import { aloneIn, sameInGenerationsAlone } from './alone-in-pair.ts';
import { deletedCheckpoint, idsIn, placeOfCheckpoint, unreadableCheckpoint } from './checkpoint-findings.ts';
import { compareBranchWithRefs } from './compare-branch-refs.ts';
import { compareContents } from './compare-contents.ts';
import type { FoldersById, OpenPair, PairComparison } from './open-pair.ts';
import { withoutFiles } from './without-files.ts';

/** What a comparison of two layouts has found. */
export interface PairCompared {
  readonly findings: readonly Finding[];
  /** Checkpoints and sessions of the source that were looked at, and V1 commits whose images were. */
  readonly checkpoints: number;
  readonly sessions: number;
  readonly commits: number;
  /** The checkpoints that either layout has, of those that were looked at. */
  readonly known: ReadonlySet<CheckpointId>;
}

/**
 * Compares any two layouts: whether the target has what the source has. V1 and git-refs by object ids first, since git-refs that this
 * program made follow from V1; everything else by content. Never stops at what can't be read.
 */
export async function comparePair(comparison: PairComparison): Promise<PairCompared> {
  const { repo, from, to, refs } = comparison;
  const layouts = { from, to };
  const [source, target] = [openView(repo, from, refs), openView(repo, to, refs)];
  if (source === undefined || target === undefined) {
    if (source !== undefined && (await isEmpty(source))) return { ...NOTHING, findings: [] };
    return { ...NOTHING, findings: [missingLayout(source === undefined ? from : to, layouts)] };
  }
  const findings: Finding[] = [];
  const { ids } = comparison;
  const [sourceIds, targetIds] = [await idsIn(source, ids, layouts), await idsIn(target, ids, layouts)];
  const unread = [sourceIds, targetIds].flatMap(({ finding: one }) => one ?? []);
  if (unread.length > 0) return { ...NOTHING, findings: unread };
  const ours = await readableFolders(source, sourceIds.ids);
  const theirs = await readableFolders(target, targetIds.ids);
  for (const [view, { unreadable }] of [[source, ours] as const, [target, theirs] as const]) {
    for (const [id, reason] of unreadable) findings.push(unreadableCheckpoint(view, id, reason, layouts));
  }
  const looked = new Map([
    [source, await countSessions(repo, ours.read)],
    [target, await countSessions(repo, theirs.read)],
  ]);
  for (const [view, { unreadable }] of looked) {
    for (const id of unreadable)
      findings.push(unreadableCheckpoint(view, id, 'its folder is absent or damaged', layouts));
  }
  const nothing = await withoutFiles(repo, ours.read, theirs.read);
  const nothingThere = await withoutFiles(repo, theirs.read, ours.read);
  const open: OpenPair = {
    ...comparison,
    source,
    target,
    folders: { source: new Map([...ours.read].filter(([id]) => !nothing.has(id))), target: theirs.read },
    deleted: layoutOf(to).hasRefPerCheckpoint ? await readDeletedCheckpoints(repo.commonDir) : new Set(),
  };
  const isThere = new Set(targetIds.ids);
  const alone = await aloneIn(open);
  const compared =
    from === 'v1' && to === 'refs'
      ? await compareBranchWithRefs(open, isThere)
      : { findings: await compareByContent(open, isThere, alone.inTarget), commits: 0 };
  for (const each of alone.findings) findings.push(each);
  const thereAlone = [...alone.inTarget.keys()].filter((id) => ids === undefined || ids.includes(id));
  const onlyThere = [...targetIds.ids.filter((id) => !nothingThere.has(id)), ...thereAlone];
  const inSource = new Set([...sourceIds.ids, ...alone.ofSource, ...(await inCustom(comparison))]);
  for (const each of [...compared.findings, ...onlyInTarget(open, onlyThere, inSource)]) findings.push(each);
  return {
    findings,
    checkpoints: sourceIds.ids.length,
    sessions: looked.get(source)?.sessions ?? 0,
    commits: compared.commits,
    known: new Set([...inSource, ...targetIds.ids, ...thereAlone]),
  };
}

const NOTHING = { checkpoints: 0, sessions: 0, commits: 0, known: new Set<CheckpointId>() };

/** True where a layout has nothing that another one could have of it, as a V1 that was only just begun. */
async function isEmpty(view: View): Promise<boolean> {
  try {
    for await (const _ of view.outside()) return false;
    return (await view.ids()).length === 0;
  } catch (error) {
    if (!(error instanceof BadObjectError)) throw error;
    return false;
  }
}

/** Opens a layout; a branch in V1's shape beside the others stands for V1 where there is none. */
export function openView(repo: Repository, name: LayoutName, refs: readonly Ref[]): View | undefined {
  return openLayout(repo, name, refs) ?? (name === 'v1' ? openSecondBranch(repo, refs) : undefined);
}

function missingLayout(name: LayoutName, layouts: LayoutPair): Finding {
  const message = `there ${agreeing(name, 'is', 'are')} no ${LAYOUT_NAMES[name]} here`;
  return finding(`${codeWord(name)}_MISSING`, message, layouts);
}

/** Checkpoints of the other V1 branch that some repositories have: migrated to git-refs together with V1's. */
async function inCustom({ repo, refs, from, to }: PairComparison): Promise<CheckpointId[]> {
  const second = from === 'v1' && to === 'refs' ? openSecondBranch(repo, refs) : undefined;
  return second === undefined ? [] : second.ids().catch(() => []);
}

function onlyInTarget(
  { target, from, to }: OpenPair,
  ids: readonly CheckpointId[],
  inSource: ReadonlySet<CheckpointId>,
): Finding[] {
  const words = wordsOf({ from, to });
  return ids
    .filter((id) => !inSource.has(id))
    .map((id) => {
      const place = placeOfCheckpoint(target, id, { from, to });
      return finding(words.checkpointOnly, `the checkpoint ${id} ${words.isNotInSource}`, place);
    });
}

async function compareByContent(
  open: OpenPair,
  isThere: ReadonlySet<CheckpointId>,
  aloneThere: HeldAlone,
): Promise<Finding[]> {
  const { repo, source, target, from, to, folders, deleted, ids, onEvent } = open;
  const findings: Finding[] = [];
  const words = wordsOf({ from, to });
  const sameAlone = await sameInGenerationsAlone(repo, aloneThere, folders.source);
  for (const id of folders.source.keys()) {
    if (isThere.has(id) || sameAlone.has(id)) continue;
    const place = placeOfCheckpoint(target, id, { from, to });
    findings.push(
      deleted.has(id)
        ? deletedCheckpoint(id, place)
        : finding('CHECKPOINT_MISSING', `the checkpoint ${id} ${words.isNotOnMain}`, place),
    );
  }
  const isSame = from === 'refs' && to === 'v1' ? await refsOfBranch(repo, folders.target) : () => false;
  const both = [...folders.source]
    .filter(([id, tree]) => folders.target.has(id) && !isSame(id, tree))
    .map(([id]) => id);
  const prunedWith = await prunedIn(open);
  onEvent({ kind: 'phase', phase: 'compare coverage', total: both.length });
  for (const each of await compareContents({ repo, from: source, to: target, prunedWith, onEvent }, both))
    findings.push(each);
  if (ids === undefined && to === 'v1') for (const each of await outsideLost(open)) findings.push(each);
  return findings;
}

/** Says whether a ref has the very tree that V1's folder becomes there. What can't be read becomes nothing, and is compared. */
async function refsOfBranch(repo: Repository, v1: FoldersById): Promise<(id: CheckpointId, tree: ObjectId) => boolean> {
  const trees = new CheckpointTrees(repo, hashingSink(repo.objectFormat));
  try {
    await trees.load(v1);
  } catch (error) {
    if (!(error instanceof BadObjectError)) throw error;
    return () => false;
  }
  return (id, tree) => trees.treeOf(id, v1.get(id) as ObjectId) === tree;
}

async function prunedIn({ repo, refs, from, to }: OpenPair): Promise<ReadonlyMap<CheckpointId, number>> {
  if (!layoutOf(from).hasGenerations && !layoutOf(to).hasGenerations) return new Map();
  return (await readManifestEntries(repo, layoutRefsAmong(refs))).prunedWith;
}

/** What the source has outside of checkpoints at a path where V1 has nothing. */
async function outsideLost({ repo, source, target, from, to }: OpenPair): Promise<Finding[]> {
  try {
    const [ours, theirs] = [await outsideOf(repo, source), await outsideOf(repo, target)];
    const there = new Set(theirs.map(({ path }) => path));
    const lost = foundList();
    for (const { path } of ours) {
      if (there.has(path)) continue;
      lost.push(
        finding('FILE_MISSING', `${path} is not in ${LAYOUT_NAMES[to]}`, { ref: target.where, path, from, to }),
      );
    }
    return lost.all();
  } catch (error) {
    if (!(error instanceof BadObjectError)) throw error;
    const message = `what lies outside of checkpoints can't be read: ${error.message}`;
    return [finding('LAYOUT_UNREADABLE', message, { ref: source.where, from, to })];
  }
}

async function outsideOf(repo: Repository, view: View): Promise<FileEntry[]> {
  const entries: FileEntry[] = [];
  for await (const entry of view.outside()) entries.push(entry);
  return filesBelow(repo, entries);
}
