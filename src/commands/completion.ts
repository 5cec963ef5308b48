import * as Args from '@oclif/core/args';
import { BaseCommand } from './base.ts';

const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;

export default class Completion extends BaseCommand {
  static override summary = 'Print the script by which a shell completes ckpt.';

  static override description = `Completes commands, flags, their values, files, folders and checkpoint IDs.

bash, in ~/.bashrc: source <(ckpt completion bash)

zsh, in ~/.zshrc after compinit: source <(ckpt completion zsh)

fish: ckpt completion fish > ~/.config/fish/completions/ckpt.fish

PowerShell, in $PROFILE: ckpt completion powershell | Out-String | Invoke-Expression`;

  static override examples = SHELLS.map((shell) => ({
    description: `For ${shell}`,
    command: `<%= config.bin %> completion ${shell}`,
  }));

  static override args = {
    shell: Args.string({
      required: true,
      ignoreStdin: true,
      options: [...SHELLS],
      description: 'The shell.',
    }),
  };

  async run(): Promise<void> {
    const { args } = await this.parse(Completion);
    const { completionWords } = await import('./completion-words.ts');
    const words = await completionWords(this.commands);
    const script = (await SCRIPTS[args.shell as (typeof SHELLS)[number]]())(words);
    this.finish({ result: { shell: args.shell, script }, isVerbatim: true }, () => script);
  }
}

const SCRIPTS = {
  bash: async () => (await import('../ui/completion/bash.ts')).bashCompletion,
  zsh: async () => (await import('../ui/completion/zsh.ts')).zshCompletion,
  fish: async () => (await import('../ui/completion/fish.ts')).fishCompletion,
  powershell: async () => (await import('../ui/completion/powershell.ts')).powershellCompletion,
};
