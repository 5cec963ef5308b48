/** What the C library calls it where a machine can't go on (strerror in the C locale), and its code in Node. */
const WORDS: ReadonlyArray<readonly [string, string]> = [
  ['No space left on device', 'ENOSPC'],
  ['Disk quota exceeded', 'EDQUOT'],
  ['Read-only file system', 'EROFS'],
  ['File too large', 'EFBIG'],
  ['Too many open files', 'EMFILE'],
  ['Cannot allocate memory', 'ENOMEM'],
  ['Input/output error', 'EIO'],
];

/** The code for what this machine refused a git program, by what it printed. What a remote printed is not about this machine. */
export function systemCodeIn(stderr: string): string | undefined {
  const own = stderr.split('\n').filter((line) => !line.startsWith('remote:'));
  return WORDS.find(([words]) => own.some((line) => line.includes(words)))?.[1];
}
