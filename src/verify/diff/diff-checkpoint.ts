import { type CheckpointId, shardPath } from '../../checkpoint/checkpoint-id.ts';
import { CkptError } from '../../checkpoint/errors.ts';
import type { ProgressListener } from '../../checkpoint/progress.ts';
import type { CheckpointSides } from '../../compare/checkpoint-sides.ts';
import { readFacts } from '../../compare/differing-checkpoints.ts';
import { pairCheckpoint } from '../../compare/paired-checkpoint.ts';
import { treeOfCommit } from '../../git/commit-trees.ts';
import type { ObjectId } from '../../git/object-id.ts';
import { LARGEST_COMPARED, ObjectOverlay } from '../../git/object-overlay.ts';
import { readTree } from '../../git/read-trees.ts';
import type { Repository } from '../../git/repository.ts';
import { foldersAt } from '../../layout/checkpoint-walk.ts';
import { fetchHint } from '../../layout/fetch-hint.ts';
import type { LayoutName } from '../../layout/layout.ts';
import { type LayoutRefs, readLayoutRefs } from '../../layout/layout-refs.ts';
import { V1_REF, V2_CURRENT_REF, V2_MAIN_REF } from '../../layout/ref-names.ts';
import { Projection } from '../../project/projection.ts';
import { PastOfCurrent } from '../past-of-current.ts';
import { readGenerations } from '../read-generations.ts';
import { type CheckpointFile, type CheckpointFolder, checkpointFiles } from './checkpoint-files.ts';
import { diffFile, type FileDifference } from './diff-file.ts';

/** What differs between the two layouts for one checkpoint. */
export interface CheckpointDiff {
  readonly checkpoint: CheckpointId;
  /** True where V2 holds what V1's projection gives it, and nothing else. */
  readonly same: boolean;
  /** Which layouts have the checkpoint. */
  readonly layouts: readonly LayoutName[];
  /** Sessions that bear another number in V2 than in V1: other programs renumber them. */
  readonly renumbered: ReadonlyArray<{ readonly v1: string; readonly v2: string }>;
  /** In the order of their paths. */
  readonly files: readonly FileDifference[];
}

/**
 * Compares one checkpoint in both layouts, file by file: what V1's projection gives V2 with what V2 has. Sessions are paired as
 * `pairSessions` does, transcripts compared whole, whatever their files are called. Throws a `CkptError` where a layout is
 * not there, or neither has the checkpoint.
 */
export async function diffCheckpoint(
  repo: Repository,
  checkpoint: CheckpointId,
  onEvent: ProgressListener = () => undefined,
): Promise<CheckpointDiff> {
  onEvent({ kind: 'phase', phase: 'read refs' });
  const refs = await readLayoutRefs(repo);
  await assertBothLayouts(repo, refs);
  const objects = new ObjectOverlay(repo, { largestBlob: LARGEST_COMPARED });
  const sides = await sidesOf(repo, objects, refs, checkpoint);
  const v1 = foldersOf(refs.v1?.name ?? V1_REF, sides.expected.main, sides.expected.full);
  const v2 = [...foldersOf(V2_MAIN_REF, sides.main), ...sides.holders.flatMap((one) => foldersOf(one.ref, one.folder))];
  if (v1.length === 0 && v2.length === 0) throw notFound(checkpoint);
  onEvent({ kind: 'phase', phase: 'compare coverage' });
  const left = await checkpointFiles(objects, v1);
  const right = await checkpointFiles(objects, v2);
  const facts = (await readFacts(repo, [sides]))(checkpoint);
  const { numbers: pairs } = await pairCheckpoint(objects, sides, facts);
  const files = await diffFiles({ repo, objects, checkpoint }, left, right, pairs);
  return {
    checkpoint,
    same: files.length === 0,
    layouts: [...(v1.length > 0 ? (['v1'] as const) : []), ...(v2.length > 0 ? (['v2'] as const) : [])],
    renumbered: [...pairs].filter(([a, b]) => a !== b).map(([a, b]) => ({ v1: a, v2: b })),
    files,
  };
}

async function diffFiles(
  context: { repo: Repository; objects: ObjectOverlay; checkpoint: CheckpointId },
  left: readonly CheckpointFile[],
  right: readonly CheckpointFile[],
  pairs: ReadonlyMap<string, string>,
): Promise<FileDifference[]> {
  const keyOf = (file: CheckpointFile, session = file.session) => `${session ?? ''}\n${file.name}`;
  const theirs = new Map(right.map((file) => [keyOf(file), file]));
  const differences: FileDifference[] = [];
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

/** What V1's projection gives V2 for a checkpoint, and what V2 has: transcripts are looked for as a reader does. */
async function sidesOf(
  repo: Repository,
  objects: ObjectOverlay,
  refs: LayoutRefs,
  id: CheckpointId,
): Promise<CheckpointSides> {
  const folderAt = async (commit: ObjectId | undefined) =>
    commit && (await foldersAt(repo, await readTree(repo, await treeOfCommit(repo, commit)), [id])).get(id);
  const [tree, main] = [await folderAt(refs.v1?.id), await folderAt(refs.main)];
  const folders = new Map(tree === undefined ? [] : [[id, tree]]);
  const projected = (await new Projection(repo, objects).projectCheckpoints(folders)).get(id);
  for (const content of projected?.full?.trees ?? []) objects.add('tree', content);
  const { generations } = await readGenerations(repo, refs);
  const holder = generations.find(({ checkpoints }) => checkpoints.has(id));
  const folder = holder?.checkpoints.get(id) ?? (await new PastOfCurrent(repo, refs).folderOf(id));
  const holders = folder === null ? [] : [{ ref: holder?.ref ?? V2_CURRENT_REF, folder }];
  const expected = { main: projected?.main ?? null, full: projected?.full?.id ?? null };
  return { id, tree, expected, base: undefined, main, holders };
}

function foldersOf(ref: CheckpointFolder['ref'], ...trees: Array<ObjectId | null | undefined>): CheckpointFolder[] {
  return trees.flatMap((tree) => (tree ? [{ ref, tree }] : []));
}

async function assertBothLayouts(repo: Repository, { v1, main }: LayoutRefs): Promise<void> {
  if (v1 === undefined) {
    throw new CkptError('NO_V1', 'there is no V1 branch here to compare with', {
      hint: await fetchHint(repo),
      exitCode: 3,
    });
  }
  if (main === undefined) {
    throw new CkptError('NO_V2', `there is no ${V2_MAIN_REF} here to compare with`, {
      hint: ['Make it: ', ['ckpt', 'migrate'], '. ', ...(await fetchHint(repo, 'Or fetch it: '))],
      exitCode: 3,
    });
  }
}

function notFound(checkpoint: CheckpointId): CkptError {
  return new CkptError(
    'CHECKPOINT_NOT_FOUND',
    `the checkpoint ${checkpoint} (${shardPath(checkpoint)}) is in neither layout`,
    { hint: ['List what is there: ', ['ckpt', 'list']] },
  );
}
