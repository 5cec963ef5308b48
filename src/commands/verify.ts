import { BaseCommand } from './base.ts';
import { EXIT } from './exit-codes.ts';
import { verifyArgs, verifyFlags, verifyOptions } from './verify-flags.ts';

export default class Verify extends BaseCommand {
  static override summary = 'Prove that the V2 refs hold everything that the V1 branch holds.';

  static override description =
    `Projects V1 again and compares the result with V2 by object ids; where they differ, says by
checkpoint, session and field what is wrong. Writes nothing. Exit code 0: consistent, 1: not.`;

  static override examples = [
    { description: 'Verify the repository around the current folder', command: '<%= config.bin %> verify' },
    { description: 'Look at one checkpoint only', command: '<%= config.bin %> verify a3b2c4d5e6f7' },
  ];

  static override args = verifyArgs;

  static override flags = { ...verifyFlags };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Verify);
    const options = verifyOptions(args);
    const domain = import('../verify/verify.ts'); // loads while the repository is opened
    const report = await this.withRepository(flags, (repo) =>
      this.withProgress(flags, async (onEvent) => (await domain).verify(repo, { ...options, onEvent })),
    );
    process.exitCode = report.consistent ? EXIT.ok : EXIT.failed;
    const { verifyText } = await import('../ui/verify-text.ts');
    const { kindOf } = await import('../verify/finding.ts');
    // Findings are errors: --quiet keeps quiet only about a clean result.
    this.show({ ...flags, quiet: flags.quiet && report.consistent }, report, () => verifyText(report, kindOf));
  }
}
