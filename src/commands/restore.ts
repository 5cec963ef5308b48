import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { BaseCommand, dryRunFlags, repositoryFlags } from './base.ts';
import { UsageError } from './errors.ts';
import { progressFlags } from './progress.ts';

export default class Restore extends BaseCommand {
  static override summary = "Bring back checkpoints that only V1's history or a backup still has.";

  static override description =
    `ckpt list --lost lists them. Each is written as it stands in the last commit that has it, or in a backup, to the primary layout of
the settings (V1 where these say nothing): to V1 in one commit on its tip, to V2 in one commit each, to git-refs with its history. Sessions that a
checkpoint has lost go back into it. All refs move in one transaction. A checkpoint that is there is refused, and so is one that was deleted on purpose.
ckpt prune --restore brings back a pruned generation.`;

  static override examples = [
    { description: 'See what would come back', command: '<%= config.bin %> restore b1c2d3e4f506 --dry-run' },
    { description: 'Bring two checkpoints back', command: '<%= config.bin %> restore b1c2d3e4f506 c0ff' },
  ];

  static override args = {
    'checkpoint-id': Args.string({
      multiple: true,
      ignoreStdin: true,
      description: 'The ID of a lost checkpoint, or its first digits; several with spaces between them.',
    }),
  };

  static override flags = {
    ...repositoryFlags,
    ...progressFlags,
    'dry-run': Flags.boolean({
      summary: 'Write nothing; print what would be restored and the ref ids that would result.',
    }),
    ...dryRunFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Restore);
    const ids = args['checkpoint-id'] ?? [];
    if (ids.length === 0) throw new UsageError('name a checkpoint', 'List what is lost: `ckpt list --lost`');
    const { assertBeginnings } = await import('../restore/choose-lost.ts');
    assertBeginnings(ids);
    const domain = import('../restore/restore-lost.ts'); // loads while the repository is opened
    const result = await this.withRepository((repo) =>
      this.withProgress(async (onEvent) => {
        return (await domain).restoreLost(repo, ids, { dryRun: flags['dry-run'], env: process.env, onEvent });
      }),
    );
    const { restoreLostText } = await import('../ui/restore-text.ts');
    this.finish({ result }, (run) => restoreLostText(result, run));
  }
}
