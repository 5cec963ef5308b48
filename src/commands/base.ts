import type { Interfaces } from '@oclif/core';
import { Command } from '@oclif/core/command';
import * as Flags from '@oclif/core/flags';
import { parse } from '@oclif/core/parser';
import type { ProgressListener } from '../checkpoint/progress.ts';
import { haltable } from '../git/haltable.ts';
import { ENGINE_CHOICES, type EngineChoice, openRepository } from '../git/open.ts';
import type { Repository } from '../git/repository.ts';
import type { RunFacts } from '../ui/run-facts.ts';
import { withoutWorkflowCommands } from '../ui/workflow-commands.ts';
import { jsonDocument } from './envelope.ts';
import { EXIT } from './exit-codes.ts';
import { LOG_FORMATS, LOG_LEVELS } from './log-settings.ts';
import { progressDisplay, resultFrame, wrappedPage } from './progress.ts';
import { factsOf, type RunContext } from './run-context.ts';
import { stoppable } from './safe-stop.ts';

const GROUP = 'GLOBAL';

/** Flags of every command. */
const globalFlags = {
  json: Flags.boolean({ helpGroup: GROUP, summary: 'Print the result, or the error, as one JSON document on stdout.' }),
  quiet: Flags.boolean({ char: 'q', helpGroup: GROUP, summary: 'Print nothing but warnings and errors.' }),
  verbose: Flags.boolean({ helpGroup: GROUP, summary: 'Show the details of an error.' }),
  // `main` reads both from the arguments, before they are parsed.
  'log-level': Flags.option({
    options: LOG_LEVELS,
    helpGroup: GROUP,
    summary: 'Log on stderr what happens, from this level on. CKPT_LOG has it for all runs.',
  })(),
  'log-format': Flags.option({ options: LOG_FORMATS, helpGroup: GROUP, summary: 'How the log is written.' })(),
};

/** Flags of every command that works in a repository. */
export const repositoryFlags = {
  repo: Flags.string({
    char: 'C',
    helpGroup: GROUP,
    helpValue: 'DIR',
    summary: 'Work in this repository instead of the current folder.',
  }),
  engine: Flags.option({
    options: ENGINE_CHOICES,
    default: 'auto' as const,
    env: 'CKPT_ENGINE',
    helpGroup: GROUP,
    summary: 'Use the git program (native), or do without it (isomorphic).',
  })(),
};

/** Flags of commands that only read, or may: they run nothing that the repository's configuration names unless they are told to. */
export const readingFlags = {
  fetch: Flags.boolean({
    default: false,
    summary: 'In a partial clone, fetch objects that are absent from its remote.',
  }),
};

/** The same for the dry run of a command that writes. */
export const dryRunFlags = {
  fetch: Flags.boolean({
    dependsOn: ['dry-run'],
    summary:
      'With --dry-run, in a partial clone: fetch objects that are absent from its remote, as a run without it does.',
  }),
};

/** What the flags that commands share were parsed to. */
interface SharedFlags {
  readonly quiet: boolean;
  readonly repo?: string | undefined;
  readonly engine?: EngineChoice;
  readonly 'no-progress'?: boolean;
  readonly fetch?: boolean;
  readonly 'dry-run'?: boolean;
}

/** How `withRepository` opens one. */
interface RepositoryOptions {
  /** Another one than the flags name. */
  readonly dir?: string | undefined;
  /** Variables that say where its parts are, as git sets them in a hook. */
  readonly parts?: NodeJS.ProcessEnv;
  readonly stopsSafely?: boolean;
  /** Whether objects that a partial clone lacks are fetched. Default: as `--fetch` says; without it by commands that write, unless in a dry run. */
  readonly fetches?: boolean;
  /** Whether nobody is there who could be asked for a password. */
  readonly isUnattended?: boolean;
  /** Whether the version of the engine is looked up. Default: for JSON. */
  readonly showsEngine?: boolean;
}

