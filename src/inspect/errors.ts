import { CHECKPOINT_ID_FORM, type CheckpointId, isCheckpointId } from '../checkpoint/checkpoint-id.ts';
import { CkptError, type Hint } from '../checkpoint/errors.ts';
import type { LayoutName } from '../layout/layout.ts';
import { layoutOf } from '../layout/layouts.ts';

/** Candidates that a message lists. */
const MAX_LISTED = 10;

/** What is missing, by its layout. */
const NAMES: Record<LayoutName, string> = { v1: 'no V1 branch', v2: 'no V2', refs: 'no ref of git-refs' };

/** There is no layout at all, or not the layout that was asked for: exit code 3. */
export class NoCheckpointsError extends CkptError {
  override readonly name = 'NoCheckpointsError';

  constructor(layout: LayoutName | undefined) {
    const { refspec } = layoutOf(layout ?? 'v1');
    const spec = refspec.includes('*') ? `'${refspec}'` : refspec;
    const what = layout === undefined ? 'neither a V1 branch nor V2 refs nor git-refs' : NAMES[layout];
    super('NO_CHECKPOINTS', `there is ${what} in this repository`, {
      exitCode: 3,
      hint: ['If the remote has it, fetch it: ', ['git', 'fetch', 'origin', spec]],
    });
  }
}

/** What was given can't be the beginning of a checkpoint ID: exit code 2. */
export class BadCheckpointIdError extends CkptError {
  override readonly name = 'BadCheckpointIdError';

  constructor(text: string) {
    super('BAD_CHECKPOINT_ID', `${text.slice(0, 80)} is not a checkpoint ID, nor the beginning of one`, {
      exitCode: 2,
      hint: [`${CHECKPOINT_ID_FORM}. List them: `, ['ckpt', 'list']],
    });
  }
}

/** Several checkpoints begin with what was given: exit code 2. */
export class AmbiguousCheckpointError extends CkptError {
  override readonly name = 'AmbiguousCheckpointError';
  readonly candidates: readonly CheckpointId[];

  constructor(prefix: string, candidates: readonly CheckpointId[]) {
    const listed = candidates.slice(0, MAX_LISTED);
    const rest = candidates.length - listed.length;
    const lines = [...listed, ...(rest > 0 ? [`and ${rest} more`] : [])].map((line) => `\n  ${line}`);
    super('AMBIGUOUS_CHECKPOINT', `${candidates.length} checkpoints begin with ${prefix}:${lines.join('')}`, {
      exitCode: 2,
      hint: ['Give more of the ID: ', ['ckpt', 'show', `${candidates[0]}`]],
    });
    this.candidates = candidates;
  }
}

/** No checkpoint begins with what was given. */
export class CheckpointNotFoundError extends CkptError {
  override readonly name = 'CheckpointNotFoundError';

  constructor(
    prefix: string,
    refs: readonly string[],
    elsewhere: { layout: LayoutName; id: CheckpointId } | undefined,
  ) {
    const what = isCheckpointId(prefix) ? `no checkpoint ${prefix}` : `no checkpoint whose ID begins with ${prefix}`;
    super('CHECKPOINT_NOT_FOUND', `there is ${what} on ${refs.join(' or ')}`, {
      hint: elsewhere
        ? [`${elsewhere.layout.toUpperCase()} has it: `, ['ckpt', 'show', elsewhere.id, '--layout', elsewhere.layout]]
        : [
            'List what is there: ',
            ['ckpt', 'list'],
            '. Checkpoints of others have to be fetched first: ',
            ['git', 'fetch', 'origin'],
          ],
    });
  }
}

/** The checkpoint does not have a session folder of this name. */
export class SessionNotFoundError extends CkptError {
  override readonly name = 'SessionNotFoundError';

  constructor(id: CheckpointId, session: string, sessions: readonly string[]) {
    super('SESSION_NOT_FOUND', `checkpoint ${id} has no session ${session}`, {
      hint: sessions.length === 0 ? 'It has none at all.' : `Its sessions are: ${sessions.join(', ')}`,
    });
  }
}

/** A part was asked for that each session has, and there are several sessions: exit code 2. */
export class SessionNotNamedError extends CkptError {
  override readonly name = 'SessionNotNamedError';

  constructor(id: CheckpointId, part: string, sessions: readonly string[]) {
    super('SESSION_NOT_NAMED', `checkpoint ${id} has ${sessions.length} sessions: ${sessions.join(', ')}`, {
      exitCode: 2,
      hint: ['Name one: ', ['ckpt', 'show', id, `--${part}`, '--session', `${sessions.at(-1)}`]],
    });
  }
}

/** The session, or the checkpoint, never had the file that was asked for, or nobody knows where it went. */
export class PartNotFoundError extends CkptError {
  override readonly name = 'PartNotFoundError';

  constructor(what: string, hint: Hint | undefined) {
    super('PART_NOT_FOUND', what, hint === undefined ? {} : { hint });
  }
}

/** The transcript is in no generation, and generations have been deleted: it went with one of them. */
export class TranscriptPrunedError extends CkptError {
  override readonly name = 'TranscriptPrunedError';

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
