import * as Flags from '@oclif/core/flags';

/** The flag of every command that fills generations. */
export const maxCheckpointsFlag = {
  'max-checkpoints': Flags.integer({
    min: 1,
    helpValue: 'N',
    summary: 'Checkpoints in a full generation. Default: what V2 records, else 100.',
  }),
};
