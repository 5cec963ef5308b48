import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { BaseCommand, repositoryFlags } from './base.ts';
import { UsageError } from './errors.ts';
import { maxCheckpointsFlag } from './max-checkpoints-flag.ts';
import { progressFlags } from './progress.ts';

export default class Fetch extends BaseCommand {
  static override summary = 'Fetch checkpoints from a remote, and unite them with those that are here.';

  static override description =
    `One fetch brings what the remote has to refs/ckpt/remotes/<remote>/, beside your own refs. Then V1 and git-refs fast-forward to
the remote's, or are merged by content where both sides have new commits. V2 is made of the united V1,
and git-refs that were made of V1 are brought up to it. Nobody is asked for a password, but by ssh itself on a terminal.`;

  static override examples = [
    { description: 'See what the remote has that is not here', command: '<%= config.bin %> fetch --dry-run' },
    { description: 'Have `git fetch` bring checkpoints too', command: '<%= config.bin %> fetch --setup --dry-run' },
    { description: 'Fetch, and unite nothing', command: '<%= config.bin %> fetch --no-merge' },
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
    'dry-run': Flags.boolean({ summary: 'Ask the remote what it has; write nothing.' }),
    'no-merge': Flags.boolean({ summary: 'Fetch, and leave local refs alone.' }),
    'metadata-only': Flags.boolean({
      summary: "Fetch V2's metadata, without transcripts, and leave local refs alone.",
    }),
    setup: Flags.boolean({
      exclusive: ['no-merge'],
      summary: 'Fetch nothing; have `git fetch` bring what this command would, from now on.',
    }),
    remove: Flags.boolean({ dependsOn: ['setup'], summary: 'Take back what --setup did.' }),
    clone: Flags.boolean({ hidden: true, summary: 'ckpt fleet says which URL to clone before.' }),
    ...maxCheckpointsFlag,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Fetch);
    const domain = import('../remote/fetch.ts'); // loads while the repository is opened
    if (flags.clone) {
      if (!process.connected) throw new UsageError('--clone is for ckpt fleet alone');
      const { requestedClone } = await import('../fleet/requested-clone.ts');
      this.doing('cloning');
      await requestedClone(flags.repo ?? '.');
    }
    const result = await this.withRepository(
      (repo) =>
        this.withProgress(async (onEvent) => {
          const wanted = { remote: args.remote, isMetadataOnly: flags['metadata-only'], dryRun: flags['dry-run'] };
          if (flags.setup) {
            const { setUpFetch } = await import('../remote/setup.ts');
            return setUpFetch(repo, { ...wanted, removes: flags.remove });
          }
          const { fetchCheckpoints } = await domain;
          const { readSettings } = await import('../stores/settings.ts');
          return fetchCheckpoints(repo, {
            ...wanted,
            merges: !flags['no-merge'],
            settings: await readSettings(repo),
            env: process.env,
            askedMaxCheckpoints: flags['max-checkpoints'],
            onEvent,
          });
        }),
      { fetches: true }, // in a dry run too it asks the remote
    );
    const { fetchText } = await import('../ui/remote-text.ts');
    const { warnings, ...rest } = result;
    this.finish({ result: rest, warnings }, (run) => fetchText(result, run));
  }
}
