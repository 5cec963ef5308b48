import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import { CkptError } from '../../checkpoint/errors.ts';
import type { Instant } from '../../checkpoint/instant.ts';
import { revisionOf } from '../../commits/resolve-revision.ts';
import { batches, COMMITS_AT_ONCE } from '../../git/batches.ts';
import { commitHeader, type ParsedCommit, parseCommit } from '../../git/commit.ts';
import { ShallowHistoryError } from '../../git/errors.ts';
import { idsOf, type ObjectId } from '../../git/object-id.ts';
import { readAhead } from '../../git/read-ahead.ts';
import { readTrees } from '../../git/read-trees.ts';
import type { Ref, Repository } from '../../git/repository.ts';
import type { TreeEntry } from '../../git/tree.ts';
import { allFolders, checkpointsIn, isShardEntry } from '../../layout/checkpoint-walk.ts';
import type { View } from '../../layout/layout.ts';
import { parseSince } from './since.ts';

/**
 * The checkpoints that V1's tip has and that were written since: after a revision of the V1 branch, those whose folder is not as it was
 * there; after a moment, those that a commit with a committer date of then or later has made or changed. Throws a `CkptError`
 * where the revision is none of V1's.
 */
export async function checkpointsSince(repo: Repository, v1: Ref, since: string, now: number): Promise<CheckpointId[]> {
  const parsed = parseSince(since, now);
  const atTip = await allFolders(repo, v1.id);
  if ('moment' in parsed) {
    const written = await writtenSince(repo, v1.id, parsed.moment);
    return [...atTip.keys()].filter((id) => written.has(id));
  }
  const revision = await revisionOf(repo, parsed.revision);
  if (!(await repo.isAncestor(revision, v1.id))) {
    if (await repo.isShallow()) throw new ShallowHistoryError();
    throw new CkptError('BAD_SINCE', `${since} is not a commit of ${v1.name}`, {
      hint: ['Name one of its commits (', ['git', 'log', v1.name], '), or a date: 2026-01-31, 14d'],
      exitCode: 2,
    });
  }
  const before = await allFolders(repo, revision);
  return [...atTip].filter(([id, tree]) => before.get(id) !== tree).map(([id]) => id);
}

/**
 * The checkpoints of a layout that a commit of then or later has made or changed. Throws a `CkptError` for a revision: only V1's branch
 * has commits that everybody can name.
 */
export async function writtenInView(view: View, since: string, now: number): Promise<CheckpointId[]> {
  const parsed = parseSince(since, now);
  if (!('moment' in parsed)) {
    throw new CkptError('BAD_SINCE', `${since} is not a date, and V1 is not what the layouts are compared with`, {
      hint: 'Name a date: 2026-01-31, 14d',
      exitCode: 2,
    });
  }
  const written = new Set<CheckpointId>();
  for await (const { commit, changes } of view.history()) {
    if (secondsOf(commit) * 1_000_000_000n < parsed.moment) continue;
    for (const id of changes.keys()) written.add(id);
  }
  const there = await view.ids();
  return there.filter((id) => written.has(id));
}

/** A commit's committer date, in seconds since 1970. */
function secondsOf(commit: ParsedCommit): bigint {
  return BigInt(/> (-?\d+) [^>]*$/.exec(commitHeader(commit, 'committer') ?? '')?.[1] ?? '0');
}

/** What is needed of a commit to tell what it wrote. */
interface Written {
  readonly tree: ObjectId;
  readonly parents: readonly ObjectId[];
  readonly isSince: boolean;
}

/** The checkpoints that commits since a moment have made or changed. */
async function writtenSince(repo: Repository, tip: ObjectId, moment: Instant): Promise<Set<CheckpointId>> {
  const commits = await readCommits(repo, tip, moment);
  const recent = [...commits.values()].filter(({ isSince }) => isSince);
  const written = new Set<CheckpointId>();
  for (const batch of batches(recent, COMMITS_AT_ONCE)) {
    const roots = await readRoots(repo, batch, commits);
    const rootOf = (tree: ObjectId) => roots.get(tree) ?? new Map<string, TreeEntry>();
    const changes = batch.flatMap(({ tree, parents }) => {
      const before = parents.map((parent) => rootOf(commits.get(parent)?.tree ?? tree));
      return [...rootOf(tree).values()].flatMap((entry) => changedShard(entry, before));
    });
    for (const id of await changedCheckpoints(repo, changes)) written.add(id);
  }
  return written;
}

async function readCommits(repo: Repository, tip: ObjectId, moment: Instant): Promise<Map<ObjectId, Written>> {
  const walked = await repo.walk({ tips: [tip] });
  const commits = new Map<ObjectId, Written>();
  const ids = idsOf(walked);
  for await (const { objects } of readAhead(repo, ids)) {
    for (const object of objects) {
      if (object === undefined) continue;
      const commit = parseCommit(object.content);
      const isSince = secondsOf(commit) * 1_000_000_000n >= moment;
      commits.set(object.id, { tree: commit.tree, parents: commit.parents, isSince });
    }
  }
  return commits;
}

/** The shards of some commits' root trees, and of their parents', by the trees' ids. */
async function readRoots(repo: Repository, batch: readonly Written[], commits: ReadonlyMap<ObjectId, Written>) {
  const parents = batch.flatMap(({ parents: ids }) => ids.flatMap((id) => commits.get(id)?.tree ?? []));
  const trees = [...new Set([...batch.map(({ tree }) => tree), ...parents])];
  const contents = await readTrees(repo, trees);
  return new Map(
    trees.map((tree, i) => {
      const shards = (contents[i] ?? []).filter(isShardEntry);
      return [tree, new Map(shards.map((entry) => [entry.name, entry]))];
    }),
  );
}

/** A shard that is as it is in none of the parents, and what it was in each. */
interface ChangedShard {
  readonly shard: TreeEntry;
  readonly before: ReadonlyArray<ObjectId | undefined>;
}

function changedShard(shard: TreeEntry, parents: ReadonlyArray<ReadonlyMap<string, TreeEntry>>): ChangedShard[] {
  const before = parents.map((root) => root.get(shard.name)?.id);
  return before.includes(shard.id) ? [] : [{ shard, before }];
}

/** The checkpoints in changed shards whose folder is as it is in none of the parents: a merge alone writes nothing. */
async function changedCheckpoints(repo: Repository, changes: readonly ChangedShard[]): Promise<CheckpointId[]> {
  const ids = [...new Set(changes.flatMap(({ shard, before }) => [shard.id, ...before.flatMap((id) => id ?? [])]))];
  const trees = await readTrees(repo, ids);
  const contents = new Map(ids.map((id, i) => [id, trees[i] ?? []]));
  return changes.flatMap(({ shard, before }) => {
    const foldersOf = (id: ObjectId) => new Map(checkpointsIn(shard.name, contents.get(id) ?? []));
    const earlier = before.flatMap((id) => (id === undefined ? [] : [foldersOf(id)]));
    return [...foldersOf(shard.id)]
      .filter(([id, folder]) => earlier.every((folders) => folders.get(id) !== folder))
      .map(([id]) => id);
  });
}