/** How a command ended, for `finish`. */
export interface Outcome {
  /** The command's result: JSON has its members beside those that all documents have. */
  readonly result: object;
  /** Whether all is well, which is what the exit code says: 0, or 1. Default: it is. */
  readonly ok?: boolean;
  /** The exit code where it says more than `ok`. */
  readonly exitCode?: 0 | 1 | 2 | 3;
  /** Beside those that progress reported. */
  readonly warnings?: readonly string[];
  /** The text is for a program or a script: on a terminal too its lines stay as they are. */
  readonly isVerbatim?: boolean;
}

/**
 * What all commands share. A command declares its flags, calls one function of the domain inside `withRepository`, and
 * hands the outcome to `finish`. Errors are thrown: `main` renders them.
 */
export abstract class BaseCommand extends Command {
  static override baseFlags = globalFlags;

  /** What is known of the run. Set by whoever runs the command. */
  context!: RunContext;
  /** How to load each command, by its words. Set by whoever runs the command. */
  commands: Readonly<Record<string, () => Promise<{ readonly default: Command.Class }>>> = {};
  #flags: SharedFlags = { quiet: false };
  /** Takes the view of work under way from the terminal. */
  #endProgress: (() => void) | undefined;
  /** What the result is put into: a page, or a frame where progress was shown. */
  #frame: (text: string) => string = (text) => text;
  #isStopped = false;

  abstract override run(): Promise<void>;

  /** Parses the arguments by the flags that the class declares. Throws oclif's parse errors: exit code 2. */
  // biome-ignore-start lint/suspicious/noExplicitAny: the bounds are those of the method that this one replaces
  protected override async parse<
    F extends Interfaces.OutputFlags<any>,
    B extends Interfaces.OutputFlags<any>,
    A extends Interfaces.OutputArgs<any>,
  >(options?: Interfaces.Input<F, B, A>, argv = this.argv): Promise<Interfaces.ParserOutput<F, B, A>> {
    const own = options ?? (this.ctor as Interfaces.Input<F, B, A>);
    this.context.wrapped = await wrappedPage(process.stderr);
    // Unlike oclif's own, this runs no `preparse` hooks: there are none.
    const result = await parse<F, B, A>(argv, {
      ...own,
      flags: { ...own.flags, ...own.baseFlags },
      context: this,
    } as never);
    this.#flags = result.flags as unknown as SharedFlags;
    this.#frame = await wrappedPage(process.stdout);
    return result as Interfaces.ParserOutput<F, B, A>;
  }
  // biome-ignore-end lint/suspicious/noExplicitAny: as above

