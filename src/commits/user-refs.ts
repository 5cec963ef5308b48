/** Refs that hold no commits of the user: checkpoints, what programs keep for themselves, and notes. */
const NOT_OF_USERS =
  /^refs\/(?:entire|ckpt|notes|stash|bisect|replace)(?:\/|$)|^refs\/(?:heads|remotes\/[^/]+)\/entire\//;

/** Whether a ref, by its full name, may hold commits of the user. */
export function isRefOfUsers(name: string): boolean {
  return !NOT_OF_USERS.test(name);
}
