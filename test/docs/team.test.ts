import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { clientPush, clientWrite, idOf } from '../fixtures/entire-client.ts';
import { cleanEnvironment, git, gitResult, initRepository, refs } from '../fixtures/git.ts';
import { freePort } from '../fixtures/loopback.ts';
import { tempDir } from '../fixtures/temp.ts';
import { Reader, stepsOf } from './guided-page.ts';

const PAGE = readFileSync(resolve(import.meta.dirname, '../../docs/team.md'), 'utf8');
const V1 = 'refs/heads/entire/checkpoints/v1';

let daemon: ChildProcess | undefined;
afterEach(() => {
  if (daemon?.pid !== undefined) process.kill(-daemon.pid, 'SIGTERM'); // with git-daemon, which git has started
  daemon = undefined;
});

/** Serves the repositories in a folder, for reading and writing. */
async function serve(folder: string): Promise<string> {
  const port = await freePort();
  const flags = ['--reuseaddr', '--export-all', '--enable=receive-pack', '--listen=127.0.0.1', `--port=${port}`];
  daemon = spawn('git', ['daemon', ...flags, `--base-path=${folder}`], {
    env: cleanEnvironment(),
    stdio: 'ignore',
    detached: true,
  });
  const url = `git://127.0.0.1:${port}`;
  for (let tries = 0; gitResult(folder, ['ls-remote', `${url}/origin.git`]).status !== 0; tries++) {
    if (tries > 200) throw new Error('nobody listens');
    await new Promise((settle) => setTimeout(settle, 50));
  }
  return url;
}

it('docs/team.md: three clones and a server, and back', async () => {
  const reader = new Reader(tempDir());
  const root = reader.cwd;
  for (const name of ['origin.git', 'backup.git']) initRepository({ dir: join(root, name), bare: true });
  const url = await serve(root);
  const [ann, bob, carol] = ['ann', 'bob', 'carol'].map((name) => {
    const dir = initRepository({ dir: join(root, name) });
    git(dir, 'remote', 'add', 'origin', `${url}/origin.git`);
    git(dir, 'remote', 'add', 'backup', `${url}/backup.git`);
    git(dir, 'config', 'user.name', name);
    git(dir, 'config', 'user.email', `${name}@example.com`);
    return dir;
  }) as [string, string, string];
  const run = (dir: string, script: string, exitCode = 0) => {
    reader.cwd = dir;
    const { code, output, stderr } = reader.run(script);
    expect({ dir, script, code, stderr: code === exitCode ? '' : stderr }).toEqual({
      dir,
      script,
      code: exitCode,
      stderr: '',
    });
    return output;
  };
  const [migrate = '', turnOn = '', join_ = '', after = '', backup = '', alone = '', ...rest] = stepsOf(PAGE).map(
    ({ script }) => script,
  );
  const [takeOut = '', replace = '', clear = '', back = '', server = '', ...more] = rest;
  expect(more).toEqual([]);
  const push = (dir: string, word: string) =>
    run(dir, `git commit -q --allow-empty -m ${word} && git push -q origin HEAD`);
  const v2Of = (dir: string) => refs(dir, 'refs/entire/checkpoints/v2/');
  const listed = (dir: string) =>
    git(dir, 'ls-tree', '-r', '--name-only', 'refs/entire/checkpoints/v2/main').match(/^[^/]+\/[^/]+(?=\/metadata)/gm);

  // Before: all three use Entire's client, and have pushed.
  run(ann, 'git commit -q --allow-empty -m start && git push -q -u origin HEAD:main');
  for (const dir of [bob, carol]) run(dir, 'git pull -q origin main && git branch -q -u origin/main');
  for (const [dir, word] of [
    [ann, 'a1'],
    [bob, 'b1'],
    [carol, 'c1'],
  ] as const) {
    clientWrite(dir, { id: idOf(word), author: word });
    clientPush(dir);
  }

  run(ann, migrate);
  mkdirSync(join(ann, '.entire'));
  writeFileSync(join(ann, '.entire/settings.json'), '{"strategy_options":{"checkpoints_v2":true}}');
  run(ann, turnOn);
  for (const dir of [ann, bob]) expect(run(dir, join_)).toContain('Nothing needs attention.');
  expect(v2Of(bob)).toEqual(v2Of(join(root, 'origin.git')));
  expect(listed(bob)).toHaveLength(3);

  // Two people write at the same time; the hooks do the rest.
  clientWrite(ann, { id: idOf('a2') });
  clientWrite(bob, { id: idOf('b2') });
  push(ann, 'a2');
  run(bob, 'git pull -q --rebase');
  push(bob, 'b2');
  expect(listed(join(root, 'origin.git'))).toHaveLength(5);

  // Carol has no ckpt.
  run(carol, 'git pull -q');
  clientWrite(carol, { id: idOf('c2') });
  expect(clientPush(carol)).toBe('replayed');
  run(ann, after);
  expect(listed(join(root, 'origin.git'))).toHaveLength(6);
  expect(v2Of(ann)).toEqual(v2Of(join(root, 'origin.git')));

  run(ann, backup);
  expect(v2Of(join(root, 'backup.git'))).toEqual(v2Of(ann));

  // A rule for all branches.
  const hook = join(root, 'origin.git/hooks/update');
  mkdirSync(join(root, 'origin.git/hooks'), { recursive: true });
  writeFileSync(hook, '#!/bin/sh\ncase "$1" in refs/heads/entire/*) exit 1 ;; esac\n', { mode: 0o755 });
  clientWrite(ann, { id: idOf('a3') });
  run(ann, 'ckpt push', 1);
  expect(listed(join(root, 'origin.git'))).toHaveLength(6);
  run(ann, alone);
  expect(listed(join(root, 'origin.git'))).toHaveLength(7);

  rmSync(hook);
  for (const dir of [ann, bob, carol]) run(dir, 'git pull -q --rebase && ckpt fetch && ckpt push');
  const old = git(ann, 'rev-parse', V1);
  const filter = /^git filter-repo .*$/m; // which not every machine has: something of the same length is put in the place of a prompt
  const byGit = `git fast-export --signed-tags=strip ${V1} | sed 's/do session-${idOf('b1')}/do [removed]${idOf('b1').slice(1)}/' | git fast-import --quiet --force`;
  expect(takeOut).toMatch(filter);
  run(
    ann,
    takeOut.replace(filter, () => byGit),
  );
  expect(git(ann, 'rev-parse', V1)).not.toBe(old);
  run(ann, replace);
  for (const dir of [bob, carol]) run(dir, 'ckpt fetch');
  for (const dir of [ann, bob, carol]) {
    run(dir, clear);
    expect(gitResult(dir, ['cat-file', '-e', old]).status, 'the old objects are gone').not.toBe(0);
  }
  expect(v2Of(carol)).toEqual(v2Of(join(root, 'origin.git')));

  run(ann, "git rm -q .entire/settings.json && git commit -q -m 'No V2' && git push -q origin HEAD");
  for (const dir of [ann, bob]) {
    const before = git(dir, 'rev-parse', V1);
    run(dir, back);
    expect(refs(dir, 'refs/entire/', 'refs/ckpt/')).toEqual({});
    expect(git(dir, 'rev-parse', V1)).toBe(before);
    expect(run(dir, 'ckpt hooks status')).not.toContain('installed');
  }
  run(ann, server);
  expect(v2Of(join(root, 'origin.git'))).toEqual({});
});
