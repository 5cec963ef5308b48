import { BaseCommand } from '../base.ts';
import { hookFlags, hooksOptions } from './selection.ts';

export default class HooksUninstall extends BaseCommand {
  static override summary = 'Take out of the hooks what ckpt hooks install put in.';

  static override description =
    `Leaves each file byte for byte as it was, and removes those that ckpt made. Lines that somebody added by hand stay, and are named.
Without --git and --agent it does so for git's hooks and for all agents.`;

  static override examples = [{ description: 'Take everything out', command: '<%= config.bin %> hooks uninstall' }];

  static override flags = hookFlags;

  async run(): Promise<void> {
    const { flags } = await this.parse(HooksUninstall);
    const { uninstallHooks } = await import('../../hooks/hooks.ts');
    const options = await hooksOptions(flags);
    const result = await this.withRepository((repo) => {
      this.doing('uninstalling the hooks');
      return uninstallHooks(repo, options);
    });
    const { hooksUninstallText } = await import('../../ui/hooks-text.ts');
    this.finish({ result }, () => hooksUninstallText(result));
  }
}
