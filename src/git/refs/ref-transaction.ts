import { BadObjectError, GitError, RefConflictError, RefNameConflictError } from '../errors.ts';
import type { GitConfig } from '../git-config.ts';
import type { RefName } from '../object-id.ts';
import type { RefUpdate } from '../repository.ts';
import type { RepositoryLocation } from '../repository-location.ts';
import { SharedMode } from '../shared-mode.ts';
import { removeEmptyParents } from './empty-folders.ts';
import { type LockRequest, LockSet } from './lock-file.ts';
import { type PackedRefs, packedRefsPath, readPackedRefs } from './packed-refs.ts';
import type { RefObjects } from './peel.ts';
import { type Move, RefFiles } from './ref-files.ts';
import type { RefHook } from './ref-hook.ts';
import { compareNames, isPerWorktree, isRefName, namesAbove, refPath, refRoot } from './ref-names.ts';
import type { RefReader } from './ref-reader.ts';
import { logMoves, type RefMove } from './reflog.ts';

/** How long to wait for another process's ref locks, in milliseconds. */
export const LOCK_TIMEOUT_MS = 2000;

/** What a ref transaction works on: refs that are files. */
export interface RefTransactionContext {
  readonly location: RepositoryLocation;
  readonly env: NodeJS.ProcessEnv;
  readonly refs: RefReader;
  readonly objects: RefObjects;
  readonly config: GitConfig;
  /** The `reference-transaction` hook, where there is one and the engine can run it. */
  readonly hook?: RefHook | undefined;
  /** How long to wait for locks that others hold, in milliseconds. Default: 2,000. */
  readonly lockTimeoutMs?: number | undefined;
}

/**
 * Moves refs as `Repository.updateRefs` says. A process that is killed at any moment, with all others, and a power cut leave all
 * refs old or all new, for everybody who reads them:
 *
 * - One ref is moved as git does it, by renaming a file over it.
 * - Several refs can't be moved by several renames. They are made packed refs first (with their old values, so that nothing is
 *   seen to change), and then one rename of `packed-refs` moves them all.
 *
 * All along their locks are held, and while it is written that of `packed-refs`, so that git can neither move nor pack or unpack them.
 */
export async function updateRefs(
  context: RefTransactionContext,
  updates: readonly RefUpdate[],
  message: string,
): Promise<void> {
  if (updates.length === 0) return;
  const { location } = context;
  const { commonDir } = location;
  const shared = new SharedMode(context.config.get('core.sharedRepository'));
  const packedBefore = await readPackedRefs(commonDir);
  const targets = await withoutSymbolicRefs(context, updates, packedBefore);
  // Before anything is locked: what can't work should not wait for locks, nor make folders for them.
  await assertNamesFree(context, await compareUnlocked(context, targets, packedBefore), packedBefore);
  await assertObjects(context, targets);

  const changing = targets.filter((update) => update.new !== update.old);
  assertPackable(changing);
  const usesPackedRefs = changing.length > 1 || changing.some((update) => update.new === null);
  const requests: LockRequest[] = targets.map(({ ref }) => ({ ref, path: refPath(location, ref) }));
  if (usesPackedRefs) requests.push({ ref: 'packed-refs', path: packedRefsPath(commonDir) });
  const place = { commonDir, shared, timeoutMs: context.lockTimeoutMs ?? LOCK_TIMEOUT_MS };
  const locks = await LockSet.announce(place, requests);
  try {
    await locks.take(targets.length);
    const packed = await readPackedRefs(commonDir);
    const moves = (await compare(context, targets, packed)).filter((move) => move.new !== move.old);
    await assertNamesFree(context, moves, packed);
    if (moves.length === 0) return;
    await withHook(context.hook, moves, async () => {
      // Everybody's lock is held as briefly as possible: a hook may do what it likes, and pack refs.
      await locks.take(requests.length - targets.length);
      const filesPlace = { location, objects: context.objects, shared, folder: locks.folder };
      await new RefFiles(filesPlace, await readPackedRefs(commonDir)).carryOut(moves);
    });
    await logMoves({ ...context, shared }, moves, message);
  } finally {
    await locks.release();
    for (const root of new Set(targets.map(({ ref }) => refRoot(location, ref)))) {
      const own = targets.filter(({ ref }) => refRoot(location, ref) === root);
      await removeEmptyParents(
        root,
        own.map(({ ref }) => ref),
      );
    }
  }
}

/** Passes to the hook what git would. Once the refs have moved, what it answers counts no more. */
export async function withHook(
  hook: RefHook | undefined,
  moves: readonly RefMove[],
  work: () => Promise<void>,
): Promise<void> {
  try {
    await hook?.('prepared', moves);
    await work();
  } catch (error) {
    await hook?.('aborted', moves).catch(() => undefined);
    throw error;
  }
  await hook?.('committed', moves).catch(() => undefined);
}

