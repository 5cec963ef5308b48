import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import { ShallowHistoryError } from '../../git/errors.ts';
import type { ObjectId } from '../../git/object-id.ts';
import type { Ref, Repository } from '../../git/repository.ts';
import { allFolders } from '../../layout/checkpoint-walk.ts';
import { BRANCH_TO_REFS } from '../../layout/layouts.ts';
import { checkpointRef, checkpointTips, REST_REF, SECOND_BRANCH_REF } from '../../layout/ref-names.ts';
import { openBranch } from '../../layout/v1-layout.ts';
import { readOrigin } from '../../project/commit-image.ts';
import { readRefCommits } from '../../project/refs/ref-tips.ts';
import { type Finding, finding } from '../finding.ts';
import { historyNotCompared } from '../history-not-compared.ts';
import { compareContents } from './compare-contents.ts';
import {
  compareRefs,
  compareRest,
  isUnreadableHistory,
  type RefsCompared,
  type RefsComparison,
} from './compare-refs.ts';
import type { OpenPair } from './open-pair.ts';

/**
 * Compares V1 with git-refs. Where these were projected from an older or a newer V1 than the one here, that is one finding, and they are
 * compared with the V1 that they come from. `isThere` are the checkpoints that have a ref.
 */
export async function compareBranchWithRefs(
  open: OpenPair,
  isThere: ReadonlySet<CheckpointId>,
): Promise<{ readonly findings: readonly Finding[]; readonly commits: number }> {
  const { repo, source, refs, ids } = open;
  const [tip] = source.refs;
  if (tip === undefined) throw new Error('a V1 without a ref was opened');
  const rest = refs.find(({ name }) => name === REST_REF)?.id;
  const { basis, findings } = await basisOf(repo, tip, rest).catch((error: unknown) => {
    if (!isUnreadableHistory(error)) throw error;
    return { basis: tip, findings: [] as Finding[] }; // comparing says so too
  });
  const isRewritten = findings.some(({ code }) => code === 'V1_REWRITTEN');
  const compared = await comparing(open, basis, isThere, { isRewritten, without: () => false });
  const commits = compared.commits;
  for (const each of compared.findings) findings.push(each);
  const custom = refs.find(
    ({ name, id }) => name === SECOND_BRANCH_REF && id !== tip.id && tip.name !== SECOND_BRANCH_REF,
  );
  if (custom !== undefined) {
    const onBranch = await allFolders(repo, tip.id);
    const besides = await comparing(open, custom, isThere, { isRewritten: false, without: (id) => onBranch.has(id) });
    for (const each of besides.findings) findings.push(each);
  }
  if (ids === undefined) for (const each of await restFindings(open, basis, rest)) findings.push(each);
  return { findings, commits };
}

/** The V1 commit that git-refs should follow from, and how that relates to V1's tip. */
async function basisOf(
  repo: Repository,
  tip: Ref,
  rest: ObjectId | undefined,
): Promise<{ basis: Ref; findings: Finding[] }> {
  const origin = rest === undefined ? undefined : await readOrigin(repo, rest);
  if (origin === undefined || origin === tip.id) return { basis: tip, findings: [] };
  const place = { ref: REST_REF, ...BRANCH_TO_REFS };
  const [known] = await repo.objectInfo([origin]);
  if (known?.type === 'commit') {
    const at = { name: tip.name, id: origin };
    if (await repo.isAncestor(origin, tip.id)) {
      const count = (await repo.walk({ tips: [tip.id], exclude: [origin] })).length;
      const words = count === 1 ? 'one commit' : `${count} commits`;
      const message = `${tip.name} has ${words} that git-refs were not projected from yet`;
      return { basis: at, findings: [finding('REFS_BEHIND', message, place)] };
    }
    if (await repo.isAncestor(tip.id, origin)) {
      const message = `git-refs were projected from a newer V1 (${origin}) than ${tip.name}`;
      return { basis: at, findings: [finding('REFS_AHEAD', message, place)] };
    }
  }
  const message = `${tip.name} does not contain the commit ${origin} that git-refs were projected from`;
  return { basis: tip, findings: [finding('V1_REWRITTEN', message, place)] };
}

/** Compares one V1 with git-refs: by the ids that follow from its history; by content where that can't be read. */
async function comparing(
  open: OpenPair,
  v1: Ref,
  isThere: ReadonlySet<CheckpointId>,
  { isRewritten, without }: Pick<RefsComparison, 'isRewritten' | 'without'>,
): Promise<{ readonly findings: readonly Finding[]; readonly commits: number }> {
  const { repo, target, folders, ids, deleted, onEvent } = open;
  const refs = readableTips(open);
  const wanted = ids && new Set(ids);
  // A ref whose commit or tree can't be read has its finding; it is neither missing nor to be compared.
  const isLeft = (id: CheckpointId) =>
    without(id) || (wanted !== undefined && !wanted.has(id)) || (isThere.has(id) && !refs.has(id));
  const onCommits = (done: number, total: number) =>
    onEvent({ kind: 'progress', phase: 'project commits', done, total });
  onEvent({ kind: 'phase', phase: 'project commits' });
  const pair = { repo, from: openBranch(repo, v1), to: target, prunedWith: new Map(), onEvent };
  let compared: RefsCompared;
  try {
    compared = await compareRefs({ repo, to: target, v1, isRewritten, refs, deleted, without: isLeft, onCommits });
  } catch (error) {
    if (!isUnreadableHistory(error)) throw error;
    const both = [...folders.source.keys()].filter((id) => refs.has(id) && !isLeft(id));
    const missing = [...folders.source.keys()].filter((id) => !refs.has(id) && !isLeft(id) && !deleted.has(id));
    const lost = missing.map((id) => {
      const place = { ref: checkpointRef(id), checkpoint: id, ...BRANCH_TO_REFS };
      return finding('CHECKPOINT_MISSING', `the checkpoint ${id} is not in git-refs`, place);
    });
    return { findings: [await unreadable(repo, error), ...lost, ...(await compareContents(pair, both))], commits: 0 };
  }
  const contents = await compareContents(pair, compared.foreign);
  return { findings: [...compared.findings, ...contents], commits: compared.commits };
}

async function unreadable(repo: Repository, error: Error): Promise<Finding> {
  if (error instanceof ShallowHistoryError) return historyNotCompared(repo, BRANCH_TO_REFS);
  return finding('HISTORY_UNREADABLE', `the history can't be read: ${error.message}`, BRANCH_TO_REFS);
}

function readableTips({ target, folders }: OpenPair): Map<CheckpointId, ObjectId> {
  return new Map([...checkpointTips(target.refs)].filter(([id]) => folders.target.has(id)));
}

/** What lies outside of checkpoints, where some ref was made by this program. */
async function restFindings(open: OpenPair, v1: Ref, rest: ObjectId | undefined): Promise<Finding[]> {
  const { repo } = open;
  const tips = [...readableTips(open).values()];
  const isOwn = (await readRefCommits(repo, tips)).some(({ origin }) => origin !== undefined);
  try {
    return await compareRest(repo, v1, rest, isOwn);
  } catch (error) {
    if (!isUnreadableHistory(error)) throw error;
    return [await unreadable(repo, error)];
  }
}
