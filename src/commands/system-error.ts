import { CkptError } from '../checkpoint/errors.ts';

/** What a user can do about the errors of the system that come from outside of ckpt, by their codes in Node. */
export const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full. Make room, and run the command again.',
  EDQUOT: 'The quota of the disk is used up. Make room, and run the command again.',
  EROFS: 'The file system can only be read. Work in a copy that can be written.',
  EACCES: 'Permission is missing. See who owns the path, and run the command as that user.',
  EPERM: 'The system does not permit it. See who owns the path, and run the command as that user.',
  EMFILE: 'Too many files are open. Raise the limit (ulimit -n), and run the command again.',
  ENFILE: 'Too many files are open on this machine. End other programs, and run the command again.',
  EAGAIN: 'Too many processes run. End some, or raise the limit (ulimit -u), and run the command again.',
  ENOMEM: 'Memory is used up. End other programs, and run the command again.',
  EFBIG: 'A file would be larger than is permitted. Raise the limit (ulimit -f), and run the command again.',
  EBUSY: 'Another program uses the path. End that, and run the command again.',
  ENOTDIR: 'A part of the path is a file, not a folder. Name another path.',
  EISDIR: 'The path is a folder, not a file. Name another path.',
  ELOOP: 'The path goes through links that lead back to themselves. Name another path.',
  ENAMETOOLONG: 'The path is longer than the file system takes. Name a shorter one.',
  ESTALE: 'The network drive has lost the path. Mount it again, and run the command again.',
  EIO: 'The disk cannot be read or written. Look at its health and at your backups.',
};

/**
 * An error of the system for which ckpt is not to blame: no room, no permission, too many open files. `undefined` for any
 * other error.
 */
export function asSystemError(error: unknown): CkptError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code = '', syscall } = error as NodeJS.ErrnoException;
  if (syscall === 'uv_cwd') {
    const hint = 'Change into a folder that is there, and run the command again.';
    return new CkptError('SYSTEM_REFUSED', 'the current folder was deleted, or it cannot be read', {
      hint,
      cause: error,
    });
  }
  const hint = REMEDIES[code];
  if (syscall === undefined || hint === undefined) return undefined;
  return new CkptError('SYSTEM_REFUSED', error.message, { hint, cause: error });
}
