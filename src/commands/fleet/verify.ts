import { FleetBaseCommand } from './fleet-base.ts';

export default class FleetVerify extends FleetBaseCommand {
  static override summary = 'Verify each of many repositories.';

  static override description =
    'Runs `ckpt verify` in each repository, with the flags that come after --. A repository without any checkpoints is not a failure. The exit code is the worst of all: 1 where layouts differ somewhere, 3 where a repository could not be read.';

  static override examples = [
    {
      description: 'Verify all repositories below a folder',
      command: '<%= config.bin %> fleet verify --dir ..',
    },
    {
      description: 'One of 16 jobs, which read every transcript',
      command: '<%= config.bin %> fleet verify --list fleet.txt --shard 3/16 --report verified -- --deep',
    },
  ];

  protected readonly inEach = 'verify';
}
