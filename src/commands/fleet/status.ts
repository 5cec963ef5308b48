import { FleetBaseCommand } from './fleet-base.ts';

export default class FleetStatus extends FleetBaseCommand {
  static override summary = 'Say where each of many repositories stands, and the fleet as a whole.';

  static override description =
    'Runs `ckpt status` in each repository, in a process of its own: one that fails or hangs does not stop the others. A URL is cloned bare, without file contents, and fetched again each time. The exit code is the worst of all.';

  static override examples = [
    { description: 'Look at all repositories below a folder', command: '<%= config.bin %> fleet status --dir ..' },
    {
      description: 'Of a list, keeping what was found',
      command: '<%= config.bin %> fleet status --list fleet.txt --report found',
    },
    {
      description: "Ask each repository's remote too",
      command: '<%= config.bin %> fleet status --list fleet.txt -- --remote',
    },
  ];

  protected readonly inEach = 'status';
}
