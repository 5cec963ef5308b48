import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { BadObjectError, damagedObject, EngineUnavailableError, fetchObjectHint, GitError } from '../errors.ts';
import { killGroup } from '../kill-group.ts';
import { toObjectId } from '../object-id.ts';
import { systemCodeIn } from './system-words.ts';
import { traceGit } from './trace.ts';

/** What a finished `git` left behind. */
export interface GitOutput {
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly exitCode: number;
}

/** How a `git` is tied to this process. */
export interface StartOptions {
  /** Runs in a process group of its own, so that a Ctrl-C of the terminal does not hit it half-way. */
  readonly detached?: boolean;
  /** Is not ended when this process exits. It sees the end of its input then. */
  readonly outlives?: boolean;
  /** Runs without a terminal on which anybody could be asked, and is ended with all that it has started. */
  readonly isAlone?: boolean;
  /** Variables beside those of all gits of this program. */
  readonly env?: NodeJS.ProcessEnv;
}

/** Options of one `git` run. */
export interface RunOptions extends StartOptions {
  readonly input?: Iterable<Buffer | string>;
  /** Exit codes that are not a failure. Default: 0. */
  readonly accept?: readonly number[];
}

/** A `git` that ended with an exit code that its caller did not accept. */
export class GitProgramError extends GitError {
  override readonly code = 'GIT_PROGRAM_FAILED';
  readonly exitCode: number;
  readonly stderr: string;

  constructor(args: readonly string[], exitCode: number, stderr: string) {
    super(`git ${args.join(' ')} failed (exit ${exitCode}): ${stderr.trim() || 'it printed no reason'}`, {
      systemCode: systemCodeIn(stderr),
    });
    this.exitCode = exitCode;
    this.stderr = stderr;
  }
}

/** For `catch` of a git that walks: throws a `BadObjectError` where it could not go through a commit, as that is absent or damaged, else the error. */
export function refuseCommit(error: unknown): never {
  if (!(error instanceof GitProgramError)) throw error;
  const [, absent] = /(?:Could not read|bad object) ([0-9a-f]{40,64})\b/.exec(error.stderr) ?? [];
  const [, damaged] = /^fatal: (?:loose|packed) object ([0-9a-f]{40,64}) .* is corrupt$/m.exec(error.stderr) ?? [];
  if (damaged !== undefined) throw damagedObject(toObjectId(damaged), "git can't unpack it");
  if (absent === undefined) throw error;
  throw new BadObjectError(toObjectId(absent), `the commit ${absent} is absent`, fetchObjectHint(absent));
}

/**
 * The variables that git sets for one repository (`git rev-parse --local-env-vars`). In a hook they point at the
 * repository that runs it; inherited by a git of ours they would send it to the wrong repository or index. Settings in the environment
 * (`GIT_CONFIG_COUNT`, `git -c`) are not among them: a job gives its credentials so.
 */
const LOCAL_ENVIRONMENT =
  /^GIT_(?:ALTERNATE_OBJECT_DIRECTORIES|CONFIG|OBJECT_DIRECTORY|DIR|WORK_TREE|IMPLICIT_WORK_TREE|GRAFT_FILE|INDEX_FILE|NO_REPLACE_OBJECTS|REPLACE_REF_BASE|PREFIX|SHALLOW_FILE|COMMON_DIR|QUARANTINE_PATH|INTERNAL_SUPER_PREFIX)$/;

/** An environment that points at no repository. */
export function withoutLocalEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([key]) => !LOCAL_ENVIRONMENT.test(key)));
}

/** Where the caller's environment says that objects are. */
export function objectEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const names = ['GIT_OBJECT_DIRECTORY', 'GIT_ALTERNATE_OBJECT_DIRECTORIES'];
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}

/** Where no file can be: git has no switch to leave grafts out, but looks for them where it is pointed to. */
const NO_GRAFTS = '/dev/null/grafts';

/** The caller's environment without the variables of one repository, and with what makes git's output predictable. */
export function gitEnvironment(env: NodeJS.ProcessEnv, honourGitEnv = false): NodeJS.ProcessEnv {
  // Replace refs and grafts change what an id means. Prompts would hang a hook. Fetching absent objects one by one is slow
  // and makes a read depend on the network: they count as absent (git older than 2.45 ignores this and fetches).
  return {
    ...(honourGitEnv ? env : withoutLocalEnvironment(env)),
    LC_ALL: 'C',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_GRAFT_FILE: NO_GRAFTS,
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_LAZY_FETCH: '1',
    // Into a pipe, git writes each commit of a walk by itself, and wakes its reader for each.
    GIT_FLUSH: '0',
  };
}

/** The environment for a git that may use no transport at all: no `ext::`, no ssh command, no upload-pack, no network. */
export function withoutTransport(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  // Git older than 2.45 does not know `GIT_NO_LAZY_FETCH`; no protocol is among these, and its fetch ends at once.
  return { ...env, GIT_ALLOW_PROTOCOL: '' };
}

/** The environment for a git that talks to a remote while nobody is there: ssh opens no window to ask, unless the user named a program for that. */
export function withoutQuestions(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return env.SSH_ASKPASS === undefined ? { ...env, SSH_ASKPASS_REQUIRE: 'never' } : env;
}

const running = new Map<ChildProcessWithoutNullStreams, { readonly isAlone: boolean }>();

