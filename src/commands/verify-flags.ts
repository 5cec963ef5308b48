import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { isCheckpointId } from '../checkpoint/checkpoint-id.ts';
import type { VerifyOptions } from '../verify/verify.ts';
import { repositoryFlags } from './base.ts';
import { UsageError } from './errors.ts';
import { progressFlags } from './progress.ts';

/** What `ckpt verify` is to look at, and how closely. */
export const verifyFlags = {
  ...repositoryFlags,
  ...progressFlags,
  deep: Flags.boolean({
    summary: 'Read every transcript and object: hashes, lines of JSON, paths in summaries, what is absent or damaged.',
  }),
  secrets: Flags.boolean({
    dependsOn: ['deep'],
    summary: 'With --deep: look for secrets that redaction would take out.',
  }),
};

/** The arguments of `ckpt verify`. */
export const verifyArgs = {
  'checkpoint-id': Args.string({
    multiple: true,
    ignoreStdin: true,
    description: 'Checkpoints to look at, by their IDs of 12 hex digits; all where none is named.',
    parse: async (text) => {
      if (isCheckpointId(text)) return text;
      throw new UsageError(`${text} is no checkpoint ID`, 'A checkpoint ID has 12 digits, each one of 0-9 and a-f.');
    },
  }),
};

/** What was asked for on the command line, as the options of `verify`. */
export function verifyOptions(
  args: { readonly 'checkpoint-id'?: readonly string[] | undefined },
  { deep, secrets }: { readonly deep: boolean; readonly secrets: boolean },
): VerifyOptions {
  const checkpoints = args['checkpoint-id'] ?? [];
  return { ...(checkpoints.length > 0 ? { checkpoints } : {}), deep, secrets };
}
