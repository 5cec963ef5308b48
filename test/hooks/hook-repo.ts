import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openRepository } from '../../src/git/open.ts';
import type { EngineName } from '../../src/git/repository.ts';
import { type HooksOptions, hooksStatus, installHooks, uninstallHooks } from '../../src/hooks/hooks.ts';
import type { HooksStatus, InstallResult, UninstallResult } from '../../src/hooks/hooks-report.ts';
import type { MirrorProgram } from '../../src/hooks/mirror-command.ts';
import { quoted } from '../../src/shell/quote.ts';
import { TRIAL_VARIABLE } from '../../src/stores/hook-trial.ts';
import { cleanEnvironment, git, initRepository } from '../fixtures/git.ts';

/** One call of the recording `ckpt`. */
export interface Call {
  readonly cwd: string;
  readonly args: string;
  readonly gitDir: string;
  readonly stdin: string;
}

/** A repository in a folder whose name shells stumble over, and a `ckpt` beside it that notes down how it was called. */
export class HookRepo {
  readonly root: string;
  readonly dir: string;
  readonly program: MirrorProgram;
  readonly engine: EngineName;
  readonly #log: string;

  constructor(root: string, engine: EngineName = 'native', bare = false) {
    this.root = root;
    this.engine = engine;
    this.dir = initRepository({ dir: join(root, 'it\'s "my" $project'), bare });
    this.#log = join(root, 'calls');
    this.program = { path: join(root, 'bin ä\'s "x"', 'ckpt'), node: join(root, 'no node'), onPath: false };
    this.fake();
  }

  /** Replaces the recording `ckpt` by one that does this besides. */
  fake(besides = ''): void {
    mkdirSync(dirname(this.program.path), { recursive: true });
    const noted = `if [ "$1" = push ]; then echo push; else echo mirror; fi >>"$${TRIAL_VARIABLE}"`;
    const trial = `[ -z "\${${TRIAL_VARIABLE}-}" ] || { ${noted}; exit; }`;
    const record = `printf '%s\\t%s\\t%s\\t%s\\n' "$PWD" "$*" "\${GIT_DIR-}" "$(cat)" >>${quoted(this.#log)}`;
    writeFileSync(this.program.path, `#!/bin/sh\n${trial}\n${record}\n${besides}\n`);
    chmodSync(this.program.path, 0o755);
  }

  /** The calls since the last time that this was asked. */
  calls(): Call[] {
    if (!existsSync(this.#log)) return [];
    const lines = readFileSync(this.#log, 'utf8').split('\n').filter(Boolean);
    writeFileSync(this.#log, '');
    return lines.map((line) => {
      const [cwd = '', args = '', gitDir = '', stdin = ''] = line.split('\t');
      return { cwd, args, gitDir, stdin };
    });
  }

  install(options: Partial<HooksOptions> = {}, dir = this.dir): Promise<InstallResult> {
    return this.#run(dir, options, installHooks);
  }

  uninstall(options: Partial<HooksOptions> = {}, dir = this.dir): Promise<UninstallResult> {
    return this.#run(dir, options, uninstallHooks);
  }

  status(options: Partial<HooksOptions> = {}, dir = this.dir): Promise<HooksStatus> {
    return this.#run(dir, options, hooksStatus);
  }

  /** Writes a file of the repository, executable unless another mode is given. */
  write(path: string, content: string | Buffer, mode = 0o755): string {
    const file = join(this.dir, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    chmodSync(file, mode);
    return file;
  }

  read(path: string): string {
    return readFileSync(join(this.dir, path), 'utf8');
  }

  mode(path: string): number {
    return statSync(join(this.dir, path)).mode & 0o777;
  }

  exists(path: string): boolean {
    return existsSync(join(this.dir, path));
  }

  /** Commits a change of one file, with hooks. */
  commit(name = 'file', dir = this.dir): void {
    writeFileSync(join(dir, name), `${Math.random()}`);
    git(dir, 'add', name);
    git(dir, 'commit', '-q', '-m', name);
  }

  async #run<T>(
    dir: string,
    options: Partial<HooksOptions>,
    work: (repo: Awaited<ReturnType<typeof openRepository>>, options: HooksOptions) => Promise<T>,
  ): Promise<T> {
    const env = cleanEnvironment();
    const repo = await openRepository({ dir, engine: this.engine, env });
    try {
      return await work(repo, { git: true, agents: [], program: this.program, env, ...options });
    } finally {
      await repo.close();
    }
  }
}
