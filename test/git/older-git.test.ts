import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { EngineUnavailableError } from '../../src/git/errors.ts';
import type { ObjectId } from '../../src/git/object-id.ts';
import { type EngineChoice, openRepository } from '../../src/git/open.ts';
import { GitRepo } from './git-repo.ts';

let repo: GitRepo;
afterEach(() => repo?.remove());

const ABSENT = '0123456789'.repeat(4) as ObjectId;

/** Puts a git before the real one that first does what these lines of shell say, and writes down what it was asked. */
function envOfOlderGit({ root, env }: GitRepo, lines: string): { env: NodeJS.ProcessEnv; log: string } {
  const folder = join(root, 'older');
  const log = join(root, 'log');
  mkdirSync(folder);
  const script = `#!/bin/sh
printf '%s\\n' "$*" >> '${log}'
PATH='${env.PATH}'
${lines}
exec git "$@"
`;
  writeFileSync(join(folder, 'git'), script, { mode: 0o755 });
  return { env: { ...env, PATH: `${folder}:${env.PATH}` }, log };
}

/** Before 2.36. */
const WITHOUT_BATCH_COMMAND = `for arg; do
  if [ "$arg" = --batch-command ]; then echo "error: unknown option" >&2; exit 129; fi
done`;
/** Before 2.31: `rev-parse` takes an option that it does not know for something to print. */
const WITHOUT_PATH_FORMAT = `case "$*" in
  *--path-format=absolute*) echo --path-format=absolute; git -C "$2" rev-parse --git-dir; exit;;
esac`;

test.each([0, 300])('a git without --batch-command is asked the other way (after %d ms)', async (delay) => {
  repo = new GitRepo();
  const contents = Array.from({ length: 50 }, (_, n) => `content ${n}\n`.repeat(1 + n * 40));
  const ids = contents.map((content) => repo.blob(content));
  const { env, log } = envOfOlderGit(repo, WITHOUT_BATCH_COMMAND);
  const repository = await openRepository({ dir: repo.dir, engine: 'native', env });
  try {
    // The first process may have ended by now, or be about to.
    await new Promise((done) => setTimeout(done, delay));
    const [first, second] = await Promise.all([
      repository.readObjects([...ids, ABSENT]),
      repository.readObjects(ids.slice(0, 3)),
    ]);
    expect(first.map((object) => object?.content.toString())).toEqual([...contents, undefined]);
    expect(second.map((object) => object?.id)).toEqual(ids.slice(0, 3));
    const asked = readFileSync(log, 'utf8').split('\n');
    expect(asked.filter((line) => line.includes('--batch-command'))).toHaveLength(1);
    expect(asked.filter((line) => line.endsWith('--batch'))).toHaveLength(1);
  } finally {
    await repository.close();
  }
});

test('git answers in whole buffers, where each answer would wake its reader', async () => {
  repo = new GitRepo();
  const id = repo.blob('content');
  const flushes = join(repo.dir, 'flushes');
  const { env, log } = envOfOlderGit(repo, `echo "$GIT_FLUSH" >> '${flushes}'`);
  const repository = await openRepository({ dir: repo.dir, engine: 'native', env: { ...env, GIT_FLUSH: '1' } });
  try {
    expect(await repository.objectInfo([id, ABSENT])).toEqual([{ type: 'blob', size: 7 }, undefined]);
    expect(await repository.readObjects([id])).toMatchObject([{ id }]);
    const asked = readFileSync(log, 'utf8').split('\n');
    expect(asked.filter((line) => line.endsWith('cat-file --batch-command --buffer'))).toHaveLength(2);
    expect(new Set(readFileSync(flushes, 'utf8').trim().split('\n'))).toEqual(new Set(['0']));
  } finally {
    await repository.close();
  }
});

describe('which engine serves a repository', () => {
  const engineWith = async (engine: EngineChoice | undefined, env: NodeJS.ProcessEnv) => {
    const repository = await openRepository({ dir: repo.dir, env, ...(engine === undefined ? {} : { engine }) });
    await repository.close();
    return repository.engine;
  };

  test('git where it is there, unless the other one is asked for', async () => {
    repo = new GitRepo();
    expect(await engineWith(undefined, repo.env)).toBe('native');
    expect(await engineWith('auto', repo.env)).toBe('native');
    expect(await engineWith('isomorphic', repo.env)).toBe('isomorphic');
  });

  test.each([
    ['a git before 2.31', () => envOfOlderGit(repo, WITHOUT_PATH_FORMAT).env, 'the git program is older than 2.31'],
    [
      'no git',
      () => ({ ...repo.env, PATH: join(repo.root, 'nothing') }),
      'there is no git program on this machine that can be run',
    ],
  ])('%s: the isomorphic one, and an error that names it where git is asked for', async (_, envOf, message) => {
    repo = new GitRepo();
    const env = envOf();
    expect(await engineWith('auto', env)).toBe('isomorphic');
    const failed = engineWith('native', env);
    await expect(failed).rejects.toBeInstanceOf(EngineUnavailableError);
    await expect(failed).rejects.toMatchObject({ message, hint: expect.stringContaining('isomorphic') });
  });
});
