import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A clean environment for git: nothing inherited, fixed identity and clock, no configuration but ours. */
export function cleanEnv(home: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    HOME: home,
    LC_ALL: 'C',
    TZ: 'UTC',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: join(home, '.gitconfig'),
    GIT_AUTHOR_NAME: 'A U Thor',
    GIT_AUTHOR_EMAIL: 'author@example.com',
    GIT_AUTHOR_DATE: '1700000000 +0100',
    GIT_COMMITTER_NAME: 'C O Mitter',
    GIT_COMMITTER_EMAIL: 'committer@example.com',
    GIT_COMMITTER_DATE: '1700000000 +0100',
  };
}

/** A repository made by the real git in a folder of its own, with the few commands that the contract tests need. */
export class GitRepo {
  /** The folder that holds everything of this repository: the work tree, a home, whatever a test adds. */
  readonly root: string;
  readonly dir: string;
  readonly env: NodeJS.ProcessEnv;

  constructor(initArgs: readonly string[] = []) {
    this.root = mkdtempSync(join(tmpdir(), 'ckpt-git-'));
    this.dir = join(this.root, 'repo');
    this.env = cleanEnv(join(this.root, 'home'));
    mkdirSync(join(this.root, 'home'));
    mkdirSync(this.dir);
    this.git(['init', '--quiet', '--initial-branch=main', ...initArgs]);
    this.git(['config', 'gc.auto', '0']);
    this.git(['config', 'commit.gpgSign', 'false']);
  }

  /** Runs git in the repository; returns its output without the final newline. Throws where git fails. */
  git(args: readonly string[], input?: string | Uint8Array): string {
    return this.gitBytes(args, input).toString('utf8').replace(/\n$/, '');
  }

  /** Like `git`, with the output as bytes. */
  gitBytes(args: readonly string[], input?: string | Uint8Array): Buffer {
    return execFileSync('git', args, {
      cwd: this.dir,
      env: this.env,
      input: input ?? '',
      stdio: ['pipe', 'pipe', 'pipe'],
      maxBuffer: 1 << 28,
    });
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
