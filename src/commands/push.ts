import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { CkptError } from '../checkpoint/errors.ts';
import { BaseCommand, repositoryFlags } from './base.ts';
import { exitAfterOutput } from './exit-after-output.ts';
import { maxCheckpointsFlag } from './max-checkpoints-flag.ts';
import { progressFlags } from './progress.ts';

/** Bytes of a megabyte, as hosts count them. */
const MEGABYTE = 1024 * 1024;

export default class Push extends BaseCommand {
  static override summary = 'Push checkpoints to a remote: what it lacks, of every layout that is here.';

  static override description =
    `V1 and V2 go in one push, all or none; git-refs 200 at a time. Where the remote has moved on, its refs are fetched and united first.
Nothing is deleted or taken back there. Where the settings say push_sessions: false, nothing is pushed. Nobody is asked for a password.`;

  static override examples = [
    { description: 'See what would be pushed', command: '<%= config.bin %> push --dry-run' },
    { description: 'Push V1 alone', command: '<%= config.bin %> push --layout v1' },
  ];

  static override args = {
    remote: Args.string({ description: 'A remote, or a URL. Default: the one of the settings, or origin.' }),
  };

  static override flags = {
    ...repositoryFlags,
    ...progressFlags,
    'dry-run': Flags.boolean({ summary: 'Write nothing; print what would be pushed.' }),
    layout: Flags.option({
      options: ['v1', 'v2', 'refs'] as const,
      multiple: true,
      summary: 'Push this layout alone; may be given several times.',
    })(),
    'max-blob': Flags.integer({
      min: 1,
      default: 100,
      helpValue: 'MB',
      summary: 'The largest file that the host takes: nothing is pushed where one is larger.',
    }),
    timeout: Flags.integer({
      min: 1,
      helpValue: 'SECONDS',
      summary: 'Give up after so long; the next push goes on. Default: no limit.',
    }),
    ...maxCheckpointsFlag,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Push);
    const domain = import('../remote/push.ts'); // loads while the repository is opened
    const limit = timeLimit(flags.timeout);
    const pushing = this.withRepository((repo) =>
      this.withProgress(async (onEvent) => {
        const { pushCheckpoints } = await domain;
        const { readSettings } = await import('../stores/settings.ts');
        return pushCheckpoints(repo, {
          remote: args.remote,
          layouts: flags.layout,
          maxBlob: flags['max-blob'] * MEGABYTE,
          dryRun: flags['dry-run'],
          settings: await readSettings(repo),
          askedMaxCheckpoints: flags['max-checkpoints'],
          onEvent,
        });
      }),
    );
    const result = await Promise.race([pushing, limit.reached]).finally(limit.end);
    const { pushText } = await import('../ui/remote-text.ts');
    const { warnings, ...rest } = result;
    this.finish({ result: rest, warnings, ok: result.status !== 'incomplete' }, (run) => pushText(result, run));
  }
}

/** What a push may take beyond its limit, in milliseconds: to say that the limit was reached. */
const GRACE_MS = 250;

/** Fails after so many seconds, and ends the process then, and with it the git that waits for the remote. Nothing here is left half-way. */
function timeLimit(seconds: number | undefined): { readonly reached: Promise<never>; readonly end: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const reached = new Promise<never>((_, reject) => {
    if (seconds === undefined) return;
    timer = setTimeout(() => {
      const message = `the remote did not answer within ${seconds} s; the next push goes on`;
      reject(new CkptError('PUSH_TIMED_OUT', message));
      setTimeout(exitAfterOutput, GRACE_MS);
    }, seconds * 1000);
  });
  return { reached, end: () => clearTimeout(timer) };
}
