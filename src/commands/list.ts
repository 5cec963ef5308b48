import * as Flags from '@oclif/core/flags';
import type { ProgressListener } from '../checkpoint/progress.ts';
import type { Repository } from '../git/repository.ts';
import type { RunFacts } from '../ui/run-facts.ts';
import { colorLevel } from '../ui/terminal.ts';
import { BaseCommand, readingFlags, repositoryFlags } from './base.ts';
import { layoutFlag } from './layout-flag.ts';
import { pathsFromTop } from './place-in.ts';
import { progressFlags } from './progress.ts';
import { parseSinceFlag, parseUntilFlag } from './since-flag.ts';
import { terminalWidth } from './terminal-width.ts';

export default class List extends BaseCommand {
  static override summary = 'List checkpoints, newest first.';

  static override description =
    `A checkpoint is as new as its newest session; those without a known time come last. Times are
in UTC. Without --layout, checkpoints of all layouts are listed, each once. The last column has the subject of
the commit that names the checkpoint (trailer Entire-Checkpoint), else the line of its prompt that says most. With several filters, a
checkpoint has to match all. Upper and lower case make no difference, except in paths. Reads no transcript. On a terminal a long list
is shown through $PAGER, or less.`;

  static override examples = [
    { description: 'The ten newest', command: '<%= config.bin %> list --limit 10' },
    { description: 'Which conversations wrote a file', command: '<%= config.bin %> list --file src/main.c' },
    { description: 'What a branch adds', command: '<%= config.bin %> list --commit origin/main..HEAD' },
    { description: 'Those that were deleted and can be restored', command: '<%= config.bin %> list --lost' },
    { description: 'Those of the last two weeks', command: '<%= config.bin %> list --since 14d' },
  ];

  static override flags = {
    ...repositoryFlags,
    ...readingFlags,
    ...progressFlags,
    layout: layoutFlag,
    branch: Flags.string({
      helpValue: 'NAME',
      summary: 'Only those of sessions on this branch; * stands for anything.',
    }),
    agent: Flags.string({ helpValue: 'TEXT', summary: 'Only those of agents with this text in their name.' }),
    author: Flags.string({
      helpValue: 'TEXT',
      summary: 'Only those named by a commit whose author has this text in the name or address.',
    }),
    grep: Flags.string({
      helpValue: 'TEXT',
      summary: 'Only those with this text in a prompt, or in the subject of a commit that names them.',
    }),
    file: Flags.string({
      helpValue: 'PATH',
      summary: 'Only those that touched this file, or a file in this folder; * stands for anything.',
    }),
    commit: Flags.string({
      helpValue: 'RANGE',
      summary: 'Only those that a commit of this range names, for example origin/main..HEAD, or HEAD^! for one commit.',
    }),
    lost: Flags.boolean({
      summary:
        "Those that only V1's history or a backup still has, and those that have lost sessions; ckpt restore brings them back.",
    }),
    limit: Flags.integer({ min: 1, helpValue: 'N', summary: 'At most N.' }),
    since: Flags.string({
      helpValue: 'TIME',
      summary: 'Only those since a day (2026-01-31), a time (RFC 3339), or so long ago (12h, 14d, 2w).',
    }),
    until: Flags.string({
      helpValue: 'TIME',
      summary: 'Only those until a day, a time, or so long ago.',
    }),
    'no-pager': Flags.boolean({ summary: 'Do not show a long list through $PAGER.' }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(List);
    const now = new Date();
    const since = flags.since === undefined ? undefined : parseSinceFlag(flags.since, now);
    const until = flags.until === undefined ? undefined : parseUntilFlag(flags.until, now);
    const domain = import('../inspect/list-checkpoints.ts'); // loads while the repository is opened
    const work = async (repo: Repository) => {
      this.doing('listing checkpoints');
      const { listCheckpoints } = await domain;
      const file = flags.file === undefined ? undefined : pathsFromTop(repo, flags.file, flags.repo);
      const list = (onEvent: ProgressListener) =>
        listCheckpoints(repo, { ...flags, file, commits: flags.commit, since, until, onEvent });
      return this.withProgress(list, { frame: false });
    };
    const list = await this.withRepository(work, { stopsSafely: false }); // nothing is written
    const { listText } = await import('../ui/list-text.ts');
    const { palette } = await import('../ui/palette.ts');
    const paints = palette(colorLevel(process.stdout, process.env) > 0);
    const isNoneLost = flags.lost && list.total === 0;
    const text = (run: RunFacts) =>
      isNoneLost ? 'Nothing that V1 had is lost.\n' : listText(list, terminalWidth(process.stdout), run, paints);
    await this.finishPaged({ result: list }, text, !flags['no-pager']);
  }
}
