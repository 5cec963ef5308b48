import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { mergeReports } from '../../fleet/merge-reports.ts';
import { worstOf } from '../../fleet/run-fleet.ts';
import { fleetText } from '../../ui/fleet-text.ts';
import { BaseCommand } from '../base.ts';
import { writeFleetReport } from './write-fleet-report.ts';

export default class FleetMerge extends BaseCommand {
  static override summary = 'Unite the reports of the shards of a fleet, and say where it stands.';

  static override description =
    'DIR is a folder that a shard wrote with --report; give those of all shards. Where a repository is in several, the run that began last counts. The exit code is the worst of all.';

  static override examples = [
    { description: 'Unite the reports of two jobs', command: '<%= config.bin %> fleet merge shard-1 shard-2' },
    {
      description: 'Write them as pages: report.json, report.md, report.html',
      command: '<%= config.bin %> fleet merge shard-* --report merged',
    },
  ];

  static override strict = false;

  static override args = {
    dir: Args.string({
      required: true,
      ignoreStdin: true,
      description: 'A folder with a report; several may be given.',
    }),
  };

  static override flags = {
    report: Flags.string({ helpValue: 'DIR', summary: 'Write report.json, report.md and report.html to this folder.' }),
  };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(FleetMerge);
    this.doing('reading the reports');
    const { summary, repeatedCount } = await mergeReports(argv.map(String));
    if (flags.report !== undefined) await writeFleetReport(flags.report, summary);
    const exitCode = worstOf(summary.repositories);
    const facts = { report: flags.report ?? null, repeatedCount };
    this.finish({ result: { ...summary, ...facts }, ok: exitCode === 0, exitCode }, ({ durationMs }) =>
      fleetText(summary, { doneBeforeCount: 0, report: facts.report, durationMs }),
    );
  }
}
