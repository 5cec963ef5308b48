import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { CkptError } from '../checkpoint/errors.ts';
import { TimeLimit } from '../checkpoint/time-limit.ts';
import { LAYOUT_WORDS } from '../layout/layout-names.ts';
import { isTrial } from '../stores/hook-trial.ts';
import { BaseCommand, repositoryFlags } from './base.ts';
import { endProcessAfter } from './end-process.ts';
import { maxCheckpointsFlag } from './max-checkpoints-flag.ts';
import { progressFlags } from './progress.ts';

/** Bytes of a megabyte, as hosts count them. */
const MEGABYTE = 1024 * 1024;

export default class Push extends BaseCommand {
  static override summary = 'Push checkpoints to a remote: what it lacks, of every layout that is here.';

  static override description =
    `V1 and V2 go in one push, all or none; git-refs 200 at a time. Where the remote has moved on, its refs are fetched and united first.
Nothing is deleted or taken back there. Where the settings say push_sessions: false, nothing is pushed. Nobody is asked for a password, but by ssh itself on a terminal.`;

  static override examples = [
    { description: 'See what would be pushed', command: '<%= config.bin %> push --dry-run' },
    { description: 'Push V1 alone', command: '<%= config.bin %> push --layout v1' },
  ];

  static override args = {
    remote: Args.string({
      ignoreStdin: true,
      description: 'A remote, or a URL. Default: the one of the settings, or origin.',
    }),
  };

  static override flags = {
    ...repositoryFlags,
    ...progressFlags,
    'dry-run': Flags.boolean({ summary: 'Write nothing; print what would be pushed.' }),
    layout: Flags.option({
      options: LAYOUT_WORDS,
      multiple: true,
      summary: 'Push only this layout; may be given several times.',
    })(),
    'max-blob': Flags.integer({
      min: 1,
      default: 100,
      helpValue: 'MB',
      summary: 'The largest file that the host takes; with a larger one nothing is pushed.',
    }),
    timeout: Flags.integer({
      min: 1,
      helpValue: 'SECONDS',
      summary: 'Stop after this time; the next push goes on. ssh asks nobody for a password then. Default: no limit.',
    }),
    ...maxCheckpointsFlag,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Push);
    if (isTrial(process.env, 'push')) return;
    const domain = import('../remote/push.ts'); // loads while the repository is opened
    const limit = flags.timeout === undefined ? undefined : new TimeLimit(flags.timeout * 1000);
    // With the process the git ends that waits for the remote.
    const takeBack = limit === undefined ? () => undefined : endProcessAfter(limit);
    const pushing = this.withRepository(
      (repo) =>
        this.withProgress(async (onEvent) => {
          const { pushCheckpoints } = await domain;
          const { readSettings } = await import('../stores/settings.ts');
          return pushCheckpoints(repo, {
            remote: args.remote,
            layouts: flags.layout,
            maxBlob: flags['max-blob'] * MEGABYTE,
            dryRun: flags['dry-run'],
            settings: await readSettings(repo),
            env: process.env,
            askedMaxCheckpoints: flags['max-checkpoints'],
            onEvent,
          });
        }),
      // In a dry run too it asks the remote. A limit is for hooks and jobs, where a question of ssh's would hang until then.
      { fetches: true, isUnattended: limit !== undefined },
    );
    pushing.finally(takeBack).catch(() => undefined);
    const result = await (limit?.within(pushing, () => timedOut(flags.timeout)) ?? pushing);
    const { pushText } = await import('../ui/remote-text.ts');
    const { warnings, ...rest } = result;
    this.finish({ result: rest, warnings, ok: result.status !== 'incomplete' }, (run) => pushText(result, run));
  }
}

function timedOut(seconds: number | undefined): CkptError {
  return new CkptError('PUSH_TIMED_OUT', `not done within ${seconds} s; the next push goes on`);
}
