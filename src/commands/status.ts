import type { ProgressListener } from '../checkpoint/progress.ts';
import type { Repository } from '../git/repository.ts';
import { BaseCommand, repositoryFlags } from './base.ts';
import { progressFlags } from './progress.ts';
import { terminalWidth } from './terminal-width.ts';

export default class Status extends BaseCommand {
  static override summary =
    'Say where a repository stands: both layouts, generations, settings, hooks, and what is off.';

  static override description =
    'Writes nothing and reads no transcript. What is off is listed with the command that mends it; the exit code is 0 all the same.';

  static override examples = [{ description: 'Look', command: '<%= config.bin %> status' }];

  static override flags = { ...repositoryFlags, ...progressFlags };

  async run(): Promise<void> {
    const { flags } = await this.parse(Status);
    const domain = import('../inspect/status.ts'); // loads while the repository is opened
    const { argv, env, execPath } = process;
    const work = async (repo: Repository) => {
      this.onDoing('looking at the repository');
      const { repositoryStatus } = await domain;
      const { findProgram } = await import('../hooks/find-program.ts');
      const program = await findProgram({ script: argv[1] ?? 'ckpt', node: execPath, env });
      const { version } = this.config;
      const look = (onEvent: ProgressListener) =>
        repositoryStatus(repo, { version, program, env, now: new Date(), onEvent });
      return this.withProgress(flags, look, { frame: false });
    };
    const report = await this.withRepository(flags, work, { stopsSafely: false }); // nothing is written
    const { statusText } = await import('../ui/status-text.ts');
    this.show(flags, report, () => statusText(report, terminalWidth(process.stdout), flags.repo));
  }
}
