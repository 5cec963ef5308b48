import type { ProgressListener } from '../checkpoint/progress.ts';
import { GitError } from '../git/errors.ts';
import type { Repository } from '../git/repository.ts';
import type { StatusReport } from '../inspect/status-report.ts';
import { programPath } from '../shell/program-files.ts';
import { printedCommand } from '../ui/command-line.ts';
import { sanitize } from '../ui/sanitize.ts';
import { colorLevel } from '../ui/terminal.ts';
import { BaseCommand, readingFlags, repositoryFlags } from './base.ts';
import { progressFlags } from './progress.ts';
import { remoteFlag, withRemoteValue } from './remote-flag.ts';
import { terminalWidth } from './terminal-width.ts';

export default class Status extends BaseCommand {
  static override summary =
    'Show the state of a repository: layouts, generations, settings, hooks, and what needs attention.';

  static override description =
    'Writes nothing and reads no transcript. What needs attention is listed with the command that fixes it, and the exit code is 0 all the same. It is 1 if the remote of --remote cannot be reached.';

  static override examples = [
    { description: 'The repository around the current folder', command: '<%= config.bin %> status' },
    { description: 'Ask the remote too', command: '<%= config.bin %> status --remote' },
  ];

  static override flags = {
    ...repositoryFlags,
    ...readingFlags,
    ...progressFlags,
    remote: remoteFlag('Ask a remote too what it has. Default: the one of the settings, or origin.'),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Status, withRemoteValue(this.argv));
    const domain = import('../inspect/status.ts'); // loads while the repository is opened
    const { env, execPath } = process;
    const work = async (repo: Repository) => {
      this.doing('looking at the repository');
      const { repositoryStatus } = await domain;
      const { findProgram } = await import('../hooks/find-program.ts');
      const program = await findProgram({ script: programPath(), node: execPath, env });
      const look = (onEvent: ProgressListener) => repositoryStatus(repo, { program, env, now: new Date(), onEvent });
      const report = await this.withProgress(look, { frame: false });
      if (flags.remote === undefined) return { report, remote: undefined, unreached: undefined };
      return { report, ...(await askRemote(repo, flags.remote)) };
    };
    const { report, remote, unreached } = await this.withRepository(work, { stopsSafely: false, showsEngine: true }); // nothing is written
    const { palette } = await import('../ui/palette.ts');
    const paints = palette(colorLevel(process.stdout, process.env) > 0);
    const { statusText } = await import('../ui/status-text.ts');
    const { remoteStandingText } = await import('../ui/remote-standing-text.ts');
    const result = { ...resultOf(report, this.context.argv), ...(remote && { remote }) };
    const warnings = unreached === undefined ? [] : [`the remote could not be asked: ${unreached}`];
    this.finish({ ok: unreached === undefined, result, warnings }, (run) => {
      const text = statusText(report, terminalWidth(process.stdout), run, paints);
      if (unreached !== undefined) return `${text}\nRemote: not asked\n  ${sanitize(unreached)}\n`;
      return remote === undefined ? text : `${text}\n${remoteStandingText(remote, run)}`;
    });
  }
}

/** What a remote has; `unreached` says why where it can't be asked, so that what is here is printed all the same. */
async function askRemote(repo: Repository, named: string) {
  const { verifyRemote } = await import('../verify/remote/verify-remote.ts');
  try {
    return { remote: (await verifyRemote(repo, { remote: named })).remote, unreached: undefined };
  } catch (error) {
    if (!(error instanceof GitError) || error.code !== 'REMOTE_FAILED') throw error;
    return { remote: undefined, unreached: error.message };
  }
}

/** The report as JSON has it: the layouts as a list, commands as they can be pasted. */
function resultOf(
  { repository, v1, main: _, primary, standings, unreadableLayouts, problems, ...report }: StatusReport,
  argv: readonly string[],
) {
  const commandsOf = problems.map(({ commands }) => commands.map((words) => printedCommand(words, argv)));
  return {
    ...repository,
    primary: primary && { layout: primary.layout, source: primary.source, key: primary.key },
    layouts: standings.map(({ where, sessionCount: sessions, checkpointCount: checkpoints, ...one }) => {
      const isBranch = v1 !== null && one.layout === 'v1' && !one.isSecondV1;
      const commits = isBranch ? { commits: v1.counts.commits } : {};
      const copy = isBranch ? { isRemoteCopy: v1.isRemoteCopy } : {};
      return { ...one, ref: where, ...copy, counts: { ...commits, checkpoints, sessions } };
    }),
    unreadableLayouts: unreadableLayouts.map(({ layout, where, reason }) => ({ layout, ref: where, reason })),
    ...report,
    problems: problems.map(({ code, message }, i) => ({ code, message, commands: commandsOf[i] })),
    nextCommand: commandsOf.flat()[0] ?? null,
  };
}
