import * as Args from '@oclif/core/args';
import { CkptError } from '../checkpoint/errors.ts';
import { sampleText } from '../ui/sample-text.ts';
import { BaseCommand, repositoryFlags } from './base.ts';
import { EXIT } from './exit-codes.ts';

export default class SampleCommand extends BaseCommand {
  static override summary = 'Make a small repository with a V1 branch, to try things on.';

  static override description =
    'The repository is bare and always the same: 12 checkpoints with what real V1 branches contain. DIR must be new or empty.';

  static override examples = [{ description: 'Make one', command: '<%= config.bin %> sample ./sample.git' }];

  static override args = {
    dir: Args.string({ required: true, ignoreStdin: true, description: 'The folder to make the repository in.' }),
  };

  static override flags = { engine: repositoryFlags.engine };

  async run(): Promise<void> {
    const { args } = await this.parse(SampleCommand);
    const { fileOnTheWay, initBareRepository } = await import('../git/init.ts');
    const { writeSample } = await import('../stores/sample.ts');
    this.doing('making the repository');
    const file = await fileOnTheWay(args.dir);
    if (file !== undefined) {
      throw new CkptError('FOLDER_NOT_EMPTY', `${file} is a file, not a folder`, {
        exitCode: EXIT.impossible,
        hint: 'Name a folder that is new or empty.',
      });
    }
    if (!(await initBareRepository(args.dir).catch(notMade))) {
      throw new CkptError('FOLDER_NOT_EMPTY', `${args.dir} is not empty`, {
        exitCode: EXIT.impossible,
        hint: 'Name a folder that is new or empty.',
      });
    }
    const sample = await this.withRepository(writeSample, { dir: args.dir });
    this.finish({ result: { dir: args.dir, ...sample } }, () => sampleText(args.dir, sample));
  }
}

/** Some file systems (/proc) take no new folders, and say that the path does not exist. */
function notMade(error: NodeJS.ErrnoException): never {
  if (error.code !== 'ENOENT') throw error;
  throw new CkptError('SYSTEM_REFUSED', `no folder can be made there: ${error.message}`, {
    hint: 'Name another folder.',
    cause: error,
  });
}
