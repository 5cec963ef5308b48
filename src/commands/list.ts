import * as Flags from '@oclif/core/flags';
import type { ProgressListener } from '../checkpoint/progress.ts';
import type { Repository } from '../git/repository.ts';
import { BaseCommand, repositoryFlags } from './base.ts';
import { layoutFlag } from './layout-flag.ts';
import { progressFlags } from './progress.ts';
import { parseSince } from './since.ts';
import { terminalWidth } from './terminal-width.ts';

export default class List extends BaseCommand {
  static override summary = 'List checkpoints, newest first.';

  static override description =
    `A checkpoint is as new as its newest session; those whose time nobody knows come last. Times are
in UTC. Without --layout, checkpoints of both layouts are listed, each once. Reads no transcript.`;

  static override examples = [
    { description: 'The ten newest', command: '<%= config.bin %> list --limit 10' },
    { description: 'Those of the last two weeks', command: '<%= config.bin %> list --since 14d' },
  ];

  static override flags = {
    ...repositoryFlags,
    ...progressFlags,
    layout: layoutFlag,
    limit: Flags.integer({ min: 1, helpValue: 'N', summary: 'At most so many.' }),
    since: Flags.string({
      helpValue: 'TIME',
      summary: 'Only those that are as new as a day (2026-01-31), a time (RFC 3339), or so long ago (12h, 14d, 2w).',
    }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(List);
    const { layout, limit } = flags;
    const since = flags.since === undefined ? undefined : parseSince(flags.since, new Date());
    const domain = import('../inspect/list-checkpoints.ts'); // loads while the repository is opened
    const work = async (repo: Repository) => {
      this.doing('listing checkpoints');
      const { listCheckpoints } = await domain;
      const list = (onEvent: ProgressListener) => listCheckpoints(repo, { layout, limit, since, onEvent });
      return this.withProgress(list, { frame: false });
    };
    const list = await this.withRepository(work, { stopsSafely: false }); // nothing is written
    const { listText } = await import('../ui/list-text.ts');
    this.finish({ result: list }, () => listText(list, terminalWidth(process.stdout)));
  }
}
