import * as Flags from '@oclif/core/flags';
import { TimeLimit } from '../checkpoint/time-limit.ts';
import type { Repository } from '../git/repository.ts';
import { AGENTS } from '../stores/agents.ts';
import type { RunRequest } from '../stores/background.ts';
import { isTrial } from '../stores/hook-trial.ts';
import { withoutWorkflowCommands } from '../ui/workflow-commands.ts';
import { BaseCommand, repositoryFlags } from './base.ts';
import { endProcessAfter } from './end-process.ts';
import { exitAfterOutput } from './exit-after-output.ts';
import { maxCheckpointsFlag } from './max-checkpoints-flag.ts';

export default class DualWrite extends BaseCommand {
  static override summary = 'Keep layouts in step (in hooks), or write one checkpoint to all of them.';

  static override description =
    `Without --from, this is the mirror, which hooks run. It brings other layouts up to the primary one: V2 where strategy_options.checkpoints_v2
is true, and what ckpt hooks install --mirror has recorded. The primary one is V1, unless the settings name another (checkpoints.primary).
With --from, it writes one checkpoint from a JSON document, to the primary layout first.
A layout that fails is a warning and a line in ckpt/dual-write.log under the git directory. It fails no command and
stops no other layout; the next run closes the gap.`;

  static override examples = [
    { description: 'What a hook runs', command: '<%= config.bin %> dual-write' },
    { description: 'Write a checkpoint', command: '<%= config.bin %> dual-write --from checkpoint.json' },
    {
      description: 'Replace its transcript and prompts by the complete ones',
      command: '<%= config.bin %> dual-write --from checkpoint.json --finalize',
    },
  ];

  static override flags = {
    ...repositoryFlags,
    from: Flags.string({
      helpValue: 'FILE',
      summary: 'Write the checkpoint that this JSON document holds; - reads it from stdin.',
    }),
    finalize: Flags.boolean({
      dependsOn: ['from'],
      summary: 'Replace the transcript and the prompts of a session that is there.',
    }),
    hook: Flags.option({
      options: ['git', ...AGENTS, 'worker'] as const,
      helpValue: 'CALLER',
      exclusive: ['from'],
      summary:
        'Run as a hook: of git; of an agent, waiting for the write that the event on stdin announces; or in the background (worker), for what hooks left to it.',
    })(),
    timeout: Flags.integer({
      min: 1,
      default: 10,
      helpValue: 'SECONDS',
      summary: 'How long the other layouts may take. What is left, the next run does.',
    }),
    ...maxCheckpointsFlag,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(DualWrite);
    if (isTrial(process.env, 'mirror')) return;
    if (flags.hook === 'worker') return this.#work(flags['max-checkpoints']);
    const isMirror = flags.from === undefined;
    // In a hook the time that it took to start and to open the repository counts too.
    const limit = new TimeLimit(flags.timeout * 1000, isMirror ? 0 : performance.now());
    const takeBack = isMirror ? endProcessAfter(limit, NO_ANSWER) : () => undefined;
    const domain = import('../dual-write/mirror.ts'); // loads while the repository is opened
    const options = { askedMaxCheckpoints: flags['max-checkpoints'], env: process.env };
    const write = async (repo: Repository) => {
      if (flags.from === undefined) {
        const turnOf = AGENTS.some((agent) => agent === flags.hook) ? await this.#turn(limit) : undefined;
        const start = async () => {
          const { startWorker } = await import('./start-worker.ts');
          startWorker(repo.commonDir, repo.engine);
        };
        const { mirror } = await domain;
        return mirror(repo, { ...options, timeoutMs: limit.left(), turnOf, startWorker: flags.hook && start });
      }
      this.doing('writing the checkpoint');
      const [{ readDocument }, { writeDocument }] = await Promise.all([
        import('../dual-write/read-document.ts'),
        import('../dual-write/write-document.ts'),
      ]);
      const document = { ...(await readDocument(flags.from)), finalize: flags.finalize };
      return writeDocument(repo, document, { ...options, timeoutMs: flags.timeout * 1000 });
    };
    // Ctrl-C during a commit ends the hook with it; the next run of the mirror goes on.
    const written = await this.withRepository(write, { stopsSafely: !isMirror });
    takeBack();
    const { dualWriteText, dualWriteWarnings } = await import('../ui/dual-write-text.ts');
    for (const line of dualWriteWarnings(written)) process.stderr.write(withoutWorkflowCommands(`${line}\n`));
    const { warnings, ...result } = written;
    // The mirror is silent when all is well: git shows what a hook prints.
    this.finish({ result, warnings }, () => (isMirror ? '' : dualWriteText(written)));
    // Work is under way still: the time that a git command may be held up is over. Refs move as one or not.
    if (written.targets.some(({ outcome }) => outcome === 'timeout')) exitAfterOutput();
  }

  /** Does what hooks have asked for, until nothing is left. Nobody reads what it prints: the mirror notes how each run fared. */
  async #work(askedMaxCheckpoints: number | undefined): Promise<void> {
    const [{ mirror, logFailure }, { workOff }, { recordRun }] = await Promise.all([
      import('../dual-write/mirror.ts'),
      import('../stores/background.ts'),
      import('../stores/last-run.ts'),
    ]);
    const run = async (place: Repository, { gitDir, workTree, turnOf }: RunRequest) => {
      const [limit, at] = [new TimeLimit(WORKER_LIMIT_MS), new Date()];
      const takeBack = endProcessAfter(limit);
      const options = { askedMaxCheckpoints, env: process.env, turnOf: turnOf ?? undefined };
      const bring = (repo: Repository) => mirror(repo, { ...options, timeoutMs: limit.left() });
      try {
        const parts = workTree !== null && {
          GIT_DIR: gitDir,
          GIT_WORK_TREE: workTree,
          GIT_COMMON_DIR: place.commonDir,
        };
        const where = parts ? { dir: parts.GIT_WORK_TREE, parts } : { dir: gitDir };
        const { targets } = await this.withRepository(bring, { ...where, stopsSafely: false });
        return targets.every(({ outcome }) => outcome !== 'timeout');
      } catch (error) {
        await logFailure(place, at, error);
        await recordRun(place, { at: at.toISOString(), outcome: 'failed', durationMs: Date.now() - at.getTime() });
        return true;
      } finally {
        takeBack();
      }
    };
    await this.withRepository((repo) => workOff(repo, (request) => run(repo, request)), { stopsSafely: false });
    exitAfterOutput(); // what ran out of time is under way still
  }

  /** The session whose turn has ended, as the agent says; `undefined` where nobody does. */
  async #turn(limit: TimeLimit): Promise<string | undefined> {
    if (process.stdin.isTTY) return undefined;
    const { readStopEvent } = await import('../dual-write/stop-event.ts');
    const read = limit.part(EVENT_MS).within(readStopEvent(process.stdin), () => new Error('no event'));
    const session = await read.catch(() => undefined);
    process.stdin.destroy(); // one that stays open keeps nobody waiting
    return session;
  }
}

/** How long an agent may take to write its event, in milliseconds. */
const EVENT_MS = 5000;

/** How long one run in the background may take, in milliseconds: nobody waits for it, and the first one may have a whole history to do. */
const WORKER_LIMIT_MS = 10 * 60_000;

/** Said by a mirror that could not note down why it ended: git does not answer, and so there is no place known to note it. */
const NO_ANSWER = 'ckpt dual-write: the repository did not answer within the time limit; the next run goes on';
