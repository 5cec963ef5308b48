import { parseCheckpointId } from '../checkpoint/checkpoint-id.ts';
import type { ProgressListener } from '../checkpoint/progress.ts';
import type { Repository } from '../git/repository.ts';
import { judged } from '../verify/baseline/judged-run.ts';
import type { VerifyReport } from '../verify/report.ts';
import { type VerifyOptions, verify } from '../verify/verify.ts';
import { BaseCommand } from './base.ts';
import { EXIT } from './exit-codes.ts';
import { withRemoteValue } from './remote-flag.ts';
import { gateOptions, reportFlags, targetsOf } from './report-flags.ts';
import { factsOf } from './run-context.ts';
import { verifyArgs, verifyFlags, verifyOptions } from './verify-flags.ts';
import { verifyOutcome, writeReports } from './write-reports.ts';

export default class Verify extends BaseCommand {
  static override summary = 'Prove that one layout holds everything that another one holds.';

  static override description =
    `Compares each layout that is here (V1, V2, git-refs) with the primary one of the settings, or the two that --from and --to
name. Projects V1 again and compares object ids. Where they differ, it says what is wrong, by checkpoint, session and field. Writes nothing to
the repository. Exit code 0: no finding fails; 1: one does.`;

  static override examples = [
    { description: 'Verify the repository around the current folder', command: '<%= config.bin %> verify' },
    { description: 'Read every transcript as well', command: '<%= config.bin %> verify --deep' },
    {
      description: 'Do git-refs hold everything that V1 holds?',
      command: '<%= config.bin %> verify --from v1 --to refs',
    },
    { description: 'One checkpoint only', command: '<%= config.bin %> verify a3b2c4d5e6f7' },
    {
      description: 'On a pull request: are the checkpoints that its commits name in the layouts?',
      command: '<%= config.bin %> verify --commits origin/main..HEAD',
    },
    {
      description: 'Every night: is every checkpoint that the commits of origin name there?',
      command: '<%= config.bin %> verify --remote origin',
    },
    {
      description: 'In a CI job: text for its log, JUnit for its tests',
      command: '<%= config.bin %> verify --format text --format junit --output junit.xml',
    },
    {
      description: 'Accept what is found today; from then on, only new findings fail with --baseline',
      command: '<%= config.bin %> verify --baseline ckpt-baseline.json --update-baseline',
    },
  ];

  static override args = verifyArgs;

  static override flags = { ...verifyFlags, ...reportFlags };

  async run(): Promise<void> {
    const { args, flags, raw } = await this.parse(Verify, withRemoteValue(this.argv));
    const targets = targetsOf(raw);
    const options = verifyOptions(args, flags);
    const gate = gateOptions(flags);
    const showsEngine = targets.some(({ format }) => format === 'json');
    const look = lookFor(flags.remote);
    const report = await this.withRepository(
      (repo) =>
        this.withProgress((onEvent) =>
          judged(gate, options, async () => look(await wholeIds(repo, options), repo, onEvent)),
        ),
      { showsEngine },
    );
    const outcome = verifyOutcome(report);
    process.exitCode = outcome.ok ? EXIT.ok : EXIT.failed;
    await writeReports(report, targets, {
      run: factsOf(this.context),
      json: () => this.document(outcome),
      showText: (text) => this.finishWithText(outcome, text),
      summaryFile: process.env.GITHUB_STEP_SUMMARY,
    });
  }
}

/** The options with whole IDs in place of the beginnings of some, which `findCheckpoint` reads as `ckpt show` does. */
async function wholeIds(repo: Repository, options: VerifyOptions): Promise<VerifyOptions> {
  const { checkpoints } = options;
  if (checkpoints === undefined || checkpoints.every((text) => parseCheckpointId(text) !== undefined)) return options;
  const { findCheckpoint } = await import('../inspect/find-checkpoint.ts');
  const ids: string[] = [];
  for (const text of checkpoints) ids.push(parseCheckpointId(text) ?? (await findCheckpoint(repo, text)).id);
  return { ...options, checkpoints: ids };
}

/** What looks: at the layouts that are here, or at a remote. */
function lookFor(
  remote: string | undefined,
): (options: VerifyOptions, repo: Repository, onEvent: ProgressListener) => Promise<VerifyReport> {
  if (remote === undefined) return (options, repo, onEvent) => verify(repo, { ...options, onEvent });
  const domain = import('../verify/remote/verify-remote.ts'); // loads while the repository is opened
  return async (options, repo, onEvent) => {
    const { verifyRemote } = await domain;
    return verifyRemote(repo, { ...options, remote, onEvent });
  };
}