  /** Notes what is being done, for the message of a failure. */
  protected doing(text: string): void {
    if (!this.#isStopped) this.context.doing = text; // what goes on after a stop is not what was stopped
  }

  /**
   * Opens the repository that the flags name, or the one in `dir`, lets `work` use it, and closes it in any case. Ctrl-C and
   * SIGTERM stop the work safely (`safe-stop.ts`); with `stopsSafely: false` they end the process as they end others.
   */
  protected async withRepository<T>(
    work: (repo: Repository) => Promise<T>,
    options: RepositoryOptions = {},
  ): Promise<T> {
    const { dir = this.#flags.repo, stopsSafely = true, showsEngine = this.context.json } = options;
    this.doing('opening the repository');
    const repo = await openRepository({
      dir: dir ?? process.cwd(),
      env: options.parts === undefined ? process.env : { ...process.env, ...options.parts },
      engine: this.#flags.engine ?? 'auto',
      fetches: options.fetches ?? this.#flags.fetch ?? this.#flags['dry-run'] !== true,
      isUnattended: options.isUnattended ?? false,
      honourGitEnv: dir === undefined || options.parts !== undefined, // in a hook, git says by its environment where the repository is
    });
    this.doing('looking at the repository');
    this.context.repository = repo.workTree ?? repo.gitDir;
    this.context.engine = { name: repo.engine, version: null };
    const version = showsEngine ? repo.engineVersion().catch(() => null) : null;
    try {
      return stopsSafely ? await this.#stoppable(repo, work) : await work(repo);
    } catch (error) {
      const { nameRemote } = await import('../git/fetch-hint.ts');
      await nameRemote(repo, error);
      throw error;
    } finally {
      this.context.engine = { name: repo.engine, version: await version };
      await repo.close();
    }
  }

  async #stoppable<T>(repo: Repository, work: (repo: Repository) => Promise<T>): Promise<T> {
    const target = haltable(repo);
    const say = (line: string) => process.stderr.write(`${line}\n`);
    const onSignal = () => {
      this.#endProgress?.();
      this.#isStopped = true;
    };
    return stoppable(target, { onSignal, say }, () => work(target.repo));
  }

  /**
   * Runs long work with a listener for its progress, which stderr shows: a live view on a terminal, else short lines. What is
   * being done, and warnings, are also kept for JSON and for the message of a failure. A result that is shown later gets a frame
   * on a terminal; with `frame: false` it stays a page, in which lines that are too long are broken. With `isShown: false` only
   * warnings are shown.
   */
  protected async withProgress<T>(
    work: (listener: ProgressListener) => Promise<T>,
    { frame = true, isShown = true }: { frame?: boolean; isShown?: boolean } = {},
  ): Promise<T> {
    const { command, json, warnings } = this.context;
    const title = `ckpt ${command}`;
    if (frame) this.#frame = await resultFrame(title);
    const { log } = this.context;
    const isSilent =
      !isShown || json || this.#flags.quiet || this.#flags['no-progress'] === true || log?.isOnStderr === true;
    const display = await progressDisplay(isSilent, title);
    this.#endProgress = () => {
      this.#endProgress = undefined;
      display.finish();
    };
    try {
      return await work((event) => {
        if (event.kind === 'phase') this.doing(event.phase);
        // Steps that read the same settings say the same of them: once is enough.
        if (event.kind === 'warning' && warnings.has(event.message)) return;
        if (event.kind === 'warning') warnings.add(event.message);
        log?.progress(event);
        display.listener(event);
      });
    } finally {
      this.#endProgress?.();
    }
  }

  /** Sets the exit code, and prints the result on stdout: as JSON, or as its text; with `--quiet` only where not all is well. */
  protected finish(outcome: Outcome, text: (run: RunFacts) => string): void {
    if (this.context.json) {
      process.stdout.write(this.document(outcome));
      process.exitCode = exitCodeOf(outcome);
    } else this.finishWithText(outcome, text);
  }

  /** The same, always as text. */
  protected finishWithText(outcome: Outcome, text: (run: RunFacts) => string): void {
    process.exitCode = exitCodeOf(outcome); // before the frame, which shows it
    if (!this.#flags.quiet || outcome.ok === false) {
      const written = text(factsOf(this.context));
      process.stdout.write(withoutWorkflowCommands(outcome.isVerbatim ? written : this.#frame(written)));
    }
  }

  /** As `finish`, but a text that is longer than the terminal goes through the user's pager, unless `isPaged` is false. */
  protected async finishPaged(outcome: Outcome, text: (run: RunFacts) => string, isPaged: boolean): Promise<void> {
    if (this.context.json || this.#flags.quiet || !isPaged) return this.finish(outcome, text);
    process.exitCode = exitCodeOf(outcome);
    const { writePaged } = await import('./pager.ts');
    await writePaged(withoutWorkflowCommands(text(factsOf(this.context))));
  }

  /** The one document that `--json` prints. */
  protected document(outcome: Outcome): string {
    return jsonDocument(this.context, { ...outcome, exitCode: exitCodeOf(outcome) });
  }
}

function exitCodeOf({ ok = true, exitCode }: Outcome): 0 | 1 | 2 | 3 {
  return exitCode ?? (ok ? EXIT.ok : EXIT.failed);
}
