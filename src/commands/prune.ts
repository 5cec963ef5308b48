import * as Flags from '@oclif/core/flags';
import { parseAge } from '../checkpoint/user-time.ts';
import type { Repository } from '../git/repository.ts';
import { BaseCommand, readingFlags, repositoryFlags } from './base.ts';
import { UsageError } from './errors.ts';
import { progressFlags } from './progress.ts';
import { remoteFlag, withRemoteValue } from './remote-flag.ts';

const PLAN_FLAGS = ['older-than', 'keep', 'apply', 'allow-loss', 'no-backup'];

export default class Prune extends BaseCommand {
  static override summary = 'Delete archived generations that are past the retention, and bring them back.';

  static override description =
    `Without --apply it only says which archives would go, and what that frees. Transcripts go; summaries, metadata and
prompts stay on main. An archive with a transcript that exists nowhere else stays, with exit code 1, unless --allow-loss is given.
With --remote it looks for archives at a remote that were pruned here. With --apply as well it deletes them there, and nothing else;
exit code 1 means that one is still there.`;

  static override examples = [
    { description: 'See which archives are past the retention', command: '<%= config.bin %> prune' },
    {
      description: 'Delete those older than 90 days, but the newest two',
      command: '<%= config.bin %> prune --older-than 90d --keep 2 --apply',
    },
    { description: 'Bring the third one back', command: '<%= config.bin %> prune --restore 3' },
    { description: 'Delete at the remote what was pruned here', command: '<%= config.bin %> prune --apply --remote' },
  ];

  static override flags = {
    ...repositoryFlags,
    ...readingFlags,
    ...progressFlags,
    'older-than': Flags.string({
      helpValue: 'AGE',
      summary: 'The retention, such as 36h, 14d or 2w. Default: the one of the settings, or 14d.',
    }),
    keep: Flags.integer({ min: 0, default: 0, helpValue: 'N', summary: 'Keep the newest N archives in any case.' }),
    apply: Flags.boolean({ summary: 'Delete them; without this nothing is written.' }),
    'allow-loss': Flags.boolean({ summary: 'Also delete transcripts that exist nowhere else.' }),
    'no-backup': Flags.boolean({ summary: 'Do not keep the deleted refs under refs/ckpt/backup/.' }),
    restore: Flags.integer({
      min: 1,
      helpValue: 'NUMBER',
      summary: 'Bring the archive with this number back from its newest backup.',
      exclusive: PLAN_FLAGS,
    }),
    remote: remoteFlag(
      'Look for archives at a remote that were pruned here; with --apply delete them there. Default: the one of the settings, or origin.',
      ['restore', 'older-than', 'allow-loss', 'no-backup'],
    ),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Prune, withRemoteValue(this.argv));
    const { restore, remote, apply } = flags;
    if (remote !== undefined) return this.#pruneRemote(remote, apply);
    if (restore !== undefined) return this.#restore(restore);
    const olderThan = ageOf(flags['older-than']);
    const domain = import('../prune/prune.ts'); // loads while the repository is opened
    const backup = !flags['no-backup'];
    const work = (repo: Repository) =>
      this.withProgress(async (onEvent) => {
        const { prune } = await domain;
        const { readRetention } = await import('../stores/settings.ts');
        const retention = await readRetention(repo, olderThan === undefined ? onEvent : undefined);
        const { keep, 'allow-loss': allowLoss } = flags;
        return prune(repo, { ...retention, olderThan, keep, apply, allowLoss, backup, onEvent });
      });
    const pruned = await this.withRepository(work, { fetches: apply || flags.fetch });
    const { pruneText } = await import('../ui/prune-text.ts');
    const { warnings, ...result } = pruned;
    this.finish({ ok: result.status !== 'refused', result, warnings }, (run) => pruneText(pruned, run, backup));
  }

  async #pruneRemote(named: string, apply: boolean): Promise<void> {
    const domain = import('../remote/prune-remote.ts');
    const remote = named === '' ? undefined : named;
    const result = await this.withRepository(
      (repo) => this.withProgress(async (onEvent) => (await domain).pruneRemote(repo, { remote, apply, onEvent })),
      { fetches: true },
    );
    const { remotePruneText } = await import('../ui/prune-text.ts');
    this.finish({ ok: result.status !== 'incomplete', result }, (run) => remotePruneText(result, run));
  }

  async #restore(number: number): Promise<void> {
    const domain = import('../prune/restore.ts');
    const result = await this.withRepository(
      (repo) => this.withProgress(async (onEvent) => (await domain).restoreArchive(repo, number, { onEvent })),
      { fetches: true },
    );
    const { restoreText } = await import('../ui/prune-text.ts');
    this.finish({ result }, (run) => restoreText(result, run));
  }
}

/** An age as `--older-than` has it, in seconds. Throws a `UsageError` where it is none. */
function ageOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = parseAge(text);
  if (seconds !== undefined) return seconds;
  throw new UsageError(
    `${text} is not an age`,
    'Give a whole number of hours, days or weeks, for example --older-than 14d.',
  );
}
