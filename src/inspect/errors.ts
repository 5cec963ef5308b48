import { candidateLines } from '../checkpoint/candidates.ts';
import { type CheckpointId, isCheckpointId } from '../checkpoint/checkpoint-id.ts';
import { CkptError } from '../checkpoint/errors.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { LayoutName } from '../layout/layout.ts';
import { agreeing, LAYOUT_NAMES } from '../layout/layout-names.ts';
import type { Hint } from '../shell/hint.ts';

/** Candidates that a message lists. */
const MAX_LISTED = 10;

/** What is missing, by its layout. */
const NAMES: Record<LayoutName, string> = { v1: 'no V1 branch', v2: 'no V2', refs: 'no ref of git-refs' };

/** There is no layout at all, or not the layout that was asked for: exit code 3. */
export class NoCheckpointsError extends CkptError {
  constructor(layout: LayoutName | undefined, hint: Hint) {
    const what = layout === undefined ? 'neither a V1 branch nor V2 refs nor git-refs' : NAMES[layout];
    super('NO_CHECKPOINTS', `there is ${what} in this repository`, {
      exitCode: 3,
      hint,
    });
  }
}

/** A commit, or the lines of a file, lead to several checkpoints: exit code 2. */
export class SeveralCheckpointsError extends CkptError {
  constructor(
    where: string,
    candidates: readonly { readonly checkpoint: CheckpointId; readonly label: string | null }[],
  ) {
    const lines = candidateLines(candidates.map(({ checkpoint, label }) => `${checkpoint}  ${label ?? ''}`));
    super('SEVERAL_CHECKPOINTS', `${where} leads to ${candidates.length} checkpoints:${lines}`, {
      exitCode: 2,
      hint: ['Name one: ', ['ckpt', 'show', `${candidates[0]?.checkpoint}`]],
    });
  }
}

/** A commit was named that names no checkpoint. */
export class NoCheckpointNamedError extends CkptError {
  constructor(text: string, commit: ObjectId, nearest: ObjectId | undefined) {
    const id = commit.slice(0, 10);
    const what = commit.startsWith(text) ? `the commit ${id}` : `${text} (the commit ${id})`;
    super('NO_CHECKPOINT_NAMED', `${what} does not name a checkpoint`, {
      hint:
        nearest === undefined
          ? ['No commit before it names one either. List what is there: ', ['ckpt', 'list']]
          : ['The last commit before it that names one: ', ['ckpt', 'show', nearest.slice(0, 10)]],
    });
  }
}

/** The commits of a range name no checkpoint, or none that is here. */
export class NoCheckpointsNamedError extends CkptError {
  constructor(range: string, namedCount: number) {
    const what = namedCount === 0 ? 'name no checkpoint' : `name ${namedCount} checkpoints, of which none is here`;
    super('NO_CHECKPOINTS_NAMED', `the commits of ${range} ${what}`, {
      hint: ['List what is here: ', ['ckpt', 'list']],
    });
  }
}

/** The lines that were asked for come from commits that name no checkpoint. */
export class UnnamedLineError extends CkptError {
  constructor(where: string, commit: ObjectId | undefined) {
    const what = commit === undefined ? `${where} is empty` : `${where} was written by ${commit.slice(0, 10)}`;
    super('NO_CHECKPOINT_NAMED', `${what}, and no checkpoint is named there`, {
      hint: ['Checkpoints that touched a file: ', ['ckpt', 'list', '--file', where.replace(/:\d+$/, '')]],
    });
  }
}

/** No checkpoint begins with what was given. */
export class CheckpointNotFoundError extends CkptError {
  constructor(
    prefix: string,
    refs: readonly string[],
    elsewhere: { layout: LayoutName; id: CheckpointId } | undefined,
    /** What names the checkpoint; absent where the user does. */
    namedBy?: string,
  ) {
    const what = isCheckpointId(prefix) ? `no checkpoint ${prefix}` : `no checkpoint whose ID begins with ${prefix}`;
    const by = namedBy === undefined ? '' : `; ${namedBy} names it`;
    super('CHECKPOINT_NOT_FOUND', `there is ${what} on ${refs.join(' or ')}${by}`, {
      hint: elsewhere
        ? [
            `${LAYOUT_NAMES[elsewhere.layout]} ${agreeing(elsewhere.layout, 'has', 'have')} it: `,
            ['ckpt', 'show', elsewhere.id, '--layout', elsewhere.layout],
          ]
        : [
            'List what is there: ',
            ['ckpt', 'list'],
            '. Checkpoints of others have to be fetched first: ',
            ['ckpt', 'fetch'],
          ],
    });
  }
}

/** The checkpoint does not have a session folder of this name. */
export class SessionNotFoundError extends CkptError {
  constructor(id: CheckpointId, session: string, sessions: readonly string[]) {
    super('SESSION_NOT_FOUND', `checkpoint ${id} has no session ${session}`, {
      hint: sessions.length === 0 ? 'It has none at all.' : `Its sessions are: ${sessions.join(', ')}`,
    });
  }
}

/** A part was asked for that each session has, and there are several sessions: exit code 2. */
export class SessionNotNamedError extends CkptError {
  /** `flags`: those by which the part was asked for. */
  constructor(id: CheckpointId, flags: readonly string[], sessions: readonly string[]) {
    super('SESSION_NOT_NAMED', `checkpoint ${id} has ${sessions.length} sessions: ${sessions.join(', ')}`, {
      exitCode: 2,
      hint: ['Name one: ', ['ckpt', 'show', id, ...flags, '--session', `${sessions.at(-1)}`]],
    });
  }
}

/** The session, or the checkpoint, never had the file that was asked for, or nobody knows where it went. */
export class PartNotFoundError extends CkptError {
  constructor(what: string, hint: Hint | undefined) {
    super('PART_NOT_FOUND', what, hint === undefined ? {} : { hint });
  }
}

/** The transcript is in no generation, and generations have been deleted: it went with one of them. */
export class TranscriptPrunedError extends CkptError {
  constructor(id: CheckpointId, session: string, generations: readonly number[]) {
    const listed = generations.slice(0, MAX_LISTED).join(', ');
    const names = generations.length === 1 ? `generation ${listed}` : `generations ${listed}`;
    super(
      'TRANSCRIPT_PRUNED',
      `the transcript of session ${session} of checkpoint ${id} is in no generation; ${names} ${generations.length === 1 ? 'was' : 'were'} pruned, or not fetched`,
      { hint: ['Bring one back: ', ['ckpt', 'prune', '--restore', `${generations[0]}`]] },
    );
  }
}
