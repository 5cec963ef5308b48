import { FleetBaseCommand } from './fleet-base.ts';

export default class FleetMigrate extends FleetBaseCommand {
  static override summary = 'Migrate each of many repositories.';

  static override description =
    'Runs `ckpt migrate` in each repository, with the flags that come after --. A URL is cloned into the cache and migrated there; ckpt fleet push sends it on. With --report, a second run takes the repositories that have no line yet. The exit code is the worst of all.';

  static override examples = [
    {
      description: 'See what a migration of all would do',
      command: '<%= config.bin %> fleet migrate --list fleet.txt -- --dry-run',
    },
    {
      description: 'Migrate them, four at a time, and keep what was done',
      command: '<%= config.bin %> fleet migrate --list fleet.txt --jobs 4 --report migrated',
    },
  ];

  protected readonly inEach = 'migrate';
}
