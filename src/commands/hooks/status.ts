import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../base.ts';
import { hookFlags, hooksOptions } from './selection.ts';

export default class HooksStatus extends BaseCommand {
  static override summary =
    'Say which hooks run the mirror, whether they are current, what it keeps in step, and when it last ran.';

  static override description = `Changes nothing. The hooks are read; whether a condition in one holds can't be told so.
With --try git commits, amends, rebases, merges and pushes in a copy of the repository, in a temporary folder, and it is
said how often its hooks came to the mirror. All hooks of these commands run then, those of others too.`;

  static override examples = [
    { description: 'Look', command: '<%= config.bin %> hooks status' },
    { description: 'Ask git', command: '<%= config.bin %> hooks status --try' },
  ];

  static override flags = {
    ...hookFlags,
    try: Flags.boolean({ summary: 'Have git run its hooks, in a copy of the repository that is removed afterwards.' }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(HooksStatus);
    const { hooksStatus } = await import('../../hooks/hooks.ts');
    const options = { ...(await hooksOptions(flags)), isTrial: flags.try };
    const status = await this.withRepository((repo) => {
      this.doing(flags.try ? 'trying the hooks' : 'looking at the hooks');
      return hooksStatus(repo, options);
    });
    const { hooksStatusText } = await import('../../ui/hooks-text.ts');
    this.finish({ result: status }, (run) => hooksStatusText(status, run));
  }
}
