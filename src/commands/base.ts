import type { Interfaces } from '@oclif/core';
import { Command } from '@oclif/core/command';
import * as Flags from '@oclif/core/flags';
import { parse } from '@oclif/core/parser';
import type { ProgressListener } from '../checkpoint/progress.ts';
import { haltable } from '../git/haltable.ts';
import { type EngineChoice, openRepository } from '../git/open.ts';
import type { Repository } from '../git/repository.ts';
import { stringifyJson } from '../ui/sanitize.ts';
import { type OutputChoice, progressDisplay, resultFrame } from './progress.ts';
import { stoppable } from './safe-stop.ts';

const GROUP = 'GLOBAL';

/** Flags of every command. */
const globalFlags = {
  json: Flags.boolean({ helpGroup: GROUP, summary: 'Print the result, or the error, as one JSON document on stdout.' }),
  quiet: Flags.boolean({ char: 'q', helpGroup: GROUP, summary: 'Print nothing but warnings and errors.' }),
  verbose: Flags.boolean({ helpGroup: GROUP, summary: 'Show the details of an error.' }),
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
    options: ['auto', 'native', 'isomorphic'] as const,
    default: 'auto' as const,
    env: 'CKPT_ENGINE',
    helpGroup: GROUP,
    summary: 'Use the git program (native), or do without it (isomorphic).',
  })(),
};

/** What `withRepository` needs of a command's flags. */
export interface RepositoryChoice {
  readonly repo?: string | undefined;
  readonly engine: EngineChoice;
}

/**
 * What all commands share. A command declares its flags, calls one function of the domain inside `withRepository`, and
 * hands the result to `show`. Errors are thrown: `main` renders them.
 */
export abstract class BaseCommand extends Command {
  static override baseFlags = globalFlags;

  /** Told what is being done, and where, for the message of a failure. Set by whoever runs the command. */
  onDoing: (text: string, repository?: string) => void = () => {};
  /** The command's words after `ckpt`. Set by whoever runs the command. */
  words = '';
  /** How to load each command, by its words. Set by whoever runs the command. */
  commands: Readonly<Record<string, () => Promise<{ readonly default: Command.Class }>>> = {};
  /** Takes the view of work under way from the terminal. */
  #endProgress: (() => void) | undefined;
  /** What the result is put into. */
  #frame: (text: string) => string = (text) => text;

  abstract override run(): Promise<void>;

  /** Parses the arguments by the flags that the class declares. Throws oclif's parse errors: exit code 2. */
  // biome-ignore-start lint/suspicious/noExplicitAny: the bounds are those of the method that this one replaces
  protected override async parse<
    F extends Interfaces.OutputFlags<any>,
    B extends Interfaces.OutputFlags<any>,
    A extends Interfaces.OutputArgs<any>,
  >(options?: Interfaces.Input<F, B, A>, argv = this.argv): Promise<Interfaces.ParserOutput<F, B, A>> {
    const own = options ?? (this.ctor as Interfaces.Input<F, B, A>);
    // Unlike oclif's own, this runs no `preparse` hooks: there are none.
    const result = await parse<F, B, A>(argv, {
      ...own,
      flags: { ...own.flags, ...own.baseFlags },
      context: this,
    } as never);
    return result as Interfaces.ParserOutput<F, B, A>;
  }
  // biome-ignore-end lint/suspicious/noExplicitAny: as above

  /**
   * Opens the repository that the flags name, lets `work` use it, and closes it in any case. Ctrl-C and SIGTERM stop the work
   * safely (`safe-stop.ts`); with `stopsSafely: false` they end the process as they end others.
   */
  protected async withRepository<T>(
    flags: RepositoryChoice,
    work: (repo: Repository) => Promise<T>,
    { stopsSafely = true }: { stopsSafely?: boolean } = {},
  ): Promise<T> {
    this.onDoing('opening the repository');
    const repo = await openRepository({
      dir: flags.repo ?? process.cwd(),
      engine: flags.engine,
      honourGitEnv: flags.repo === undefined, // in a hook, git says by its environment where the repository is
    });
    this.onDoing('looking at the repository', repo.workTree ?? repo.gitDir);
    try {
      return stopsSafely ? await this.#stoppable(repo, work) : await work(repo);
    } finally {
      await repo.close();
    }
  }

  async #stoppable<T>(repo: Repository, work: (repo: Repository) => Promise<T>): Promise<T> {
    const target = haltable(repo);
    const say = (line: string) => process.stderr.write(`${line}\n`);
    const onSignal = () => {
      this.#endProgress?.();
      this.onDoing = () => {}; // what goes on meanwhile is not what was stopped
    };
    return stoppable(target, { onSignal, say }, () => work(target.repo));
  }

  /**
   * Runs long work with a listener for its progress, which stderr shows: a live view on a terminal, else short lines. What is
   * being done is also kept for the message of a failure. A result that is shown later gets a frame on a terminal, unless it
   * is a page of its own (`frame: false`).
   */
  protected async withProgress<T>(
    flags: OutputChoice,
    work: (listener: ProgressListener) => Promise<T>,
    { frame = true }: { frame?: boolean } = {},
  ): Promise<T> {
    const title = `ckpt ${this.words}`;
    if (frame) this.#frame = await resultFrame(title);
    const display = await progressDisplay(flags, this.config.root, title);
    this.#endProgress = () => {
      this.#endProgress = undefined;
      display.finish();
    };
    try {
      return await work((event) => {
        if (event.kind === 'phase') this.onDoing(event.phase);
        display.listener(event);
      });
    } finally {
      this.#endProgress?.();
    }
  }

  /**
   * Prints the result on stdout: the value itself with `--json`, nothing with `--quiet`, else its text. The exit code must be
   * set before: it says whether all is well.
   */
  protected show(flags: OutputChoice, value: unknown, text: () => string): void {
    if (flags.json) process.stdout.write(`${stringifyJson(value)}\n`);
    else if (!flags.quiet) process.stdout.write(this.#frame(text()));
  }
}
