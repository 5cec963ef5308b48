/** For `catch` of what reads a file: `undefined` where there is none. Throws any other error on. */
export function ignoreAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
