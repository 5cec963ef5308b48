import * as Flags from '@oclif/core/flags';
import { DEFAULT_MAX_CHECKPOINTS } from '../generations/max-checkpoints.ts';
import { migrate } from '../migrate/migrate.ts';
import { readSettings } from '../stores/settings.ts';
import { migrateText } from '../ui/migrate-text.ts';
import { BaseCommand, repositoryFlags } from './base.ts';
import { maxCheckpointsFlag } from './max-checkpoints-flag.ts';
import { progressFlags } from './progress.ts';

export default class Migrate extends BaseCommand {
  static override summary = 'Write the V2 refs of a repository from its V1 branch.';

  static override description =
    `Projects the history of the V1 branch (entire/checkpoints/v1) onto the V2 refs. V1 is only read.
A later run adds what is new since; with nothing new it moves no ref. All refs move in one transaction.`;

  static override examples = [
    { description: 'See what a migration would do', command: '<%= config.bin %> migrate --dry-run' },
    { description: 'Migrate the repository in another folder', command: '<%= config.bin %> migrate --repo ../project' },
  ];

  static override flags = {
    ...repositoryFlags,
    ...progressFlags,
    'dry-run': Flags.boolean({ summary: 'Write nothing; print what would be done and the ref ids that would result.' }),
    ...maxCheckpointsFlag,
    rebuild: Flags.boolean({
      summary: 'Project the whole history afresh; the V2 refs of before are kept under refs/ckpt/backup/.',
    }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Migrate);
    const result = await this.withRepository(flags, (repo) =>
      this.withProgress(flags, async (onEvent) => {
        const { fullCurrentMode } = await readSettings(repo.workTree);
        return migrate(repo, {
          fullCurrentMode,
          dryRun: flags['dry-run'],
          maxCheckpoints: flags['max-checkpoints'],
          rebuild: flags.rebuild,
          onEvent,
        });
      }),
    );
    const asked = [
      ...(flags['max-checkpoints'] === DEFAULT_MAX_CHECKPOINTS
        ? []
        : [`--max-checkpoints ${flags['max-checkpoints']}`]),
      ...(flags.rebuild ? ['--rebuild'] : []),
    ];
    this.show(flags, result, () => migrateText(result, { repo: flags.repo, asked }));
  }
}
