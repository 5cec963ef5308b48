import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ckpt } from '../commands/ckpt.ts';
import { clientWrite, idOf } from '../fixtures/entire-client.ts';
import { git, gitResult, initRepository } from '../fixtures/git.ts';
import { checkpointRefs, settings, team } from '../remote/team.ts';

/** A run that must succeed. */
function run(cwd: string, ...args: string[]): string {
  const { code, stdout, stderr } = ckpt(args, { cwd });
  expect({ args, code, stderr: code === 0 ? '' : stderr }).toEqual({ args, code: 0, stderr: '' });
  return stdout;
}

/** A clone with a commit and a checkpoint, and hooks that push. */
function prepared() {
  const { remote, clones } = team('ann');
  const [ann] = clones as [string];
  git(ann, 'commit', '-q', '--allow-empty', '-m', 'work');
  clientWrite(ann, { id: idOf('a1') });
  run(ann, 'hooks', 'install', '--git', '--push');
  return { remote, ann };
}

const push = (dir: string, remote: string) => gitResult(dir, ['push', '-q', remote, 'HEAD:refs/heads/work']);

describe('ckpt hooks install --push', () => {
  test('git push sends checkpoints to the remote that it is given, and to no other', () => {
    const { remote, ann } = prepared();
    expect(JSON.parse(run(ann, 'hooks', 'status', '--json'))).toMatchObject({ isPushing: true });
    const other = initRepository({ dir: join(ann, '../other.git'), bare: true });
    git(ann, 'remote', 'add', 'other', '../other.git');
    expect(push(ann, 'other').status).toBe(0);
    expect(checkpointRefs(other)).toEqual(checkpointRefs(ann));
    expect(Object.keys(checkpointRefs(ann))).toContain('refs/entire/checkpoints/v2/main');
    expect(checkpointRefs(remote)).toEqual({});
    expect(push(ann, 'origin').status).toBe(0);
    expect(checkpointRefs(remote)).toEqual(checkpointRefs(ann));
  });

  test('git push to this repository, and to a folder by its name alone', () => {
    const { ann } = prepared();
    const before = checkpointRefs(ann);
    expect(push(ann, '.')).toMatchObject({ status: 0, stderr: '' });
    expect(checkpointRefs(ann)).toMatchObject(before);
    const folder = initRepository({ dir: join(ann, 'folder.git'), bare: true });
    expect(push(ann, 'folder.git')).toMatchObject({ status: 0, stderr: '' });
    expect(checkpointRefs(folder)).toEqual(checkpointRefs(ann));
    expect(ckpt(['push', 'nowhere'], { cwd: ann })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is no remote nowhere'),
    });
  });

  test('push_sessions: false is obeyed, and so are --no-push and an uninstall', () => {
    const { remote, ann } = prepared();
    settings(ann, { strategy_options: { checkpoints_v2: true, push_sessions: false } });
    expect(push(ann, 'origin').status).toBe(0);
    settings(ann, { strategy_options: { checkpoints_v2: true } });
    run(ann, 'hooks', 'install', '--git', '--no-push');
    git(ann, 'commit', '-q', '--allow-empty', '-m', 'more');
    expect(push(ann, 'origin').status).toBe(0);
    expect(checkpointRefs(remote)).toEqual({});
    run(ann, 'hooks', 'install', '--git', '--push');
    run(ann, 'hooks', 'uninstall', '--git');
    expect(gitResult(ann, ['config', '--get', 'ckpt.push']).status).toBe(1);
  });

  test('a dry run of git push runs the hook as well, unless hooks are off', () => {
    const { remote, ann } = prepared();
    const dryRun = (...more: string[]) =>
      git(ann, 'push', '-q', '--dry-run', ...more, 'origin', 'HEAD:refs/heads/work');
    dryRun('--no-verify');
    expect(checkpointRefs(remote)).toEqual({});
    dryRun();
    expect(checkpointRefs(remote)).toEqual(checkpointRefs(ann));
  });

  test('a push that sends V1 itself may be refused, with V1 there; the next one is not', () => {
    const { remote, ann } = prepared();
    const pushV1 = () => gitResult(ann, ['push', '-q', 'origin', 'refs/heads/entire/checkpoints/v1']);
    expect(pushV1()).toMatchObject({ status: 1, stderr: expect.stringContaining('remote rejected') });
    expect(checkpointRefs(remote)).toEqual(checkpointRefs(ann));
    expect(pushV1().status).toBe(0);
  });

  test('a remote that takes no checkpoints fails no push', () => {
    const { remote, ann } = prepared();
    const hook = '#!/bin/sh\ncase "$1" in *entire*) exit 1 ;; esac\n';
    mkdirSync(join(remote, 'hooks'), { recursive: true });
    writeFileSync(join(remote, 'hooks/update'), hook, { mode: 0o755 });
    expect(push(ann, 'origin').status).toBe(0);
    expect(git(remote, 'rev-parse', 'refs/heads/work')).toBe(git(ann, 'rev-parse', 'HEAD'));
    expect(checkpointRefs(remote)).toEqual({});
  });

  test('a remote that hangs holds nobody up for longer than the limit', () => {
    const { ann } = prepared();
    git(ann, 'remote', 'add', 'slow', 'ssh://nobody@localhost/nowhere');
    const begin = performance.now();
    const { code, stderr } = ckpt(['push', '--timeout', '1', 'slow'], {
      cwd: ann,
      env: { GIT_SSH_COMMAND: 'sleep 120 #' },
    });
    expect([code, stderr]).toEqual([1, expect.stringContaining('not done within 1 s')]);
    expect(performance.now() - begin).toBeLessThan(60_000);
  });
});

describe('ckpt hooks install --mirror', () => {
  test.each([
    ['v2', 'refs/entire/checkpoints/v2/main'],
    ['refs', `refs/entire/checkpoints/${idOf('a1').slice(-2)}/${idOf('a1')}`],
  ])('a commit brings %s into step', (layout, ref) => {
    const { clones } = team('ann');
    const [ann] = clones as [string];
    settings(ann, {});
    clientWrite(ann, { id: idOf('a1') });
    run(ann, 'hooks', 'install', '--git', '--mirror', layout);
    expect(git(ann, 'config', '--get-all', 'ckpt.mirror')).toBe(layout);
    git(ann, 'commit', '-q', '--allow-empty', '-m', 'work');
    expect(Object.keys(checkpointRefs(ann))).toContain(ref);
    run(ann, 'verify', '--from', 'v1', '--to', layout);
    clientWrite(ann, { id: idOf('a2'), at: 1_750_000_100 });
    git(ann, 'commit', '-q', '--allow-empty', '-m', 'more');
    run(ann, 'verify', '--from', 'v1', '--to', layout);
  });
});
