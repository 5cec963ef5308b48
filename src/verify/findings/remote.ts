import type { FindingKinds } from './kind.ts';

/** What to do where the settings forbid to push. */
const UNPUSHED = 'Nothing, as long as the settings say `push_sessions: false`: nothing is pushed then.';

/** What `verify --remote` finds about a remote. */
export const REMOTE = {
  CHECKPOINT_NOT_ARRIVED: {
    severity: 'error',
    meaning: 'A commit names a checkpoint that is here, and never reached the remote.',
    remedy: 'Run `ckpt push`.',
    unpushed: UNPUSHED,
  },
  CHECKPOINT_NOWHERE: {
    severity: 'error',
    meaning: 'A commit names a checkpoint that is neither here nor on the remote.',
    remedy: 'In the clone in which the commit was made, run `ckpt push`.',
    unpushed: UNPUSHED,
  },
  ARRIVAL_UNKNOWN: {
    severity: 'error',
    meaning:
      'The remote may hold checkpoints that commits name, where this clone can not look: nothing is proved of them.',
    remedy: 'Run `ckpt fetch`, then this again.',
  },
  CHECKPOINT_QUEUED: {
    severity: 'warning',
    meaning: "A checkpoint is on the push queue of Entire's client, and not on the remote as it is here.",
    remedy: 'Run `ckpt push`: it goes by what the remote lacks, not by the queue.',
    unpushed: UNPUSHED,
  },
  REMOTE_BEHIND: {
    severity: 'warning',
    meaning: 'This clone has a ref that the remote does not have, or has not all of.',
    remedy: 'Run `ckpt push`.',
    unpushed: UNPUSHED,
  },
  REMOTE_DIVERGED: {
    severity: 'warning',
    meaning: 'This clone and the remote have each gone on with a ref.',
    remedy: 'Run `ckpt push`: it unites the two first.',
    unpushed:
      'Run `ckpt fetch`: it unites the two here. Nothing is pushed, as long as the settings say `push_sessions: false`.',
  },
  REMOTE_UNKNOWN: {
    severity: 'warning',
    meaning:
      'The remote has something of a ref that this clone does not have, or this clone has too little history to tell.',
    remedy: 'Run `ckpt fetch`; in a shallow clone `git fetch --unshallow REMOTE` before it.',
  },
  REMOTE_AHEAD: {
    severity: 'note',
    meaning: 'The remote has a ref that this clone does not have, or has not all of.',
    remedy: 'Run `ckpt fetch`.',
  },
  BRANCH_NOT_FETCHED: {
    severity: 'warning',
    meaning:
      'A branch of the remote is at a commit that is not here: what its commits name since the last fetch was not looked for.',
    remedy: 'Fetch it: `git fetch REMOTE BRANCH`.',
  },
  NAMED_DELETED: {
    severity: 'note',
    meaning:
      'A commit names a checkpoint that was deleted here (`entire checkpoint delete`), and that is not on the remote.',
    remedy: 'None needed.',
  },
} as const satisfies FindingKinds;
