import * as Flags from '@oclif/core/flags';
import { BaseCommand, dryRunFlags, repositoryFlags } from './base.ts';
import { maxCheckpointsFlag } from './max-checkpoints-flag.ts';
import { progressFlags } from './progress.ts';

export default class Rotate extends BaseCommand {
  static override summary = 'Archive full/current as a generation when it is full.';

  static override description =
    `Writes the transcripts in full/current as an archived generation, and empties full/current. Both
move in one transaction. More than one generation's worth becomes several, in the order of arrival.`;

  static override examples = [
    {
      description: 'Archive what is there, though it fills no generation',
      command: '<%= config.bin %> rotate --force',
    },
    { description: 'See what would be archived', command: '<%= config.bin %> rotate --dry-run' },
  ];

  static override flags = {
    ...repositoryFlags,
    ...progressFlags,
    'dry-run': Flags.boolean({
      summary: 'Write nothing; print what would be archived and the ref ids that would result.',
    }),
    ...dryRunFlags,
    force: Flags.boolean({ summary: 'Also archive full/current when it is not full, unless it is empty.' }),
    ...maxCheckpointsFlag,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Rotate);
    const domain = import('../rotate/rotate.ts'); // loads while the repository is opened
    const result = await this.withRepository((repo) =>
      this.withProgress(async (onEvent) => {
        const { rotate } = await domain;
        const { chooseSize } = await import('../generations/size.ts');
        const { readSettings } = await import('../stores/settings.ts');
        const { fullCurrentMode } = await readSettings(repo);
        return rotate(repo, {
          fullCurrentMode,
          ...(await chooseSize(repo, { asked: flags['max-checkpoints'] })),
          force: flags.force,
          dryRun: flags['dry-run'],
          onEvent,
        });
      }),
    );
    const { rotateText } = await import('../ui/rotate-text.ts');
    this.finish({ result }, (run) => rotateText(result, run));
  }
}
