import { fetchHint, remoteOfHints } from '../git/fetch-hint.ts';
import type { RefName } from '../git/object-id.ts';
import type { Repository } from '../git/repository.ts';
import { BRANCH_REF, MAIN_REF, REMOTE_BRANCH_REF } from '../layout/ref-names.ts';
import { commandText } from '../shell/quote.ts';
import type { WriteResult } from '../stores/session-writer.ts';

/**
 * A warning for a write that has begun V1's branch, or V2's `main`, in a clone whose `git fetch` does not bring it: the remote may have one,
 * as where one branch was cloned. `undefined` where the write went on from what is here, where git brings it, and where there is no remote.
 */
export async function begunAlone(repo: Repository, { refs }: WriteResult): Promise<string | undefined> {
  const begun = refs.find(({ ref, old }) => old === null && (ref === BRANCH_REF || ref === MAIN_REF))?.ref;
  if (begun === undefined || (begun === BRANCH_REF && (await repo.resolveRef(REMOTE_BRANCH_REF)) !== undefined))
    return undefined;
  const remote = await remoteOfHints(repo);
  if (remote === undefined || (await isFetched(repo, remote, begun))) return undefined;
  const hint = await fetchHint(repo, `Where ${remote} has one, this unites both: `);
  const words = hint.map((part) => (typeof part === 'string' ? part : commandText(part))).join('');
  return `${begun} begins with this write, since no refspec of this clone brings one. ${words}`;
}

/** Whether the refspecs of a remote bring one of its refs. */
async function isFetched(repo: Repository, remote: string, ref: RefName): Promise<boolean> {
  const sources = (await repo.configAll(`remote.${remote}.fetch`)).map(
    (refspec) => refspec.replace(/^\+/, '').split(':')[0],
  );
  return sources.some((source = '') => source === ref || (source.endsWith('*') && ref.startsWith(source.slice(0, -1))));
}
