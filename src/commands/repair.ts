import * as Flags from '@oclif/core/flags';
import { chooseSize } from '../generations/size.ts';
import { BaseCommand, repositoryFlags } from './base.ts';
import { sourceOf } from './envelope.ts';
import { maxCheckpointsFlag } from './max-checkpoints-flag.ts';
import { progressFlags } from './progress.ts';

export default class Repair extends BaseCommand {
  static override summary = 'Mend what verify finds and V1 can supply, on top of the V2 that is there.';

  static override description =
    `Verifies, mends what can be mended in one transaction, and verifies again. What it can't mend stays
as it is, and it says why. V1 is only read. Exit code 0: no error is left; 1: something is.`;

  static override examples = [
    { description: 'See what a repair would do', command: '<%= config.bin %> repair --dry-run' },
    { description: 'Mend the repository in another folder', command: '<%= config.bin %> repair --repo ../project' },
  ];

  static override flags = {
    ...repositoryFlags,
    ...progressFlags,
    'dry-run': Flags.boolean({ summary: 'Write nothing; print what would be done and the ref ids that would result.' }),
    ...maxCheckpointsFlag,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Repair);
    const domain = import('../repair/repair.ts'); // loads while the repository is opened
    const repaired = await this.withRepository((repo) =>
      this.withProgress(async (onEvent) =>
        (await domain).repair(repo, {
          dryRun: flags['dry-run'],
          ...(await chooseSize(repo, { asked: flags['max-checkpoints'] })),
          onEvent,
        }),
      ),
    );
    const { repairText } = await import('../ui/repair-text.ts');
    const { isWhole: ok, warnings, v1, ...rest } = repaired;
    const result = { ...rest, source: sourceOf(v1), target: { layout: 'v2' } };
    this.finish({ ok, result, warnings }, (run) => repairText(repaired, run));
  }
}
