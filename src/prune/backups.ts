import { CkptError } from '../checkpoint/errors.ts';
import type { Ref, Repository } from '../git/repository.ts';
import { BACKUP_PREFIX, generationNumber, generationRef, V2_PREFIX } from '../layout/ref-names.ts';

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
  const elsewhere = `If a remote still has it: git fetch origin ${ref}:${ref}; if V1 has the transcripts: ckpt migrate --rebuild`;
  throw new CkptError('NO_BACKUP', `there is no backup of archive ${number} below ${BACKUP_PREFIX}`, {
    hint: others.length === 0 ? elsewhere : `Archives with a backup: ${others.join(', ')}. ${elsewhere}`,
    exitCode: 3,
  });
}

/** The number of the archive that a backup's ref is of; `undefined` for that of another ref. */
function numberOf({ name }: Ref): number | undefined {
  const [, ...path] = name.slice(BACKUP_PREFIX.length).split('/');
  return generationNumber(V2_PREFIX + path.join('/'));
}
