import { rmSync } from 'node:fs';
import { access, appendFile, constants, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { devNull, tmpdir } from 'node:os';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { GitError } from '../errors.ts';
import { killGroup } from '../kill-group.ts';
import { readConfig } from '../native/config.ts';
import { GitProgram, gitEnvironment, withoutLocalEnvironment } from '../native/program.ts';
import type { Repository } from '../repository.ts';
import { type GroupEnding, runInGroup } from './run-in-group.ts';
import { scratchConfig } from './scratch-config.ts';
import { copyHooks, copyWorkTree, makeLinks } from './scratch-copy.ts';

/** Where the repository lies that is copied. */
export type ScratchSource = Pick<Repository, 'gitDir' | 'commonDir' | 'workTree'>;

/** Files are what they are, whatever filters the work tree names for them. */
const NO_FILTERS = '* !filter !text !eol !ident !working-tree-encoding\n';

/**
 * A repository of its own in a temporary folder, with the files, the hooks and the configuration of another one, and an empty bare repository in place
 * of its remotes. Git is run in it, hooks and all; of the other one nothing is written, and no git speaks to a network.
 */
export class ScratchRepository {
  /** The folder that holds all of it; nobody else can read it. */
  readonly root: string;
  readonly workTree: string;
  /** The branch that is checked out: that of the other repository. */
  readonly branch: string;
  /** The remote to push to. */
  readonly remote: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #git: GitProgram;
  readonly #running = new Set<number>();
  readonly #atExit = () => {
    for (const pid of this.#running) killGroup(pid);
    rmSync(this.root, { recursive: true, force: true });
  };

  private constructor(root: string, { branch, remote }: { branch: string; remote: string }, env: NodeJS.ProcessEnv) {
    this.root = root;
    this.workTree = join(root, 'work');
    this.branch = branch;
    this.remote = remote;
    const own = { GIT_ALLOW_PROTOCOL: 'file', GIT_TERMINAL_PROMPT: '0' };
    this.#env = { ...withoutLocalEnvironment(env), ...own };
    this.#git = new GitProgram(['-C', root, '-c', `core.hooksPath=${devNull}`], gitEnvironment(this.#env));
    process.on('exit', this.#atExit);
  }

  /** Copies a repository. `env` is what hooks get, but for the variables that point at a repository. The caller removes the copy. */
  static async copyOf(source: ScratchSource, env: NodeJS.ProcessEnv): Promise<ScratchRepository> {
    const { gitDir, workTree } = source;
    const place = workTree === undefined ? ['-C', gitDir] : ['-C', workTree, `--work-tree=${workTree}`];
    const git = new GitProgram([`--git-dir=${gitDir}`, ...place, '-c', 'core.fsmonitor=false'], gitEnvironment(env));
    const head = await git.run(['symbolic-ref', '-q', '--short', 'HEAD'], { accept: [0, 1] });
    const { entries } = await readConfig(git);
    const remotes = [...new Set(entries.flatMap(({ key }) => /^remote\.(.+)\.url$/s.exec(key)?.[1] ?? []))];
    const remote = remotes.includes('origin') ? 'origin' : (remotes[0] ?? 'origin');
    const root = await mkdtemp(join(await realpath(tmpdir()), 'ckpt-trial-'));
    const scratch = new ScratchRepository(root, { branch: firstLine(head.stdout) || 'main', remote }, env);
    try {
      await assertRunsPrograms(root);
      const bare = join(root, 'remote.git');
      await scratch.git('init', '-q', '--template=', '--bare', bare);
      await scratch.git('init', '-q', '--template=', scratch.workTree);
      await scratch.git('-C', 'work', 'symbolic-ref', 'HEAD', `refs/heads/${scratch.branch}`);
      const hooks = firstLine((await git.run(['rev-parse', '--path-format=absolute', '--git-path', 'hooks'])).stdout);
      const target = scratch.#placeOf(source, hooks);
      // A relative one stays so, and an absent one absent: hooks see in `$0` how git found them.
      const configured = entries.findLast(({ key }) => key === 'core.hookspath')?.value || undefined;
      const isRelative = configured !== undefined && resolve(scratch.workTree, configured) === target;
      const hooksPath = isRelative ? configured : configured && target;
      const settings = { entries, hooksPath, remotes: [...new Set([...remotes, remote])], url: bare };
      await appendFile(join(scratch.workTree, '.git/config'), scratchConfig(settings));
      await appendFile(join(bare, 'config'), `[core]\n\thooksPath = hooks\n`);
      await mkdir(join(scratch.workTree, '.git/info'), { recursive: true });
      await writeFile(join(scratch.workTree, '.git/info/attributes'), NO_FILTERS);
      await scratch.#fill(git, { from: workTree, hooks, target });
      return scratch;
    } catch (error) {
      await scratch.remove();
      throw error;
    }
  }

  /** Where that hooks folder is in the copy; one that is outside of the repository, or all of it, serves it where it is. */
  #placeOf({ gitDir, commonDir, workTree }: ScratchSource, hooks: string): string {
    for (const folder of [commonDir, gitDir, workTree]) {
      if (folder === undefined || !isBelow(folder, hooks)) continue;
      return join(this.workTree, folder === workTree ? '' : '.git', relative(folder, hooks));
    }
    return hooks;
  }

  /** Copies files and hooks, and makes the commit that all begins with. */
  async #fill(git: GitProgram, { from, hooks, target }: { from: string | undefined; hooks: string; target: string }) {
    const tree = from === undefined ? [] : [{ from, to: this.workTree }];
    const [copied] = await Promise.all(tree.map((pair) => copyWorkTree(git, pair)));
    const folder = target === hooks ? [] : [{ from: hooks, to: target }];
    const [links = []] = await Promise.all(folder.map(copyHooks));
    await makeLinks([...links, ...(copied?.links ?? [])], [...folder, ...tree]);
    await this.#commit(copied?.files ?? new Map());
  }

  async #commit(files: ReadonlyMap<string, string>): Promise<void> {
    const paths = [...files.keys()].filter((path) => !path.includes('\n'));
    const input = paths.map((path) => `${path}\n`);
    const hash = ['hash-object', '-w', '--no-filters', '--stdin-paths'];
    const { stdout } = await this.#git.run(['-C', 'work', ...hash], { input });
    const ids = stdout.toString('latin1').split('\n');
    const lines = paths.map((path, i) => `${files.get(path)} ${ids[i]}\t${path}\0`);
    await this.#git.run(['-C', 'work', 'update-index', '-z', '--index-info'], { input: lines });
    await this.git('-C', 'work', 'commit', '-q', '--allow-empty', '--no-verify', '-m', 'What is here');
  }

  /** Runs git in `root` without any hook. Returns the first line that it printed. */
  async git(...args: string[]): Promise<string> {
    return firstLine((await this.#git.run(args)).stdout);
  }

  /** Runs git in the work tree, with every hook that it comes to. What these leave in the background is waited for a moment, and then ended. */
  async run(args: readonly string[], options: { limitMs: number; env: NodeJS.ProcessEnv }): Promise<GroupEnding> {
    const env = { ...this.#env, ...options.env };
    const output = join(this.root, 'output');
    return runInGroup('git', args, {
      cwd: this.workTree,
      env,
      output,
      limitMs: options.limitMs,
      running: this.#running,
    });
  }

  /** Takes it away. */
  async remove(): Promise<void> {
    await rm(this.root, { recursive: true, force: true, maxRetries: 5 });
    process.off('exit', this.#atExit);
  }
}

/** Where no program of the temporary folder can be started, git passes over each hook there. */
async function assertRunsPrograms(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const probe = join(folder, 'probe');
  await writeFile(probe, '', { mode: 0o700 });
  await access(probe, constants.X_OK).catch((cause) => {
    const hint = 'Set TMPDIR to a folder where they can.';
    throw new GitError(`no program can be started in the temporary folder ${folder}`, { hint, cause });
  });
}

function firstLine(output: Buffer): string {
  return output.toString('utf8').split('\n')[0] ?? '';
}

function isBelow(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
