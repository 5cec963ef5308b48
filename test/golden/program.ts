import { type DocumentWrite, writeDocument } from '../../src/dual-write/write-document.ts';
import { openRepository } from '../../src/git/open.ts';
import type { EngineName, Repository } from '../../src/git/repository.ts';
import { migrate } from '../../src/migrate/migrate.ts';
import { prune } from '../../src/prune/prune.ts';
import { restoreArchive } from '../../src/prune/restore.ts';
import { repair } from '../../src/repair/repair.ts';
import { rotate } from '../../src/rotate/rotate.ts';
import { cleanEnvironment } from '../fixtures/git.ts';

/** What the commands take, as far as it decides which objects are written. */
export interface Choice {
  readonly maxCheckpoints: number;
  readonly fullCurrentMode: 'accumulate' | 'replace';
}

/** When what has a time was done: late enough that backups of today come first. */
const NOW = Date.UTC(2100, 0, 1);

/** The program's commands on one repository with one engine: the only place of these tests that knows `src`. */
export class Program {
  readonly #dir: string;
  readonly #engine: EngineName;
  readonly #choice: Choice;
  #documents = 0;

  constructor(dir: string, engine: EngineName, choice: Choice) {
    this.#dir = dir;
    this.#engine = engine;
    this.#choice = choice;
  }

  migrate(options: { rebuild?: boolean } = {}): Promise<unknown> {
    return this.#with((repo) => migrate(repo, { ...this.#choice, ...options }));
  }

  rotate(): Promise<unknown> {
    return this.#with((repo) => rotate(repo, { ...this.#choice, force: true }));
  }

  repair(): Promise<unknown> {
    const { maxCheckpoints } = this.#choice;
    return this.#with((repo) => repair(repo, { maxCheckpoints }));
  }

  prune(allowLoss: boolean): Promise<unknown> {
    const options = { retentionDays: 14, apply: true, allowLoss, now: () => new Date(NOW) };
    return this.#with((repo) => prune(repo, options));
  }

  restore(number: number): Promise<unknown> {
    return this.#with((repo) => restoreArchive(repo, number));
  }

  /** `dual-write --from`, by the settings in the work tree; what is written is a minute later each time. */
  write(document: unknown, finalize = false): Promise<unknown> {
    const write: DocumentWrite = { content: JSON.stringify(document), folder: this.#dir, finalize };
    const now = new Date(NOW + 60_000 * this.#documents++);
    const { maxCheckpoints } = this.#choice;
    const options = { timeoutMs: 600_000, maxCheckpoints, env: cleanEnvironment(), now };
    return this.#with((repo) => writeDocument(repo, write, options));
  }

  async #with(use: (repo: Repository) => Promise<unknown>): Promise<unknown> {
    const repo = await openRepository({ dir: this.#dir, engine: this.#engine, env: cleanEnvironment() });
    try {
      return await use(repo);
    } finally {
      await repo.close();
    }
  }
}
