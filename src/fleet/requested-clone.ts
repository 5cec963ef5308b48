import { once } from 'node:events';
import { bareClone } from '../git/native/bare-clone.ts';
import { BRANCHES_PREFIX } from '../layout/ref-names.ts';

/** What a process that is to clone gets from the fleet. The URL comes so, since every user of a machine sees the arguments of processes. */
export interface CloneRequest {
  readonly url: string;
}

/**
 * Makes the clone that the fleet which started this process asks for, or brings its branches up to date; those of checkpoints are left to
 * `ckpt fetch`. Throws a `RemoteError` where the remote does not answer.
 */
export async function requestedClone(dir: string): Promise<void> {
  process.channel?.ref(); // `endWithParent` lets the process end while it waits
  const [{ url }] = (await once(process, 'message')) as [CloneRequest];
  process.channel?.unref();
  await bareClone({ url, dir, without: [`${BRANCHES_PREFIX}*`], env: process.env });
}
