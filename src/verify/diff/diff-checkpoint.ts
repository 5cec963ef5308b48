import { type CheckpointId, shardPath } from '../../checkpoint/checkpoint-id.ts';
import { CkptError } from '../../checkpoint/errors.ts';
import type { ProgressListener } from '../../checkpoint/progress.ts';
import { pairCheckpoint } from '../../compare/paired-checkpoint.ts';
import { fetchHint } from '../../git/fetch-hint.ts';
import { LARGEST_COMPARED, ObjectOverlay } from '../../git/object-overlay.ts';
import type { Ref, Repository } from '../../git/repository.ts';
import { withHeldAlone } from '../../layout/held-alone-view.ts';
import type { LayoutName, LayoutPair, View } from '../../layout/layout.ts';
import { DEFAULT_LAYOUT, LAYOUT_NAMES } from '../../layout/layout-names.ts';
import { isRestAlone, listLayoutRefs, openViews } from '../../layout/layouts.ts';
import type { Hint } from '../../shell/hint.ts';
import { readPrimaryLayout } from '../../stores/primary-layout.ts';
import { choosePairs } from '../pairs/choose-pairs.ts';
import { openView } from '../pairs/compare-pair.ts';
import { onlyLayout } from '../pairs/only-layout.ts';
import { type DiffContext, diffFile, type FileDiff } from './diff-file.ts';
import { onTheirRefs, readSides } from './diff-sides.ts';
import { type CheckpointFile, differingFiles } from './differing-files.ts';

/** What differs between two layouts for one checkpoint. */
export interface CheckpointDiff extends LayoutPair {
  readonly checkpoint: CheckpointId;
  /** True where the target holds what the source gives it, and nothing else. */
  readonly same: boolean;
  /** Which layouts have the checkpoint, the two that are compared and any other. */
  readonly layouts: readonly LayoutName[];
  /** Sessions that bear another number in the target than in the source: other programs renumber them. */
  readonly renumbered: ReadonlyArray<{ readonly from: string; readonly to: string }>;
  /** In the order of their paths. */
  readonly files: readonly FileDiff[];
}

/** Which layouts are compared. */
export interface DiffOptions {
  /** The layout that is compared with another, and the one that should have what it has. Default: by the settings, as for verify. */
  readonly from?: LayoutName | undefined;
  readonly to?: LayoutName | undefined;
  /** The environment, which may name the primary layout. Default: an empty one. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly onEvent?: ProgressListener;
}

/**
 * Compares one checkpoint in two layouts, file by file: what the source gives the target with what that has. Sessions are paired as
 * `pairSessions` does, transcripts compared whole, whatever their files are called. Where no layout is named it is the primary one, with
 * the first other one that has the checkpoint. Throws a `CkptError` where a layout is not there, or neither has the checkpoint.
 */
export async function diffCheckpoint(
  repo: Repository,
  checkpoint: CheckpointId,
  { from, to, env = {}, onEvent = () => undefined }: DiffOptions = {},
): Promise<CheckpointDiff> {
  onEvent({ kind: 'phase', phase: 'read refs' });
  const refs = await listLayoutRefs(repo);
  // Settings that can't be read must not hinder a look at what is there.
  const primary = await readPrimaryLayout(repo, env, from && to ? undefined : onEvent).then(
    ({ layout }) => layout,
    () => DEFAULT_LAYOUT,
  );
  const layouts = await layoutsWith(repo, refs, checkpoint);
  const { pairs, source } = choosePairs(refs, { from, to, primary });
  const pair = pairs.find((one) => layouts.includes(one.to)) ?? pairs[0];
  if (pair === undefined) throw await onlyLayout(repo, source);
  const views = { source: await viewOf(repo, refs, pair.from), target: await viewOf(repo, refs, pair.to) };
  const objects = new ObjectOverlay(repo, { largestBlob: LARGEST_COMPARED });
  const {
    sides,
    facts,
    folders,
    views: [ours, theirs] = [],
  } = await readSides({ repo, objects, ...views }, checkpoint);
  if (folders.flat().every((folder) => folder === undefined)) throw notFound(checkpoint, pair);
  onEvent({ kind: 'phase', phase: 'compare coverage' });
  const { numbers } = await pairCheckpoint(objects, sides, facts);
  objects.unload();
  const [left, right] = await differingFiles(objects, folders, numbers);
  const found = [onTheirRefs(left, ours), onTheirRefs(right, theirs)] as const;
  const files = await diffFiles({ repo, objects, checkpoint, ...pair }, ...found, numbers);
  const renumbered = [...numbers].filter(([a, b]) => a !== b).map(([a, b]) => ({ from: a, to: b }));
  return { checkpoint, ...pair, same: files.length === 0, layouts, renumbered, files };
}

/** The layouts that have a checkpoint. One that can't be read has none, and fails where it is compared. */
async function layoutsWith(repo: Repository, refs: readonly Ref[], id: CheckpointId): Promise<LayoutName[]> {
  const layouts: LayoutName[] = [];
  for (const view of openViews(repo, refs).filter((one) => !isRestAlone(one))) {
    const ids: readonly CheckpointId[] = await withHeldAlone(repo, view)
      .ids([id])
      .catch(() => []);
    if (ids.includes(id)) layouts.push(view.layout);
  }
  return layouts;
}

async function diffFiles(
  context: DiffContext,
  left: readonly CheckpointFile[],
  right: readonly CheckpointFile[],
  pairs: ReadonlyMap<string, string>,
): Promise<FileDiff[]> {
  const keyOf = (file: CheckpointFile, session = file.session) => `${session ?? ''}\n${file.name}`;
  const theirs = new Map(right.map((file) => [keyOf(file), file]));
  const differences: FileDiff[] = [];
  for (const ours of left) {
    const session = ours.session === undefined ? undefined : pairs.get(ours.session);
    const isAlone = ours.session !== undefined && session === undefined;
    const key = keyOf(ours, session);
    const their = isAlone ? undefined : theirs.get(key);
    if (their !== undefined) theirs.delete(key);
    for (const one of await diffFile(context, ours, their)) differences.push(one);
  }
  for (const their of theirs.values())
    for (const one of await diffFile(context, undefined, their)) differences.push(one);
  return differences.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

async function viewOf(repo: Repository, refs: readonly Ref[], layout: LayoutName): Promise<View> {
  const view = openView(repo, layout, refs);
  if (view !== undefined && !isRestAlone(view)) return withHeldAlone(repo, view);
  const hint: Hint = [
    'Make it: ',
    ['ckpt', 'migrate', '--to', layout],
    '. ',
    ...(await fetchHint(repo, 'Or fetch it: ')),
  ];
  if (layout === 'v1')
    throw new CkptError('NO_V1', 'there is no V1 branch here to compare with', { hint, exitCode: 3 });
  if (layout === 'v2') throw new CkptError('NO_V2', 'there is no V2 here to compare with', { hint, exitCode: 3 });
  throw new CkptError('NO_REFS', 'there are no git-refs here to compare with', { hint, exitCode: 3 });
}

function notFound(checkpoint: CheckpointId, { from, to }: LayoutPair): CkptError {
  const message = `the checkpoint ${checkpoint} (${shardPath(checkpoint)}) is neither in ${LAYOUT_NAMES[from]} nor in ${LAYOUT_NAMES[to]}`;
  return new CkptError('CHECKPOINT_NOT_FOUND', message, { hint: ['List what is there: ', ['ckpt', 'list']] });
}
