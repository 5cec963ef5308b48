import { candidateLines } from './candidates.ts';
import { CHECKPOINT_ID_FORM, type CheckpointId } from './checkpoint-id.ts';
import { CkptError } from './errors.ts';

/** What was given can't be the beginning of a checkpoint ID: exit code 2. */
export class BadCheckpointIdError extends CkptError {
  /** `lost`: one of those that are lost was asked for, and a commit or branch would not do. */
  constructor(text: string, which?: 'lost') {
    const others = which === 'lost' ? '' : ', nor a commit or branch here';
    super('BAD_CHECKPOINT_ID', `${text.slice(0, 80)} is not a checkpoint ID, nor the beginning of one${others}`, {
      exitCode: 2,
      hint:
        which === 'lost'
          ? [`${CHECKPOINT_ID_FORM}. List what is lost: `, ['ckpt', 'list', '--lost']]
          : [`${CHECKPOINT_ID_FORM}. List them: `, ['ckpt', 'list']],
    });
  }
}

/** Several checkpoints begin with what was given: exit code 2. */
export class AmbiguousCheckpointError extends CkptError {
  readonly candidates: readonly CheckpointId[];

  /** `labels`: what tells them apart, where that is known. `lost`: one of those that are lost was asked for. */
  constructor(
    prefix: string,
    candidates: readonly CheckpointId[],
    labels: ReadonlyMap<CheckpointId, string | null>,
    which?: 'lost',
  ) {
    const what = which === 'lost' ? 'lost checkpoints' : 'checkpoints';
    const lines = candidateLines(candidates.map((id) => `${id}  ${labels.get(id) ?? ''}`));
    const message = `${candidates.length} ${what} begin with ${prefix}:${lines}`;
    super('AMBIGUOUS_CHECKPOINT', message, {
      exitCode: 2,
      hint: `Give more of the ID, for example ${candidates[0]}`,
    });
    this.candidates = candidates;
  }
}
