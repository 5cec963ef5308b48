import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { ObjectId } from '../../src/git/object-id.ts';
import { openRepository } from '../../src/git/open.ts';
import { GitRepo } from './git-repo.ts';

let repo: GitRepo;
afterEach(() => repo?.remove());

const ABSENT = '0123456789'.repeat(4) as ObjectId;

/** Puts a git before the real one that knows no `--batch-command`, as those before 2.36, and writes down what it was asked. */
function envOfOlderGit({ root, env }: GitRepo): { env: NodeJS.ProcessEnv; log: string } {
  const folder = join(root, 'older');
  const log = join(root, 'log');
  mkdirSync(folder);
  const script = `#!/bin/sh
printf '%s\\n' "$*" >> '${log}'
for arg; do
  if [ "$arg" = --batch-command ]; then echo "error: unknown option" >&2; exit 129; fi
done
PATH='${env.PATH}'
exec git "$@"
`;
  writeFileSync(join(folder, 'git'), script, { mode: 0o755 });
  return { env: { ...env, PATH: `${folder}:${env.PATH}` }, log };
}

test.each([0, 300])('a git without --batch-command is asked the other way (after %d ms)', async (delay) => {
  repo = new GitRepo();
  const contents = Array.from({ length: 50 }, (_, n) => `content ${n}\n`.repeat(1 + n * 40));
  const ids = contents.map((content) => repo.blob(content));
  const { env, log } = envOfOlderGit(repo);
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
