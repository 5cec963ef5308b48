import * as Flags from '@oclif/core/flags';
import { MAX_MATRIX, planShards } from '../../fleet/fleet-plan.ts';
import { readFleet } from '../../fleet/read-fleet.ts';
import { fleetPlanText } from '../../ui/fleet-plan-text.ts';
import { BaseCommand } from '../base.ts';
import { sourceFlags, sourceOfFleet } from './fleet-flags.ts';

export default class FleetPlan extends BaseCommand {
  static override summary = 'Say which repositories each shard has, or print the matrix for GitHub Actions.';

  static override description =
    'Runs nothing in any repository. A repository belongs to a shard by its name alone, whatever else is in the list.';

  static override examples = [
    {
      description: 'Sixteen shards, and what each has',
      command: '<%= config.bin %> fleet plan --list fleet.txt --shards 16',
    },
    {
      description: 'The matrix of a job, on one line',
      command: '<%= config.bin %> fleet plan --list fleet.txt --shards 16 --matrix',
    },
  ];

  static override flags = {
    ...sourceFlags,
    shards: Flags.integer({
      min: 1,
      max: MAX_MATRIX,
      helpValue: 'N',
      summary: 'How many shards. Default: some fifty repositories a shard.',
    }),
    matrix: Flags.boolean({ summary: 'Print the matrix for GitHub Actions: {"shard":["1/16",...]}.' }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(FleetPlan);
    this.doing('reading which repositories there are');
    const shards = planShards(await readFleet(sourceOfFleet(flags)), flags.shards);
    const matrix = { shard: shards.map(({ shard }) => shard) };
    this.finish({ result: { shards, matrix }, isVerbatim: flags.matrix }, () =>
      flags.matrix ? `${JSON.stringify(matrix)}\n` : fleetPlanText(shards),
    );
  }
}
