import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { ckpt } from '../commands/ckpt.ts';
import { ckptInTerminal } from '../commands/terminal.ts';
import { isRunning } from '../fixtures/child.ts';
import { clientWrite, idOf } from '../fixtures/entire-client.ts';
import { git } from '../fixtures/git.ts';
import { tempDir } from '../fixtures/temp.ts';
import { team } from '../remote/team.ts';

/** A clone with a remote by ssh, and an ssh that never answers. */
function hanging() {
  const { clones } = team('ann');
  const [ann] = clones as [string];
  clientWrite(ann, { id: idOf('a1') });
  git(ann, 'remote', 'add', 'slow', 'ssh://nobody@localhost/nowhere');
  const [ssh, said] = [join(tempDir(), 'ssh'), join(tempDir(), 'said')];
  const lines = [
    'sleep 300 &',
    'tty=none; if (: </dev/tty) 2>/dev/null; then tty=there; fi',
    `echo "$$ $! $tty $\{SSH_ASKPASS_REQUIRE-none}" >'${said}.new'; mv '${said}.new' '${said}'`,
    'wait',
  ];
  writeFileSync(ssh, `#!/bin/sh\n${lines.join('\n')}\n`, { mode: 0o755 });
  /** What ssh was, once it is there. */
  const started = async () => {
    while (!existsSync(said)) await delay(20);
    const [pid, sleeping, tty, askpass] = readFileSync(said, 'utf8').trimEnd().split(' ');
    return { pids: [Number(pid), Number(sleeping)], tty, askpass };
  };
  return { ann, ssh, started };
}

async function expectGone(pids: readonly number[]): Promise<void> {
  for (let waited = 0; waited < 30_000 && pids.some(isRunning); waited += 50) await delay(50);
  expect(pids.filter(isRunning)).toEqual([]);
}

describe('ckpt push to a remote that hangs', () => {
  test.each(['GIT_SSH_COMMAND', 'core.sshCommand'])('ends what %s names with its limit', async (by) => {
    const { ann, ssh, started } = hanging();
    if (by === 'core.sshCommand') git(ann, 'config', by, ssh);
    const env = by === 'core.sshCommand' ? {} : { [by]: ssh };
    expect(ckpt(['push', '--timeout', '5', 'slow'], { cwd: ann, env })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('not done within 5 s'),
    });
    await expectGone((await started()).pids);
  });

  test.each([
    ['without a limit', [], { tty: 'there', askpass: 'none' }],
    ['with one, where ssh can ask nobody', ['--timeout', '300'], { tty: 'none', askpass: 'never' }],
  ])('is ended by Ctrl-C %s', async (_, limit, asked) => {
    const { ann, ssh, started } = hanging();
    const env = { GIT_SSH_COMMAND: ssh, SSH_ASKPASS: undefined, SSH_ASKPASS_REQUIRE: undefined };
    const terminal = ckptInTerminal(['push', ...limit, 'slow'], { cwd: ann, env });
    const { pids, ...found } = await started();
    expect(found).toEqual(asked);
    terminal.type('\x03');
    expect(await terminal.exit).toMatchObject({ exitCode: 130 });
    await expectGone(pids);
  });

  test('is ended with the terminal, and a program that the user named for it may be asked', async () => {
    const { ann, ssh, started } = hanging();
    const env = { GIT_SSH_COMMAND: ssh, SSH_ASKPASS: '/bin/false', SSH_ASKPASS_REQUIRE: 'force' };
    const terminal = ckptInTerminal(['push', '--timeout', '300', 'slow'], { cwd: ann, env });
    const { pids, ...found } = await started();
    expect(found).toEqual({ tty: 'none', askpass: 'force' });
    terminal.kill('SIGHUP');
    expect(await terminal.exit).toMatchObject({ exitCode: 129 });
    await expectGone(pids);
  });
});
