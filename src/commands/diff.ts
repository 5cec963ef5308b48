import * as Args from '@oclif/core/args';
import type { ProgressListener } from '../checkpoint/progress.ts';
import { BaseCommand, readingFlags, repositoryFlags } from './base.ts';
import { pairFlags, toFlag } from './pair-flags.ts';
import { progressFlags } from './progress.ts';

export default class Diff extends BaseCommand {
  static override summary = 'Show what differs between two layouts for one checkpoint.';

  static override description =
    `Compares what the first layout gives the second (V1, V2, git-refs) with what the second has, and shows the differences as
unified diffs: summary, metadata, prompts, transcripts and every other file. Long transcripts are shown from the first difference on, and not to
their end. Exit code 0: the same; 1: they differ.`;

  static override examples = [
    { description: 'One checkpoint; the beginning of its ID is enough', command: '<%= config.bin %> diff a3b2c4' },
    { description: 'V1 and git-refs', command: '<%= config.bin %> diff a3b2c4 --from v1 --to refs' },
  ];

  static override args = {
    'checkpoint-id': Args.string({
      required: true,
      ignoreStdin: true,
      description: 'The checkpoint, by its ID or the beginning of it.',
    }),
  };

  static override flags = {
    ...repositoryFlags,
    ...readingFlags,
    ...progressFlags,
    ...pairFlags,
    to: toFlag('the first other one that has the checkpoint'),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Diff);
    const diff = await this.withRepository(async (repo) => {
      const { findCheckpoint } = await import('../inspect/find-checkpoint.ts');
      const { diffCheckpoint } = await import('../verify/diff/diff-checkpoint.ts');
      const { id } = await findCheckpoint(repo, args['checkpoint-id']);
      const { from, to } = flags;
      const diff = (onEvent: ProgressListener) => diffCheckpoint(repo, id, { from, to, env: process.env, onEvent });
      return this.withProgress(diff, { frame: false });
    });
    const { diffText } = await import('../ui/diff-text.ts');
    const { colorLevel } = await import('../ui/terminal.ts');
    const { same: ok, ...result } = diff;
    this.finish({ ok, result }, (run) => diffText(diff, run, colorLevel(process.stdout, process.env) > 0));
  }
}
