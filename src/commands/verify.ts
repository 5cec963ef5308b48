import { judged } from '../verify/gate.ts';
import { verify } from '../verify/verify.ts';
import { BaseCommand } from './base.ts';
import { EXIT } from './exit-codes.ts';
import { gateOptions, reportFlags, targetsOf } from './report-flags.ts';
import { isJsonOnStdout } from './report-targets.ts';
import { verifyArgs, verifyFlags, verifyOptions } from './verify-flags.ts';
import { writeReports } from './write-reports.ts';

export default class Verify extends BaseCommand {
  static override summary = 'Prove that the V2 refs hold everything that the V1 branch holds.';

  static override description =
    `Projects V1 again and compares the result with V2 by object ids; where they differ, says by
checkpoint, session and field what is wrong. Writes nothing to the repository. Exit code 0: nothing that
fails was found; 1: something was.`;

  static override examples = [
    { description: 'Verify the repository around the current folder', command: '<%= config.bin %> verify' },
    { description: 'Read every transcript as well', command: '<%= config.bin %> verify --deep' },
    { description: 'Look at one checkpoint only', command: '<%= config.bin %> verify a3b2c4d5e6f7' },
    {
      description: 'On a pull request: do its commits name checkpoints that both layouts have?',
      command: '<%= config.bin %> verify --commits origin/main..HEAD',
    },
    {
      description: 'In a CI job: text for its log, JUnit for its tests',
      command: '<%= config.bin %> verify --format text --format junit --output junit.xml',
    },
    {
      description: 'Accept what is found today, and fail by what is new from now on',
      command: '<%= config.bin %> verify --baseline ckpt-baseline.json --update-baseline',
    },
  ];

  static override args = verifyArgs;

  static override flags = { ...verifyFlags, ...reportFlags };

  async run(): Promise<void> {
    const { args, flags, raw } = await this.parse(Verify);
    const targets = targetsOf(raw);
    const options = verifyOptions(args, flags);
    const gate = gateOptions(flags);
    const report = await this.withRepository(flags, (repo) =>
      this.withProgress({ ...flags, json: isJsonOnStdout(targets) }, (onEvent) =>
        judged(gate, options, () => verify(repo, { ...options, onEvent })),
      ),
    );
    process.exitCode = report.gate.passed ? EXIT.ok : EXIT.failed;
    await writeReports(report, targets, {
      version: this.config.version,
      // Findings are errors: --quiet keeps quiet only where none fails.
      showText: (text) => this.show({ json: false, quiet: flags.quiet && report.gate.passed }, report, text),
      summaryFile: process.env.GITHUB_STEP_SUMMARY,
    });
  }
}
