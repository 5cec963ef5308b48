import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import type { Repository } from '../git/repository.ts';
import { piecesWithoutCommands } from '../ui/workflow-commands.ts';
import { BaseCommand, readingFlags, repositoryFlags } from './base.ts';
import { UsageError } from './errors.ts';
import { layoutFlag } from './layout-flag.ts';
import { writeBytes } from './write-bytes.ts';

export default class Export extends BaseCommand {
  static override summary = 'Write conversations as pages to read and share, or as JSON lines.';

  static override description =
    `Secrets are redacted again on the way out. An HTML page is one file, without scripts and without links to
anything outside. Without --output one checkpoint is printed; with it, a file for each checkpoint and an index are written to
the folder. jsonl is the transcript itself, in the agent's own form, a file for each session.`;

  static override examples = [
    {
      description: 'The conversation behind the last commit',
      command: '<%= config.bin %> export HEAD --format markdown',
    },
    {
      description: 'All conversations of a branch as pages',
      command: '<%= config.bin %> export origin/main..HEAD --format html --output pages',
    },
  ];

  static override args = {
    'checkpoint-id': Args.string({
      required: true,
      ignoreStdin: true,
      description: 'A checkpoint, as show takes it, or a range of commits that name some (A..B, HEAD^!).',
    }),
  };

  static override flags = {
    ...repositoryFlags,
    ...readingFlags,
    layout: layoutFlag,
    format: Flags.option({
      options: ['markdown', 'html', 'jsonl'] as const,
      default: 'markdown' as const,
      summary: 'What to write.',
    })(),
    output: Flags.string({ char: 'o', helpValue: 'DIR', summary: 'Write files to this folder.' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Export);
    const { format, output, layout } = flags;
    if (output === undefined && (flags.json || flags.quiet)) {
      throw new UsageError(
        `--${flags.json ? 'json' : 'quiet'} leaves stdout to no page`,
        'Name a folder: --output DIR',
      );
    }
    const work = async (repo: Repository) => {
      this.doing('looking for checkpoints');
      const { checkpointsToExport } = await import('../inspect/export-sources.ts');
      const ids = await this.withProgress(
        (onEvent) => checkpointsToExport(repo, args['checkpoint-id'], { layout, onEvent }),
        { frame: false, isShown: false },
      );
      if (output === undefined && ids.length > 1) {
        throw new UsageError(`${args['checkpoint-id']} names ${ids.length} checkpoints`, 'Name a folder: --output DIR');
      }
      this.doing('exporting checkpoints');
      const { exportTo, exported } = await import('./export-files.ts');
      if (output !== undefined) {
        return this.withProgress((onEvent) => exportTo(repo, ids, { format, dir: output, layout, onEvent }), {
          frame: false,
          isShown: false,
        });
      }
      const page = exported(repo, ids[0] as (typeof ids)[number], { format, layout });
      // In JSON lines a changed byte would be another transcript.
      await writeBytes(process.stdout, format === 'jsonl' ? page : piecesWithoutCommands(page));
      return undefined;
    };
    const files = await this.withRepository(work, { stopsSafely: false }); // no ref and no object is written
    if (files === undefined || output === undefined) return;
    const result = { format, output, files };
    this.finish({ result, isVerbatim: true }, () => `${files.map((file) => `${file}\n`).join('')}`);
  }
}
