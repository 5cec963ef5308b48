import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ObjectId, toObjectId } from '../../src/git/object-id.ts';

/** A clean environment for git: nothing inherited, fixed identity and clock, no configuration but ours. */
function cleanEnv(home: string): NodeJS.ProcessEnv {
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

  /** Writes a blob and returns its id. */
  blob(content: string | Uint8Array): ObjectId {
    return toObjectId(this.git(['hash-object', '-w', '--stdin'], content));
  }

  /** Writes a tree of regular files (name and content). */
  tree(files: Readonly<Record<string, string>> = {}): ObjectId {
    const lines = Object.entries(files).map(([name, content]) => `100644 blob ${this.blob(content)}\t${name}\0`);
    return toObjectId(this.git(['mktree', '-z'], lines.join('')));
  }

  /** Writes a commit with a tree of its own and returns its id. */
  commit(message: string, parents: readonly ObjectId[] = [], tree: ObjectId = this.tree({ file: message })): ObjectId {
    const args = ['commit-tree', tree, '-m', message, ...parents.flatMap((parent) => ['-p', parent])];
    return toObjectId(this.git(args));
  }

  /** Sets a ref, with git. */
  setRef(ref: string, id: ObjectId): void {
    this.git(['update-ref', ref, id]);
  }

  /** All refs as git sees them: `<id> <name>` lines. */
  refs(): string[] {
    return this.git(['for-each-ref', '--format=%(objectname) %(refname)']).split('\n').filter(Boolean);
  }

  /** Absolute path of a file in the git directory. */
  gitPath(...parts: string[]): string {
    const dir = this.git(['rev-parse', '--absolute-git-dir']);
    return join(dir, ...parts);
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