/** A process that exits with work under way, at its time limit, leaves no git behind that hangs. */
function endWithThisProcess(child: ChildProcessWithoutNullStreams, isAlone: boolean): void {
  if (running.size === 0) process.on('exit', endAll);
  running.set(child, { isAlone });
  // A terminal that is closed says so to those that have it: this process, and no git that is alone.
  if (isAlone) process.on('SIGHUP', hangUp);
  child.once('close', () => {
    running.delete(child);
    if (running.size === 0) process.off('exit', endAll);
    if (isAlone) process.off('SIGHUP', hangUp);
  });
}

function endAll(): void {
  for (const [child, { isAlone }] of running) {
    // git leaves behind what it started (ssh) where it is ended; asked to end, each removes its locks.
    if (isAlone) killGroup(child.pid, 'SIGTERM');
    else child.kill();
  }
}

/** SIGHUP, as shells count: 128 + 1. */
function hangUp(): void {
  process.exit(129);
}

/** The one place that starts `git`: pinned to a repository, in a clean environment. */
export class GitProgram {
  readonly #prefix: readonly string[];
  /** Whether nobody is there who could be asked, or wait, for what a remote does. */
  readonly isUnattended: boolean;
  /** What `git` is started with. */
  readonly env: NodeJS.ProcessEnv;

  /** `prefix` are the global options that come before each command, such as `--git-dir=…`. `env` is used as it is. */
  constructor(prefix: readonly string[], env: NodeJS.ProcessEnv, isUnattended = false) {
    this.#prefix = prefix;
    this.isUnattended = isUnattended;
    this.env = env;
  }

  /** Starts `git` and leaves its pipes to the caller. */
  start(args: readonly string[], options: StartOptions = {}): ChildProcessWithoutNullStreams {
    const { isAlone = false, outlives = false } = options;
    const detached = options.detached ?? (isAlone && process.platform !== 'win32'); // there it would get a window of its own
    const words = [...this.#prefix, ...args];
    const child = spawn('git', words, {
      env: options.env === undefined ? this.env : { ...this.env, ...options.env },
      stdio: 'pipe',
      windowsHide: true,
      detached,
    });
    // Node makes no pipes, against its types, where there are too many open files; the error that it emits later comes too late.
    if ((child.stdout as unknown) === undefined) {
      child.on('error', () => undefined);
      const refused = { code: 'EMFILE', syscall: 'spawn git' };
      throw Object.assign(new Error('EMFILE: too many open files, spawn git'), refused);
    }
    traceGit(child, words, this.env);
    if (!outlives) endWithThisProcess(child, isAlone);
    return child;
  }

  /** Runs `git` to its end. Throws `GitProgramError` for an exit code that is not accepted. */
  async run(args: readonly string[], options: RunOptions = {}): Promise<GitOutput> {
    const child = this.start(args, options);
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    const ended = exitOf(child);
    await feed(child, options.input ?? []);
    const exitCode = await ended;
    const output = { stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString('utf8'), exitCode };
    if (!(options.accept ?? [0]).includes(exitCode)) throw new GitProgramError(args, exitCode, output.stderr);
    return output;
  }

  /**
   * Runs `git` and hands its output over in pieces, as they come. Ending the loop early ends git. Input may follow from output: what an
   * `AsyncIterable` has is written when it comes.
   */
  async *stream(
    args: readonly string[],
    input: Iterable<Buffer | string> | AsyncIterable<Buffer | string> = [],
  ): AsyncGenerator<Buffer, void, undefined> {
    const child = this.start(args);
    child.stdin.on('error', () => undefined);
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString('utf8');
    });
    const ended = exitOf(child);
    ended.catch(() => undefined);
    const fed = feed(child, input);
    try {
      for await (const chunk of child.stdout) yield chunk as Buffer;
      const exitCode = await ended;
      // Before the input is waited for: there may come nothing more for a git that failed.
      if (exitCode !== 0) throw new GitProgramError(args, exitCode, stderr);
      await fed;
    } finally {
      child.kill();
    }
  }
}

/** The exit code of a child; 128 + n where signal n ended it. Throws `EngineUnavailableError` where there is no `git`. */
export function exitOf(child: ChildProcessWithoutNullStreams): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', (cause: NodeJS.ErrnoException) => {
      reject(
        cause.code === 'ENOENT' || cause.code === 'EACCES'
          ? new EngineUnavailableError('there is no git program on this machine that can be run', {
              hint: 'Install git 2.31 or newer, or use the engine that needs none: --engine isomorphic',
              cause,
            })
          : new GitError(`git could not be started: ${cause.message}`, { cause }),
      );
    });
    child.once('close', (code, signal) => resolve(code ?? (signal === null ? 128 : 137)));
  });
}

/** Writes the input with back-pressure and closes it. A child that went away early is its exit code's business. */
async function feed(
  child: ChildProcessWithoutNullStreams,
  input: Iterable<Buffer | string> | AsyncIterable<Buffer | string>,
): Promise<void> {
  let broken = false;
  const gone = new Promise<void>((resolve) => {
    child.stdin.once('error', () => {
      broken = true;
      resolve();
    });
    child.once('close', () => resolve());
  });
  for await (const piece of input) {
    if (broken) return;
    if (!child.stdin.write(piece)) await Promise.race([once(child.stdin, 'drain').catch(() => undefined), gone]);
  }
  if (!broken) child.stdin.end();
}
