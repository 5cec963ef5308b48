import * as Args from '@oclif/core/args';
import { BaseCommand, readingFlags, repositoryFlags } from './base.ts';
import { progressFlags } from './progress.ts';

export default class Diff extends BaseCommand {
  static override summary = 'Show what differs between the two layouts for one checkpoint.';

  static override description =
    `Compares what V1 gives V2 with what V2 has: summary, metadata, prompts, transcripts and every other
file, as unified diffs with V1's side first. Long transcripts are shown from the first difference on, and not to
their end. Exit code 0: the same, 1: they differ.`;

  static override examples = [
    { description: 'One checkpoint; the beginning of its ID is enough', command: '<%= config.bin %> diff a3b2c4' },
  ];

  static override args = {
    'checkpoint-id': Args.string({
      required: true,
      ignoreStdin: true,
      description: 'The checkpoint, by its ID or the beginning of it.',
    }),
  };

  static override flags = { ...repositoryFlags, ...readingFlags, ...progressFlags };

  async run(): Promise<void> {
    const { args } = await this.parse(Diff);
    const diff = await this.withRepository(async (repo) => {
      const { findCheckpoint } = await import('../inspect/find-checkpoint.ts');
      const { diffCheckpoint } = await import('../verify/diff/diff-checkpoint.ts');
      const { id } = await findCheckpoint(repo, args['checkpoint-id']);
      return this.withProgress((onEvent) => diffCheckpoint(repo, id, onEvent), { frame: false });
    });
    const { diffText } = await import('../ui/diff-text.ts');
    const { colorLevel } = await import('../ui/terminal.ts');
    const { same: ok, ...result } = diff;
    this.finish({ ok, result }, () => diffText(diff, colorLevel(process.stdout, process.env) > 0));
  }
}
