import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ObjectId } from '../../src/git/object-id.ts';
import { openRepository } from '../../src/git/open.ts';
import type { RefUpdate, Repository } from '../../src/git/repository.ts';
import { GitRepo } from './git-repo.ts';

const NONE = '0'.repeat(40);
let made: GitRepo;
let repo: Repository;
let one: ObjectId;
let two: ObjectId;

beforeEach(async () => {
  made = new GitRepo();
  [one, two] = [made.commit('one'), made.commit('two')];
  made.setRef('refs/x/a', one);
  repo = await openRepository({ dir: made.dir, env: made.env, engine: 'native' });
});
afterEach(async () => {
  await repo.close();
  made.remove();
});

/** Makes the hook a script that writes down what it is told, and then does this. */
function installHook(path: string, more = ''): void {
  mkdirSync(dirname(path), { recursive: true });
  const log = `{ echo "$1 in $PWD with $GIT_DIR"; cat; } >> '${logPath()}'`;
  writeFileSync(path, `#!/bin/sh\n${log}\n${more}\n`);
  chmodSync(path, 0o755);
}

const logPath = () => join(made.root, 'log');
const updates = (): RefUpdate[] => [
  { ref: 'refs/x/a', old: one, new: two },
  { ref: 'refs/x/b', old: null, new: one },
];
const lines = () => `${one} ${two} refs/x/a\n${NONE} ${one} refs/x/b\n`;
const where = () => `in ${made.dir} with ${made.gitPath()}\n`;

test('the hook is told of a transaction as git tells it', async () => {
  installHook(made.gitPath('hooks/reference-transaction'));
  await repo.updateRefs(updates(), 'moved');
  expect(readFileSync(logPath(), 'utf8')).toBe(`prepared ${where()}${lines()}committed ${where()}${lines()}`);
});

test('a hook that refuses leaves the refs where they are, and no lock', async () => {
  installHook(made.gitPath('hooks/reference-transaction'), 'exit 3');
  const before = made.refs();
  await expect(repo.updateRefs(updates(), 'moved')).rejects.toThrow(/reference-transaction refused .*exit 3/);
  expect(made.refs()).toEqual(before);
  expect(readFileSync(logPath(), 'utf8')).toBe(`prepared ${where()}${lines()}aborted ${where()}${lines()}`);
  expect(existsSync(made.gitPath('refs/x/a.lock'))).toBe(false);
});

test('an empty core.hooksPath leaves the hook out, as git does', async () => {
  made.git(['config', 'core.hooksPath', '']);
  installHook(made.gitPath('hooks/reference-transaction'));
  installHook(join(made.dir, 'reference-transaction'));
  made.git(['update-ref', 'refs/x/c', one]);
  repo = await openRepository({ dir: made.dir, env: made.env, engine: 'native' });
  await repo.updateRefs(updates(), 'moved');
  expect(existsSync(logPath())).toBe(false);
});

test('the hook lies where core.hooksPath says, relative to the work tree too, and may pack refs meanwhile', async () => {
  made.git(['config', 'core.hooksPath', 'my-hooks']);
  installHook(
    join(made.dir, 'my-hooks/reference-transaction'),
    '[ "$1" = prepared ] && git -c core.hooksPath=/dev/null pack-refs --all 2>/dev/null; exit 0',
  );
  await repo.updateRefs(updates(), 'moved');
  expect(readFileSync(logPath(), 'utf8')).toContain('committed');
  expect(made.refs()).toEqual([`${two} refs/x/a`, `${one} refs/x/b`]);
});
