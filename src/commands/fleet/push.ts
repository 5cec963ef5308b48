import { FleetBaseCommand } from './fleet-base.ts';

export default class FleetPush extends FleetBaseCommand {
  static override summary = 'Push the checkpoints of each of many repositories to their remotes.';

  static override description =
    'Runs `ckpt push` in each repository, with the flags that come after --. What was cloned from a URL is pushed to that URL. The exit code is the worst of all.';

  static override examples = [
    {
      description: 'See what would be pushed',
      command: '<%= config.bin %> fleet push --list fleet.txt -- --dry-run',
    },
    {
      description: 'Push V2 alone, two repositories at a time',
      command: '<%= config.bin %> fleet push --list fleet.txt --jobs 2 -- --layout v2',
    },
  ];

  protected readonly inEach = 'push';
}
