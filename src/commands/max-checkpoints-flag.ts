import * as Flags from '@oclif/core/flags';
import { DEFAULT_MAX_CHECKPOINTS } from '../generations/max-checkpoints.ts';

/** The flag of every command that fills generations. */
export const maxCheckpointsFlag = {
  'max-checkpoints': Flags.integer({
    min: 1,
    default: DEFAULT_MAX_CHECKPOINTS,
    helpValue: 'N',
    summary: 'Checkpoints in a full generation.',
  }),
};
