import type { ObjectId, RefName } from '../../git/object-id.ts';
import { LAYOUT_NAMES } from '../../layout/layout-names.ts';
import { commandText } from '../../shell/quote.ts';
import type { NamedStanding, RemoteComparison } from '../../standing/compare-remote.ts';
import type { RefStanding } from '../../standing/ref-standings.ts';
import { type Finding, finding, kindOf } from '../finding.ts';

/**
 * What is wrong with what a remote has: checkpoints that commits name first, then the queue, refs and branches.
 */
export function remoteFindings(comparison: RemoteComparison): Finding[] {
  const { remote, named, refs, unread, queued, branches, branchesOf } = comparison;
  const at = remote.name;
  // A ref that can't be read is said once.
  const said = new Set(unread.map(({ name }) => name));
  const found = [
    ...named.flatMap((one) => ofNamed(one, at)),
    ...unknown(comparison),
    ...queued.map(({ checkpoint, ref, isHere }) => {
      const there = `is on Entire's push queue, and not on ${at} as it is here`;
      const nowhere = `is on Entire's push queue, but its ref ${ref} is not here: nothing can push it`;
      return finding('CHECKPOINT_QUEUED', `the checkpoint ${checkpoint} ${isHere ? there : nowhere}`, {
        checkpoint,
        ref,
      });
    }),
    ...refs.filter(({ ref }) => !said.has(ref)).flatMap((one) => ofRef(one, at)),
    ...branches.filter(({ isHere }) => !isHere).map(({ name, id }) => notFetched(name, id, branchesOf ?? at)),
  ];
  if (named.length === 0) found.push(nothingNamed(comparison));
  const place = remote.kind === 'named' ? { remote: at } : {};
  return found.map((one): Finding => {
    const isOff = !remote.mayPush && kindOf(one.code).unpushed !== undefined;
    return { ...one, ...place, ...(isOff ? { isPushOff: true } : {}) };
  });
}

/** Its command names the branch: the refspecs of a clone may not bring it. */
function notFetched(branch: RefName, id: ObjectId, remote: string): Finding {
  const message = `${branch} of ${remote} is at ${id}, which is not here; to get it`;
  return finding('BRANCH_NOT_FETCHED', `${message}: ${commandText(['git', 'fetch', remote, branch])}`, { ref: branch });
}

function ofNamed({ checkpoint, by, isHere, arrival, isQueued, isDeleted }: NamedStanding, at: string): Finding[] {
  if (arrival !== 'missing') return [];
  const what =
    by === undefined ? `the checkpoint ${checkpoint}` : `the commit ${by.commit} names the checkpoint ${checkpoint}`;
  const which = by === undefined ? '' : ', which';
  const place = { checkpoint, ...(by === undefined ? {} : { commit: by.commit }) };
  if (isHere) {
    const queue = isQueued ? " (it is on Entire's push queue)" : '';
    return [finding('CHECKPOINT_NOT_ARRIVED', `${what}${which} is here, and not on ${at}${queue}`, place)];
  }
  if (isDeleted) return [finding('NAMED_DELETED', `${what}${which} was deleted here, and is not on ${at}`, place)];
  const who = by === undefined ? '' : `; the author is ${by.author}`;
  return [finding('CHECKPOINT_NOWHERE', `${what}${which} is neither here nor on ${at}${who}`, place)];
}

/** What can't be told, a finding a ref: which checkpoints it would be about is what is not known. */
function unknown({ named, unread, remote }: RemoteComparison): Finding[] {
  const count = named.filter(({ arrival }) => arrival === 'unknown').length;
  return unread.map(({ name, id }) => {
    const where = `${name} of ${remote.name} is at ${id}, which can't be read here`;
    return count === 0
      ? finding('REMOTE_UNKNOWN', where, { ref: name })
      : finding('ARRIVAL_UNKNOWN', `${where}: it may hold ${count} of the checkpoints that commits name`, {
          ref: name,
        });
  });
}

function ofRef({ ref, layout, standing, here, there }: RefStanding, at: string): Finding[] {
  const name = LAYOUT_NAMES[layout];
  switch (standing) {
    case 'in-step':
      return [];
    case 'only-here':
      return [finding('REMOTE_BEHIND', `${at} does not have ${ref} (${name})`, { ref })];
    case 'ahead':
      return [
        finding('REMOTE_BEHIND', `${at} has ${ref} (${name}) at ${there}, here it has gone on to ${here}`, { ref }),
      ];
    case 'only-there':
      return [finding('REMOTE_AHEAD', `${at} has ${ref} (${name}), which is not here`, { ref })];
    case 'behind':
      return [
        finding('REMOTE_AHEAD', `${at} has gone on with ${ref} (${name}) to ${there}; here it is at ${here}`, { ref }),
      ];
    case 'diverged':
      return [finding('REMOTE_DIVERGED', `${ref} (${name}) is at ${here} here, and at ${there} on ${at}`, { ref })];
    case 'unknown':
      return [
        finding(
          'REMOTE_UNKNOWN',
          `${ref} (${name}) is at ${there} on ${at}; how ${here} relates to it is not known here`,
          { ref },
        ),
      ];
  }
}

function nothingNamed({ branchesOf }: RemoteComparison): Finding {
  const where = branchesOf === null ? 'the range' : `the branches of ${branchesOf}`;
  return finding('NOTHING_COMPARED', `no commit of ${where} names a checkpoint: none was looked for`);
}
