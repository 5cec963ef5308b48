import { BaseCommand } from '../base.ts';
import { hookFlags, hooksOptions } from './selection.ts';

export default class HooksStatus extends BaseCommand {
  static override summary =
    'Say which hooks run the mirror, whether they are current, what it keeps in step, and when it last ran.';

  static override description = 'Changes nothing.';

  static override examples = [{ description: 'Look', command: '<%= config.bin %> hooks status' }];

  static override flags = hookFlags;

  async run(): Promise<void> {
    const { flags } = await this.parse(HooksStatus);
    const { hooksStatus } = await import('../../hooks/hooks.ts');
    const options = await hooksOptions(flags);
    const status = await this.withRepository((repo) => {
      this.doing('looking at the hooks');
      return hooksStatus(repo, options);
    });
    const { hooksStatusText } = await import('../../ui/hooks-text.ts');
    this.finish({ result: status }, (run) => hooksStatusText(status, run));
  }
}
