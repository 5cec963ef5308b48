import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import { exactDifferencesWhole } from '../../compare/exact-differences.ts';
import { BadObjectError, ShallowHistoryError } from '../../git/errors.ts';
import type { ObjectId } from '../../git/object-id.ts';
import { LARGEST_COMPARED, ObjectOverlay } from '../../git/object-overlay.ts';
import type { Ref, Repository } from '../../git/repository.ts';
import type { View } from '../../layout/layout.ts';
import { BRANCH_TO_REFS } from '../../layout/layouts.ts';
import { checkpointRef, REST_REF } from '../../layout/ref-names.ts';
import { planRefs, type RefChange, type RefsPlan } from '../../project/refs/plan-refs.ts';
import { type RefCommit, readRefCommits } from '../../project/refs/ref-tips.ts';
import { explain } from '../explain.ts';
import { type Finding, finding } from '../finding.ts';
import { foundList } from '../finding-list.ts';
import { wordsOf } from '../pair-words.ts';
import { deletedCheckpoint } from './checkpoint-findings.ts';
import { placedIn } from './compare-contents.ts';
import { compareRefHistory } from './ref-history.ts';

/** What is known of V1 and git-refs before they are compared. */
export interface RefsComparison {
  readonly repo: Repository;
  readonly to: View;
  /** The V1 that git-refs should follow from. */
  readonly v1: Ref;
  /** True where git-refs were projected from another V1, which is a finding of its own. */
  readonly isRewritten: boolean;
  /** The refs of checkpoints that can be read. */
  readonly refs: ReadonlyMap<CheckpointId, ObjectId>;
  readonly deleted: ReadonlySet<CheckpointId>;
  readonly without: (id: CheckpointId) => boolean;
  readonly onCommits: (done: number, total: number) => void;
}

/** What became of the comparison of V1's projection onto git-refs with what is there. */
export interface RefsCompared {
  readonly findings: readonly Finding[];
  /** What another program wrote, or wrote to, and may lack what V1 has: to be compared by content. */
  readonly foreign: readonly CheckpointId[];
  readonly commits: number;
}

const words = () => wordsOf(BRANCH_TO_REFS);

/**
 * Projects V1 onto git-refs again and compares every ref with what it should be: by its id where an earlier run of this program
 * made it, else by whether V1's tree is in its first-parent history. Only what differs is looked into; of a ref that was projected from another
 * V1 the content alone, since its commits can't be those of this one. Throws `BadObjectError` where a history can't be read.
 */
export async function compareRefs(comparison: RefsComparison): Promise<RefsCompared> {
  const { repo, v1, refs, deleted, without, onCommits } = comparison;
  const objects = new ObjectOverlay(repo, { largestBlob: LARGEST_COMPARED });
  const source = { repo, v1, refs, deleted, without, onCommits, rest: undefined, withRest: false };
  const plan = await planRefs({ ...source, sink: objects });
  const findings = plan.deleted.map((id) => deletedCheckpoint(id, { checkpoint: id, ...BRANCH_TO_REFS }));
  const byChange = (change: RefChange) => [...plan.changes].flatMap(([id, is]) => (is === change ? [id] : []));
  for (const id of byChange('created')) findings.push(missing(id));
  const own = [...byChange('advanced'), ...byChange('replaced')];
  const ofAnother = await fromAnotherBranch(comparison, own);
  const ofThis = own.filter((id) => !ofAnother.has(id));
  for (const each of await compareOwn(comparison, objects, plan, ofThis)) findings.push(each);
  const foreign = [...byChange('added'), ...byChange('ahead'), ...ofAnother];
  return { findings, foreign, commits: plan.commits };
}

/** Of a V1 that was rewritten, the checkpoints whose refs say that they were projected from a commit that it does not contain. */
async function fromAnotherBranch(
  { repo, v1, refs, isRewritten }: RefsComparison,
  ids: readonly CheckpointId[],
): Promise<ReadonlySet<CheckpointId>> {
  if (!isRewritten) return new Set();
  const known = new Set<ObjectId | undefined>((await repo.walk({ tips: [v1.id] })).map(({ id }) => id));
  const tips = ids.map((id) => refs.get(id) as ObjectId);
  const there = await readRefCommits(repo, tips);
  return new Set(ids.filter((_, i) => !known.has(there[i]?.origin)));
}

function missing(id: CheckpointId): Finding {
  const { ref } = placeOf(id);
  return finding('CHECKPOINT_MISSING', `the checkpoint ${id} ${words().isNotOnMain}: there is no ${ref}`, placeOf(id));
}

function placeOf(id: CheckpointId) {
  return { ref: checkpointRef(id), checkpoint: id, ...BRANCH_TO_REFS };
}

/** Refs that an earlier run made, and that are not what V1 gives them: in the tree, or only in the history. */
async function compareOwn(
  { repo, to, refs }: RefsComparison,
  objects: ObjectOverlay,
  { updates }: RefsPlan,
  ids: readonly CheckpointId[],
): Promise<Finding[]> {
  const images = new Map(updates.flatMap(({ ref, new: image }) => (image === null ? [] : [[ref, image] as const])));
  const tips = ids.map((id) => refs.get(id) as ObjectId);
  const there = await readRefCommits(repo, tips);
  const findings = foundList();
  for (const [i, id] of ids.entries()) {
    const place = placeOf(id);
    const actual = there[i] as RefCommit;
    const image = images.get(place.ref) as ObjectId;
    const expected = await objects.commit(image);
    const inTree = await exactDifferencesWhole(objects, id, expected.tree, actual.tree, place.ref);
    for (const one of inTree) findings.push({ ...explain(placedIn(to, one), 'own', words()), ...BRANCH_TO_REFS });
    for (const each of await compareRefHistory(objects, { expected: image, actual: actual.id }, place))
      findings.push(each);
  }
  return findings.all();
}

/**
 * What V1 has outside of checkpoints, beside git-refs that this program made. `rest` is the commit of `refs/ckpt/v1-rest`; without one
 * there is nothing to compare where V1 has nothing there.
 */
export async function compareRest(
  repo: Repository,
  v1: Ref,
  rest: ObjectId | undefined,
  isOwn: boolean,
): Promise<Finding[]> {
  if (rest === undefined && !isOwn) return [];
  const objects = new ObjectOverlay(repo);
  const none = { repo, sink: objects, v1, refs: new Map(), deleted: new Set<CheckpointId>(), without: () => true };
  const { updates } = await planRefs({ ...none, rest, withRest: true });
  const [update] = updates.filter(({ ref }) => ref === REST_REF);
  if (update === undefined) return [];
  const place = { ref: REST_REF, ...BRANCH_TO_REFS };
  if (rest === undefined) {
    return [finding('REST_MISSING', `there is no ${REST_REF}`, place)];
  }
  return [finding('REST_CHANGED', `${REST_REF} is at ${rest}, and should be at ${update.new}`, place)];
}

/** True for an error that says that a history can't be read, for which contents are compared instead. */
export function isUnreadableHistory(error: unknown): error is BadObjectError | ShallowHistoryError {
  return error instanceof BadObjectError || error instanceof ShallowHistoryError;
}
