import { open, rename, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BadObjectError, GitError, RefConflictError, RefNameConflictError } from '../errors.ts';
import type { ObjectId, RefName } from '../object-id.ts';
import type { RefUpdate } from '../repository.ts';
import { readConfig } from './config.ts';
import { removeEmptyFolders, removeEmptyParents } from './empty-folders.ts';
import type { RepositoryLocation } from './location.ts';
import { type LockRequest, LockSet } from './lock-file.ts';
import type { ObjectStore } from './object-store.ts';
import { formatPackedRefs, type PackedRef, type PackedRefs, packedRefsPath, readPackedRefs } from './packed-refs.ts';
import { peel } from './peel.ts';
import { compareNames, isPerWorktree, isRefName, namesAbove, refPath, refRoot } from './ref-names.ts';
import type { RefReader } from './ref-reader.ts';
import { logMoves } from './reflog.ts';
import { syncFolder } from './sync-folder.ts';

/** What a ref transaction works on. */
export interface RefTransactionContext {
  readonly location: RepositoryLocation;
  readonly env: NodeJS.ProcessEnv;
  readonly refs: RefReader;
  readonly objects: ObjectStore;
  /** How long to wait for locks that others hold, in milliseconds. */
  readonly lockTimeoutMs: number;
}

/** An update of a ref that is no symbolic one, found to have its `old` value while its lock is held. */
interface Move extends RefUpdate {
  readonly isLoose: boolean;
}

/**
 * Moves refs as `Repository.updateRefs` says. A process that is killed at any moment leaves all refs old or all new:
 *
 * - One ref is moved as git does it, by renaming a file over it.
 * - Several refs can't be moved by several renames. They are made packed refs first (with their old values, so that nothing is
 *   seen to change), and then one rename of `packed-refs` moves them all.
 *
 * All along their locks and that of `packed-refs` are held, so that git can neither move nor pack or unpack them.
 */
export async function updateRefs(
  context: RefTransactionContext,
  updates: readonly RefUpdate[],
  message: string,
): Promise<void> {
  if (updates.length === 0) return;
  const { location, lockTimeoutMs } = context;
  const { commonDir } = location;
  // Now, and not when the refs have moved: a configuration that can't be read must not fail what is done.
  const config = await readConfig(location, context.env);
  const targets = await withoutSymbolicRefs(context, updates);
  // Before anything is locked: what can't work should not wait for locks, nor make folders for them.
  await assertNamesFree(context, await compare(context, targets), await readPackedRefs(commonDir));
  await assertObjects(context, targets);

  const changing = targets.filter((update) => update.new !== update.old);
  const usesPackedRefs = changing.length > 1 || changing.some((update) => update.new === null);
  const requests: LockRequest[] = targets.map(({ ref }) => ({ ref, path: refPath(location, ref) }));
  if (usesPackedRefs) requests.push({ ref: 'packed-refs', path: packedRefsPath(commonDir) });
  const locks = await LockSet.take(commonDir, requests, lockTimeoutMs);
  try {
    const packed = await readPackedRefs(commonDir);
    const moves = (await compare(context, targets, packed)).filter((move) => move.new !== move.old);
    await assertNamesFree(context, moves, packed);
    const files = new RefFiles(context, locks.folder, packed);
    const [first] = moves;
    if (first === undefined) return;
    const unpackable = moves.length > 1 && moves.find(({ ref }) => isPerWorktree(ref));
    if (unpackable)
      throw new GitError(`${unpackable.ref} belongs to one worktree and can't be moved together with others`);
    if (moves.length > 1) await files.moveSeveral(moves);
    else if (first.new === null) await files.delete(first);
    else await files.write(first.ref, first.new);
    await logMoves(location, { config, env: context.env }, moves, message);
  } finally {
    await locks.release();
    for (const { ref } of targets) await removeEmptyParents(refRoot(location, ref), ref);
  }
}

/** Writes the files of refs whose locks are held. `folder` is for files that are renamed into place when they are complete. */
class RefFiles {
  readonly #context: RefTransactionContext;
  readonly #folder: string;
  #packed: PackedRefs;

  constructor(context: RefTransactionContext, folder: string, packed: PackedRefs) {
    this.#context = context;
    this.#folder = folder;
    this.#packed = packed;
  }

