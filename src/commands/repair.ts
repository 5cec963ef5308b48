import * as Flags from '@oclif/core/flags';
import { chooseSize } from '../generations/size.ts';
import type { RepairedPair } from '../repair/repair-result.ts';
import { BaseCommand, dryRunFlags, repositoryFlags } from './base.ts';
import { sourceOf } from './envelope.ts';
import { maxCheckpointsFlag } from './max-checkpoints-flag.ts';
import { pairFlags } from './pair-flags.ts';
import { progressFlags } from './progress.ts';

export default class Repair extends BaseCommand {
  static override summary = 'Mend what verify finds in one layout and another can supply, on top of what is there.';

  static override description =
    `Verifies, mends what can be mended in one transaction, and verifies again. What it can't mend stays as it is, and it says
why. Only V1 mends V2; V1 and git-refs are mended by any other layout. Without --from and --to, the primary layout of the settings mends each
other one that is here. Exit code 0: no error is left; 1: one is.`;

  static override examples = [
    { description: 'See what a repair would do', command: '<%= config.bin %> repair --dry-run' },
    { description: 'Do it', command: '<%= config.bin %> repair' },
    { description: 'Mend V1 by what git-refs have', command: '<%= config.bin %> repair --from refs --to v1' },
    { description: 'Mend the repository in another folder', command: '<%= config.bin %> repair --repo ../project' },
  ];

  static override flags = {
    ...repositoryFlags,
    ...progressFlags,
    'dry-run': Flags.boolean({ summary: 'Write nothing; print what would be done and the ref ids that would result.' }),
    ...dryRunFlags,
    ...pairFlags,
    ...maxCheckpointsFlag,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Repair);
    const domain = import('../repair/repair.ts'); // loads while the repository is opened
    const repaired = await this.withRepository((repo) =>
      this.withProgress(async (onEvent) =>
        (await domain).repair(repo, {
          dryRun: flags['dry-run'],
          from: flags.from,
          to: flags.to,
          env: process.env,
          ...(await chooseSize(repo, { asked: flags['max-checkpoints'] })),
          onEvent,
        }),
      ),
    );
    const { repairText } = await import('../ui/repair-text.ts');
    const { others, ...first } = repaired;
    const { warnings, ...result } = documentOf(first);
    const ok = [first, ...others].every(({ isWhole }) => isWhole);
    this.finish({ ok, result: { ...result, others: others.map(documentOf) }, warnings }, (run) =>
      repairText(repaired, run),
    );
  }
}

function documentOf({ isWhole: _, v1, from, to, source, ...rest }: RepairedPair) {
  return { ...rest, source: from === 'v1' ? sourceOf(v1) : { ...source, commit: null }, target: { layout: to } };
}
