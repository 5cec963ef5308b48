import * as Flags from '@oclif/core/flags';
import { LAYOUT_WORDS } from '../../layout/layout-names.ts';
import { BaseCommand } from '../base.ts';
import { hookFlags, hooksOptions } from './selection.ts';

export default class HooksInstall extends BaseCommand {
  static override summary = 'Let git, and agents, run the mirror after each new checkpoint.';

  static override description =
    `Adds a marked block to git's hooks, and a command to the hooks of the agents whose folders the work tree has (.claude, .codex, .cursor …). \
With --git or --agent it takes only those. What is there already stays.
Where husky or lefthook own the hooks, or a hook is not a shell script, it prints the lines to add.
Exit code 1: something is left to do by hand.`;

  static override examples = [
    { description: 'Install what fits this repository', command: '<%= config.bin %> hooks install' },
    {
      description: 'Keep a V1 and git-refs in step',
      command: '<%= config.bin %> hooks install --mirror v1 --mirror refs',
    },
    { description: 'Only the agent', command: '<%= config.bin %> hooks install --agent claude-code' },
  ];

  static override flags = {
    ...hookFlags,
    mirror: Flags.option({
      options: LAYOUT_WORDS,
      multiple: true,
      summary: 'A layout to keep in step with the primary one; recorded as ckpt.mirror in .git/config.',
    })(),
    background: Flags.boolean({
      allowNo: true,
      summary:
        'Let hooks return at once, and the mirror run in a process of its own; recorded as ckpt.background in .git/config.',
    }),
    push: Flags.boolean({
      allowNo: true,
      summary:
        'Let git push send checkpoints too, to the remote that it is given; recorded as ckpt.push in .git/config.',
    }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(HooksInstall);
    const { installHooks } = await import('../../hooks/hooks.ts');
    const options = {
      ...(await hooksOptions(flags)),
      mirrors: flags.mirror,
      isPushing: flags.push,
      isBackground: flags.background,
    };
    const installed = await this.withRepository((repo) => {
      this.doing('installing the hooks');
      return installHooks(repo, options);
    });
    const { hooksInstallText } = await import('../../ui/hooks-text.ts');
    const { complete: ok, ...result } = installed;
    this.finish({ ok, result }, (run) => hooksInstallText(installed, run));
  }
}
