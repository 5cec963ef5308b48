import * as Flags from '@oclif/core/flags';
import type { ProgressListener } from '../checkpoint/progress.ts';
import { chooseSize } from '../generations/size.ts';
import type { Repository } from '../git/repository.ts';
import type { LayoutName } from '../layout/layout.ts';
import { LAYOUT_WORDS } from '../layout/layout-names.ts';
import { isMadeOf } from '../layout/layouts.ts';
import { SameLayoutError } from '../layout/same-layout-error.ts';
import { layoutsHere, migrateBetween } from '../migrate/between/migrate-between.ts';
import { type MigrateOptions, migrate, migrateThroughBranch } from '../migrate/migrate.ts';
import { NO_FATES } from '../project/back/session-fate.ts';
import { readSettings } from '../stores/settings.ts';
import { layoutMigrationText } from '../ui/layout-migration-text.ts';
import { migrateText } from '../ui/migrate-text.ts';
import { BaseCommand, dryRunFlags, repositoryFlags } from './base.ts';
import { sourceOf } from './envelope.ts';
import { UsageError } from './errors.ts';
import { maxCheckpointsFlag } from './max-checkpoints-flag.ts';
import { progressFlags } from './progress.ts';

const layout = (summary: string) => Flags.option({ options: LAYOUT_WORDS, summary })();

export default class Migrate extends BaseCommand {
  static override summary = 'Write the checkpoints of one layout to another; by default, of V1 to V2.';

  static override description =
    `Writes the V2 refs from the V1 branch (entire/checkpoints/v1), or any layout from any other: V1, V2, or git-refs (refs), which have
a ref for each checkpoint. Authors, dates and messages stay. The source is only read.
A later run adds what is new since; with nothing new it moves no ref. All refs move in one transaction.`;

  static override examples = [
    { description: 'See what a migration would do', command: '<%= config.bin %> migrate --dry-run' },
    { description: 'Go from V1 to git-refs', command: '<%= config.bin %> migrate --to refs' },
    { description: 'Bring what only V2 has back to V1', command: '<%= config.bin %> migrate --from v2 --to v1' },
    { description: 'Migrate the repository in another folder', command: '<%= config.bin %> migrate --repo ../project' },
  ];

  static override flags = {
    ...repositoryFlags,
    ...progressFlags,
    from: layout('The layout to read. Default: V1. Where there is none, --to v1 and --to refs read what is here.'),
    to: layout('The layout to write. Default: V2.'),
    'dry-run': Flags.boolean({ summary: 'Write nothing; print what would be done and the ref ids that would result.' }),
    ...dryRunFlags,
    ...maxCheckpointsFlag,
    'accept-lost': Flags.boolean({
      exclusive: ['rebuild'],
      summary: 'Go on where V1 was rewritten and lacks checkpoints or sessions that it had.',
    }),
    rebuild: Flags.boolean({
      summary:
        'Project the whole history again; copies of the V2 refs that this replaces are kept under refs/ckpt/backup/.',
    }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Migrate);
    const { rebuild, 'dry-run': dryRun, 'max-checkpoints': asked, 'accept-lost': acceptsLost } = flags;
    const { to = 'v2' } = flags;
    if (flags.from === to) throw new SameLayoutError(to);
    if (rebuild && (to !== 'v2' || (flags.from ?? 'v1') !== 'v1'))
      throw new UsageError('--rebuild is for V1 to V2 alone');
    const run = await this.withRepository((repo) =>
      this.withProgress(async (onEvent) => {
        const from = flags.from ?? (await sourceFor(repo, to));
        if (to !== 'v2') return { between: await migrateBetween(repo, { from, to, dryRun, onEvent }) };
        const { fullCurrentMode } = await readSettings(repo);
        const size = await chooseSize(repo, { asked, isRebuild: rebuild });
        return toSplit(repo, from, { fullCurrentMode, dryRun, ...size, rebuild, acceptsLost, onEvent });
      }),
    );
    const between = 'between' in run ? run.between : undefined;
    if (between !== undefined) {
      const { warnings, source, from, to: target, sessions, ...rest } = between;
      const result = { ...rest, mode: null, source: source && { layout: from, ...source }, target: { layout: target } };
      this.finish({ result: { ...result, ...sessions, here: [], oddities: [] }, warnings }, (facts) =>
        layoutMigrationText(between, facts),
      );
    } else if (!('between' in run)) {
      const { warnings, v1, from, ...rest } = run;
      const source = sourceOf(v1);
      const none = { ...NO_FATES, leftCheckpoints: [] };
      const result = { ...rest, ...none, source: source && { ...source, layout: from }, target: { layout: 'v2' } };
      this.finish({ result, warnings }, (facts) => migrateText(run, facts));
    }
  }
}

/** V1, where it is not what is written; else the first layout that is here. V1 to V2 without V1 says that, and what is here. */
async function sourceFor(repo: Repository, to: LayoutName): Promise<LayoutName> {
  if (to === 'v2') return 'v1';
  const [first] = (await layoutsHere(repo)).filter((name) => name !== to);
  return first ?? (to === 'v1' ? 'refs' : 'v1');
}

async function toSplit(
  repo: Repository,
  from: LayoutName,
  options: MigrateOptions & { readonly dryRun: boolean; readonly onEvent: ProgressListener },
) {
  const pair = { from, to: 'v2' } as const;
  const result = await (isMadeOf(pair) ? migrate(repo, options) : migrateThroughBranch(repo, pair, options));
  if (result === undefined) {
    return { between: { ...(await migrateBetween(repo, { from, to: 'v1', dryRun: true })), to: 'v2' as const } };
  }
  return { from, ...result, here: result.status === 'no-v1' ? await layoutsHere(repo) : [] };
}
