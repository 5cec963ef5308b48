import { afterEach, describe, expect } from 'vitest';
import type { ObjectId, RefName } from '../../../src/git/object-id.ts';
import { openRepository } from '../../../src/git/open.ts';
import type { EngineName, Repository } from '../../../src/git/repository.ts';
import { BOTH_ENGINES } from '../../fixtures/scale.ts';
import { GitRepo } from '../git-repo.ts';

/** What a contract test works with. Everything that it makes is closed and removed after the test. */
export interface Bench {
  readonly engine: EngineName;
  /** A new repository, made by git. */
  newRepo(initArgs?: readonly string[]): GitRepo;
  /** Opens a repository with the engine under test; in the repository's own folder and environment where not told otherwise. */
  open(repo: GitRepo, options?: { dir?: string; env?: NodeJS.ProcessEnv; honourGitEnv?: boolean }): Promise<Repository>;
}

/** The same tests for each engine: what both must do. */
export function describeContract(title: string, tests: (bench: Bench) => void): void {
  describe.each(BOTH_ENGINES)(`${title} (%s)`, (engine) => {
    const made: GitRepo[] = [];
    const opened: Repository[] = [];
    afterEach(async () => {
      for (const repository of opened.splice(0)) await repository.close();
      for (const repo of made.splice(0)) repo.remove();
    });
    tests({
      engine,
      newRepo(initArgs) {
        const repo = new GitRepo(initArgs);
        made.push(repo);
        return repo;
      },
      async open(repo, options = {}) {
        const repository = await openRepository({ dir: repo.dir, env: repo.env, ...options, engine });
        expect(repository.engine).toBe(engine);
        opened.push(repository);
        return repository;
      },
    });
  });
}

/** An id that no object of a test has. */
export const ABSENT = 'deadbeefdeadbeefdeadbeefdeadbeefdeadbeef' as ObjectId;

/** What a promise is rejected with. Fails where it is not. */
export async function rejection(promise: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  return promise.then(
    () => expect.unreachable('it was expected to fail'),
    (error) => error,
  );
}

/** `<id> <name>` lines as `GitRepo.refs` gives them. */
export function refLines(refs: ReadonlyArray<{ id: ObjectId; name: RefName }>): string[] {
  return refs.map(({ id, name }) => `${id} ${name}`);
}