/** Throws where refs that can't be packed would have to be. */
function assertPackable(changing: readonly RefUpdate[]): void {
  const unpackable = changing.length > 1 && changing.find(({ ref }) => isPerWorktree(ref));
  if (unpackable)
    throw new GitError(`${unpackable.ref} belongs to one worktree and can't be moved together with others`);
}

/** The updates with the refs that symbolic ones lead to, by name. Throws where two of them mean the same ref. */
async function withoutSymbolicRefs(
  { refs }: RefTransactionContext,
  updates: readonly RefUpdate[],
  packed: PackedRefs,
): Promise<RefUpdate[]> {
  const targets = new Map<RefName, RefUpdate>();
  for (const update of updates) {
    if (!isRefName(update.ref)) throw new GitError(`${JSON.stringify(update.ref)} is not a valid ref name`);
    const { name } = await refs.resolve(update.ref, packed);
    if (!isRefName(name))
      throw new GitError(`${update.ref} points at ${JSON.stringify(name)}, which is not a valid ref name`);
    if (targets.has(name)) throw new GitError(`one transaction can't move ${name} twice`);
    targets.set(name, { ...update, ref: name });
  }
  return [...targets.values()].sort((a, b) => compareNames(a.ref, b.ref));
}

/** Like `compare`. Without locks a ref may be packed right after the packed refs were read: a conflict is looked at once more. */
async function compareUnlocked(
  context: RefTransactionContext,
  updates: readonly RefUpdate[],
  packed: PackedRefs,
): Promise<Move[]> {
  return compare(context, updates, packed).catch(async (error: unknown) => {
    if (!(error instanceof RefConflictError)) throw error;
    return compare(context, updates, await readPackedRefs(context.location.commonDir));
  });
}

/** Throws `RefConflictError` where a ref does not have its `old` value. */
async function compare(
  { refs }: RefTransactionContext,
  updates: readonly RefUpdate[],
  packed: PackedRefs,
): Promise<Move[]> {
  const moves: Move[] = [];
  for (const update of updates) {
    const { name, id = null, isLoose } = await refs.resolve(update.ref, packed);
    if (name !== update.ref) throw new RefConflictError(update.ref, update.old, undefined);
    if (id !== update.old) throw new RefConflictError(update.ref, update.old, id);
    moves.push({ ...update, isLoose });
  }
  return moves;
}

/** Throws `BadObjectError` where a ref would point at nothing, or a branch at something that is not a commit: git's own rule. */
async function assertObjects({ objects }: RefTransactionContext, updates: readonly RefUpdate[]): Promise<void> {
  const ids = updates.map((update) => update.new).filter((id) => id !== null);
  const infos = new Map((await objects.infoMany(ids)).map((info, i) => [ids[i], info]));
  for (const { ref, new: id } of updates) {
    if (id === null) continue;
    const info = infos.get(id);
    if (info === undefined) throw new BadObjectError(id, `${ref} can't be set to ${id}: there is no such object`);
    if (ref.startsWith('refs/heads/') && info.type !== 'commit') {
      throw new BadObjectError(
        id,
        `${ref} can't be set to ${id}: a branch points at commits, and that is a ${info.type}`,
      );
    }
  }
}

/** Throws `RefNameConflictError` where a new ref's name is a folder of another one's, or the other way round. */
async function assertNamesFree(
  { refs }: RefTransactionContext,
  moves: readonly Move[],
  packed: PackedRefs,
): Promise<void> {
  const created = new Set(moves.filter((move) => move.old === null && move.new !== null).map(({ ref }) => ref));
  if (created.size === 0) return;
  const belowOf = new Map<RefName, RefName>();
  for (const name of created) {
    for (const above of namesAbove(name)) if (!belowOf.has(above)) belowOf.set(above, name);
  }
  // Thousands of refs have a few folders: each is looked at once.
  const free = new Set<RefName>();
  for (const ref of created) {
    for (const above of namesAbove(ref).filter((name) => !free.has(name))) {
      if (created.has(above) || (await refs.resolve(above, packed)).id !== undefined) {
        throw new RefNameConflictError(ref, above);
      }
      free.add(above);
    }
    const below =
      belowOf.get(ref) ??
      firstBelow(packed, ref) ??
      (await refs.looseNames(ref)).find((name) => name.startsWith(`${ref}/`));
    if (below !== undefined) throw new RefNameConflictError(ref, below);
  }
}

/** A packed ref in the folder of that name, as `refs/a/b` in `refs/a`; `undefined` where there is none. */
function firstBelow(packed: PackedRefs, folder: RefName): RefName | undefined {
  for (const [name] of packed.startingWith(`${folder}/`)) return name;
  return undefined;
}