  async write(ref: RefName, id: ObjectId): Promise<void> {
    const path = refPath(this.#context.location, ref);
    if ((await stat(path).catch(() => undefined))?.isDirectory()) await removeEmptyFolders(path);
    await this.#replace(path, `${id}\n`);
  }

  /** The packed value goes first: a file that is left wins over it, so the ref is there until the file goes. */
  async delete(move: Move): Promise<void> {
    if (this.#packed.refs.has(move.ref)) await this.#rewritePacked(new Map([[move.ref, null]]));
    if (move.isLoose) await this.#deleteLoose(move.ref);
  }

  async moveSeveral(moves: readonly Move[]): Promise<void> {
    const loose = moves.filter(({ isLoose }) => isLoose);
    if (loose.length > 0) {
      await this.#rewritePacked(new Map(loose.map(({ ref, old }) => [ref, old])));
      for (const { ref } of loose) await this.#deleteLoose(ref);
    }
    await this.#rewritePacked(new Map(moves.map((move) => [move.ref, move.new])));
  }

  async #rewritePacked(values: ReadonlyMap<RefName, ObjectId | null>): Promise<void> {
    const { objects, location } = this.#context;
    const refs = new Map<RefName, PackedRef>(this.#packed.refs);
    if (!this.#packed.isFullyPeeled) {
      for (const [ref, { id, peeled }] of refs) refs.set(ref, { id, peeled: peeled ?? (await peel(objects, id)) });
    }
    for (const [ref, id] of values) {
      if (id === null) refs.delete(ref);
      else refs.set(ref, { id, peeled: await peel(objects, id) });
    }
    await this.#replace(packedRefsPath(location.commonDir), formatPackedRefs(refs));
    this.#packed = { refs, isFullyPeeled: true };
  }

  async #deleteLoose(ref: RefName): Promise<void> {
    const path = refPath(this.#context.location, ref);
    await unlink(path);
    await syncFolder(dirname(path));
  }

  /** Puts a file in the place of another, or where none was, in one step. */
  async #replace(path: string, text: string): Promise<void> {
    const temporary = join(this.#folder, 'new');
    const file = await open(temporary, 'w');
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncFolder(dirname(path));
  }
}

/** The updates with the refs that symbolic ones lead to, by name. Throws where two of them mean the same ref. */
async function withoutSymbolicRefs(
  { refs }: RefTransactionContext,
  updates: readonly RefUpdate[],
): Promise<RefUpdate[]> {
  const targets = new Map<RefName, RefUpdate>();
  for (const update of updates) {
    if (!isRefName(update.ref)) throw new GitError(`${JSON.stringify(update.ref)} is no valid ref name`);
    const { name } = await refs.resolve(update.ref);
    if (!isRefName(name))
      throw new GitError(`${update.ref} points at ${JSON.stringify(name)}, which is no valid ref name`);
    if (targets.has(name)) throw new GitError(`one transaction can't move ${name} twice`);
    targets.set(name, { ...update, ref: name });
  }
  return [...targets.values()].sort((a, b) => compareNames(a.ref, b.ref));
}

/** Throws `RefConflictError` where a ref does not have its `old` value. */
async function compare(
  { refs }: RefTransactionContext,
  updates: readonly RefUpdate[],
  packed?: PackedRefs,
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

/** Throws `BadObjectError` where a ref would point at nothing, or a branch at something that is no commit: git's own rule. */
async function assertObjects({ objects }: RefTransactionContext, updates: readonly RefUpdate[]): Promise<void> {
  for (const { ref, new: id } of updates) {
    if (id === null) continue;
    const info = await objects.info(id);
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
  const created = moves.filter((move) => move.old === null && move.new !== null).map(({ ref }) => ref);
  for (const ref of created) {
    for (const above of namesAbove(ref)) {
      if (created.includes(above) || (await refs.resolve(above, packed)).id !== undefined) {
        throw new RefNameConflictError(ref, above);
      }
    }
    const others = [...created, ...packed.refs.keys(), ...(await refs.looseNames(ref))];
    const below = others.find((name) => name.startsWith(`${ref}/`));
    if (below !== undefined) throw new RefNameConflictError(ref, below);
  }
}
