import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { CHECKPOINT_ID_FORM, checkpointIdPrefixes } from '../checkpoint/checkpoint-id.ts';
import type { LayoutName } from '../layout/layout.ts';
import type { VerifyOptions } from '../verify/verify.ts';
import { readingFlags, repositoryFlags } from './base.ts';
import { UsageError } from './errors.ts';
import { pairFlags } from './pair-flags.ts';
import { progressFlags } from './progress.ts';
import { remoteFlag } from './remote-flag.ts';

/** What `ckpt verify` is to look at, and how closely. What IDs, `since` and `commits` name is looked at all together. */
export const verifyFlags = {
  ...repositoryFlags,
  ...readingFlags,
  ...progressFlags,
  since: Flags.string({
    description:
      'Only what V1 got or changed after REV, one of its commits, or since a date: RFC 3339, 2026-01-31, 12h, 14d, 2w.',
    helpValue: 'REV|DATE',
  }),
  commits: Flags.string({
    description: 'Only the checkpoints that these commits of yours name, for example origin/main..HEAD.',
    helpValue: 'RANGE',
  }),
  remote: remoteFlag(
    'Ask a remote whether it has the checkpoints that the commits of its branches, or of --commits, name. Default: the one of the settings, or origin.',
    ['since', 'from', 'to', 'deep'],
  ),
  require: Flags.boolean({
    summary: 'Fail where --since or --commits names no checkpoint, so that nothing was compared.',
  }),
  ...pairFlags,
  deep: Flags.boolean({
    summary: 'Read every transcript and object: hashes, lines of JSON, paths in summaries, what is absent or damaged.',
  }),
  secrets: Flags.boolean({
    dependsOn: ['deep'],
    summary: 'Look for secrets that redaction would take out.',
  }),
};

/** The arguments of `ckpt verify`. */
export const verifyArgs = {
  'checkpoint-id': Args.string({
    multiple: true,
    ignoreStdin: true,
    description: 'Only these checkpoints, by their IDs or the first digits; without any, all.',
  }),
};

/** The flags that say what to look at, as they were parsed. */
interface VerifyFlags {
  readonly since?: string | undefined;
  readonly commits?: string | undefined;
  readonly require: boolean;
  readonly from?: LayoutName | undefined;
  readonly to?: LayoutName | undefined;
  readonly deep: boolean;
  readonly secrets: boolean;
}

/** What was asked for on the command line, as the options of `verify`. Throws a `UsageError` for what is not a checkpoint ID. */
export function verifyOptions(
  args: { readonly 'checkpoint-id'?: readonly string[] | undefined },
  { since, commits, require, from, to, deep, secrets }: VerifyFlags,
): VerifyOptions {
  const checkpoints = args['checkpoint-id'] ?? [];
  // Not while they are parsed: the value of a flag that does not exist would be told as a wrong ID.
  const wrong = checkpoints.find((text) => checkpointIdPrefixes(text).length === 0);
  if (wrong !== undefined) {
    throw new UsageError(`${wrong} is not a checkpoint ID`, `${CHECKPOINT_ID_FORM}.`);
  }
  return {
    ...(checkpoints.length > 0 ? { checkpoints } : {}),
    ...(since === undefined ? {} : { since }),
    ...(commits === undefined ? {} : { commits }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    env: process.env,
    requires: require,
    deep,
    secrets,
  };
}
