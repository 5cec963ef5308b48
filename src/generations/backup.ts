import { CkptError } from '../checkpoint/errors.ts';
import { tryCommit } from '../git/commit.ts';
import { remoteOfHints } from '../git/fetch-hint.ts';
import type { ObjectId, RefName } from '../git/object-id.ts';
import type { Ref, RefUpdate, Repository } from '../git/repository.ts';
import { BACKUP_PREFIX, backupPrefix, generationNumber, generationRef, SPLIT_PREFIX } from '../layout/ref-names.ts';
import type { Hint } from '../shell/hint.ts';

/** Copies of V2 refs under `refs/ckpt/backup/<time>/`. */
export interface Backup {
  /** What the copies' names begin with; `null` where no ref could be kept. */
  readonly prefix: string | null;
  readonly updates: readonly RefUpdate[];
  /** A ref at an object that is absent or a malformed commit can't be kept, since git makes no ref to one: here is its id. */
  readonly warnings: readonly string[];
}

/** The ref updates that keep V2 refs as they are now, for the same transaction as what replaces or deletes them. */
export async function backupOf(
  repo: Repository,
  refs: ReadonlyMap<RefName, ObjectId>,
  now = new Date(),
): Promise<Backup> {
  const prefix = backupPrefix(now);
  const lost = await unkeepable(repo, refs);
  const kept = [...refs].filter(([ref]) => !lost.has(ref));
  const warnings = [...lost].map(
    ([ref, id]) => `${ref} pointed at ${id}, which can't be kept: it is not a readable object`,
  );
  return {
    prefix: kept.length > 0 ? prefix : null,
    updates: kept.map(([ref, id]) => ({ ref: prefix + ref.slice(SPLIT_PREFIX.length), old: null, new: id })),
    warnings,
  };
}

/** The refs at what git makes no ref to. */
async function unkeepable(repo: Repository, refs: ReadonlyMap<RefName, ObjectId>): Promise<Map<RefName, ObjectId>> {
  const all = [...refs];
  const infos = await repo.objectInfo(all.map(([, id]) => id));
  const commits = all.filter((_, i) => infos[i]?.type === 'commit');
  const contents = await repo.readObjects(commits.map(([, id]) => id));
  const malformed = new Set(commits.filter((_, i) => tryCommit(contents[i]) === undefined).map(([ref]) => ref));
  return new Map(all.filter(([ref], i) => infos[i] === undefined || malformed.has(ref)));
}

/**
 * The newest backup of an archive: of a prune, or of a `ckpt migrate --rebuild`. Throws a `CkptError` where there is none,
 * which names the archives that have one.
 */
export async function newestBackup(repo: Repository, number: number): Promise<Ref> {
  // The folder below the prefix is the time, so that the order of the names is that of the backups.
  const backups = (await repo.listRefs(BACKUP_PREFIX)).reverse();
  const found = backups.find((backup) => numberOf(backup) === number);
  if (found !== undefined) return found;
  const others = [...new Set(backups.flatMap((backup) => numberOf(backup) ?? []))].sort((a, b) => a - b);
  const ref = generationRef(number);
  const remote = await remoteOfHints(repo);
  const elsewhere: Hint = [
    ...(remote === undefined ? [] : ['If the remote still has it: ', ['git', 'fetch', remote, `${ref}:${ref}`], '. ']),
    'If V1 has the transcripts: ',
    ['ckpt', 'migrate', '--rebuild'],
  ];
  throw new CkptError('NO_BACKUP', `there is no backup of archive ${number} below ${BACKUP_PREFIX}`, {
    hint: others.length === 0 ? elsewhere : [`Archives with a backup: ${others.join(', ')}. `, ...elsewhere],
    exitCode: 3,
  });
}

/** The number of the archive that a backup's ref is of; `undefined` for that of another ref. */
function numberOf({ name }: Ref): number | undefined {
  const [, ...path] = name.slice(BACKUP_PREFIX.length).split('/');
  return generationNumber(SPLIT_PREFIX + path.join('/'));
}
