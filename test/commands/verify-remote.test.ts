import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { withRemoteValue } from '../../src/commands/remote-flag.ts';
import { clientWrite, idOf } from '../fixtures/entire-client.ts';
import { git } from '../fixtures/git.ts';
import { listing } from '../migrate/support.ts';
import { team, settings as writeSettings } from '../remote/team.ts';
import { ckpt } from './ckpt.ts';

const [a1, a2] = ['a1', 'a2'].map(idOf) as [string, string];
let ann: string;
let remote: string;
const run = (...args: string[]) => ckpt(['verify', '-C', ann, ...args]);

beforeEach(() => {
  const made = team('ann');
  remote = made.remote;
  [ann] = made.clones as [string];
  for (const id of [a1, a2]) clientWrite(ann, { id });
  const tree = git(ann, 'mktree', '-z');
  git(ann, 'update-ref', 'refs/heads/main', git(ann, 'commit-tree', '-m', `Work\n\nEntire-Checkpoint: ${a1}`, tree));
  git(ann, 'push', '-q', 'origin', 'main');
  git(ann, 'remote', 'add', 'backup', remote);
});

describe('ckpt verify --remote', () => {
  it('fails where a checkpoint did not arrive, and names it in each format', () => {
    const text = run('--remote');
    expect(text.code).toBe(1);
    expect(text.stdout).toContain('INCONSISTENT: 1 error, 1 warning.');
    expect(text.stdout).toContain('0 of 1 checkpoint arrived, named by 1 commit on 1 branch of origin. V1 only here.');
    expect(text.stdout).toContain(a1);
    expect(text.stdout).toContain(`What to do: Run \`ckpt push -C ${ann}\`.`);
    expect(text.stdout).not.toContain(a2);
    for (const format of ['json', 'junit', 'sarif', 'github', 'gitlab', 'markdown']) {
      const { code, stdout, stderr } = run('--remote', '--format', format);
      expect([code, stderr]).toEqual([1, '']);
      expect(stdout).toContain('CHECKPOINT_NOT_ARRIVED');
      expect(stdout).toContain(a1);
    }
  });

  it('asks nobody to push where the settings forbid it', () => {
    writeSettings(ann, { strategy_options: { checkpoints_v2: true, push_sessions: false } });
    const off = 'Nothing, as long as the settings say `push_sessions: false`: nothing is pushed then.';
    for (const remote of ['--remote', '--remote=backup']) {
      const { code, stdout } = run(remote);
      expect(code).toBe(1);
      expect(stdout).toContain(`What to do: ${off}`);
      for (const format of ['json', 'junit', 'github', 'markdown'])
        expect(run(remote, '--format', format).stdout).not.toContain('Run `ckpt push');
    }
    expect(JSON.parse(run('--remote', '--json').stdout).findings[0]).toMatchObject({ isPushOff: true });
  });

  it('names the remote in the commands where the user has; a scope, a baseline and --ignore count', () => {
    const { stdout } = run('--remote', 'backup', '--format', 'github');
    expect(stdout).toContain('Run `ckpt push backup`.');
    expect(JSON.parse(run('--remote', 'backup', '--json').stdout).remote).toMatchObject({
      name: 'backup',
      isNamed: true,
      branchesOf: 'backup',
    });
    expect(run('--remote', a1).code).toBe(1);
    expect(run('--remote', a2).stdout).toContain('0 of 1 checkpoint arrived, asked for by ID.');
    expect(run('--remote', '--commits', 'main').code).toBe(1);
    expect(run('--remote', '--ignore', 'CHECKPOINT_NOT_ARRIVED').code).toBe(0);
    const baseline = join(dirname(remote), 'baseline.json');
    expect(run('--remote', '--baseline', baseline, '--update-baseline').code).toBe(0);
    expect(run('--remote', '--baseline', baseline).code).toBe(0);
    // A run that compares the layouts does not look for these, and leaves them in.
    const before = readFileSync(baseline, 'utf8');
    run('--baseline', baseline, '--update-baseline', '--fail-on', 'error');
    expect(readFileSync(baseline, 'utf8')).toContain('CHECKPOINT_NOT_ARRIVED');
    expect(before).toContain('CHECKPOINT_NOT_ARRIVED');
  });

  it('passes when the command was run that it names; writes nothing itself', () => {
    const before = [listing(ann), listing(remote)];
    run('--remote');
    expect([listing(ann), listing(remote)]).toEqual(before);
    expect(ckpt(['push', '-C', ann]).code).toBe(0);
    const { code, stdout } = run('--remote');
    expect(code).toBe(0);
    expect(stdout).toContain('CONSISTENT: origin has every checkpoint that commits name.');
  });

  it('says in its headline what it compared where no commit names a checkpoint', () => {
    git(ann, 'update-ref', 'refs/heads/main', git(ann, 'commit-tree', '-m', 'Work', git(ann, 'mktree', '-z')));
    const headline = (...args: string[]) => run(...args).stdout.split('\n', 2);
    const refs = 'REFS ALONE COMPARED: no commit names a checkpoint';
    expect(headline('--remote', '--commits', 'main')).toEqual([
      `${refs}; 0 of 1 ref in step with origin, 1 warning.`,
      'Compared with origin: no commit names a checkpoint. V1 only here.',
    ]);
    expect(run('--remote', '--commits', 'main', '--require').stdout).toMatch(/^INCONSISTENT: 1 error, 1 warning\.\n/);
    git(ann, 'push', '-q', '-f', 'origin', 'main', 'refs/heads/entire/checkpoints/v1');
    expect(headline('--remote')).toEqual([
      `${refs}; 1 of 1 ref in step with origin.`,
      'Compared with origin: no commit on 1 branch of origin names a checkpoint. V1 in step.',
    ]);
    for (const at of [ann, remote]) git(at, 'update-ref', '-d', 'refs/heads/entire/checkpoints/v1');
    expect(headline('--remote')[0]).toBe(
      'NOTHING COMPARED: no commit names a checkpoint, and none is here or on origin.',
    );
  });

  it('has no other use beside it, and needs a remote', () => {
    expect(run('--remote', '--since', '1d').code).toBe(2);
    expect(run('--remote', 'nowhere').code).toBe(2);
    expect(run('--remote', '--ext').code).toBe(2);
  });
});

describe('ckpt status', () => {
  it('asks a remote with --remote alone, and says in short how things are there', () => {
    git(ann, 'remote', 'set-url', 'origin', 'ext::sh -c "touch asked; exit 1"');
    git(ann, 'config', 'protocol.ext.allow', 'always');
    expect(ckpt(['status', '-C', ann]).code).toBe(0);
    expect(existsSync(join(ann, 'asked'))).toBe(false);
    git(ann, 'remote', 'set-url', 'origin', remote);
    const { code, stdout } = ckpt(['status', '-C', ann, '--remote']);
    expect(code).toBe(0);
    expect(stdout).toContain(
      'Remote origin\n  0 of 1 checkpoint arrived, named by 1 commit; 1 did not\n  V1  only here\n',
    );
    expect(stdout).toContain('Next: ckpt verify --remote -C');
    expect(JSON.parse(ckpt(['status', '-C', ann, '--remote', 'backup', '--json']).stdout).remote).toMatchObject({
      name: 'backup',
      missingCount: 1,
      layouts: [{ layout: 'v1', onlyHereCount: 1 }],
    });
  });
});

describe('ckpt status --remote, where the remote is not to be reached', () => {
  it('says what is here, and that the remote was not asked: exit code 1', () => {
    git(ann, 'remote', 'set-url', 'origin', join(dirname(remote), 'gone.git'));
    const { code, stdout } = ckpt(['status', '-C', ann, '--remote']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/\nRemote: not asked\n {2}origin: .*gone\.git/);
    expect(stdout).toContain('V1');
    const document = JSON.parse(ckpt(['status', '-C', ann, '--remote', '--json']).stdout);
    expect(document).toMatchObject({ ok: false, warnings: [expect.stringContaining('could not be asked')] });
    expect(document.layouts).toHaveLength(1);
    expect(document.remote).toBeUndefined();
  });
});

describe('the value of --remote', () => {
  it.each([
    [['--remote'], ['--remote=']],
    [
      ['--remote', '--json'],
      ['--remote=', '--json'],
    ],
    [
      ['--remote', 'backup', '--json'],
      ['--remote', 'backup', '--json'],
    ],
    [
      ['--remote', a1],
      ['--remote=', a1],
    ],
    [
      ['--remote=backup', a1],
      ['--remote=backup', a1],
    ],
    [
      ['--', '--remote'],
      ['--', '--remote'],
    ],
  ])('%j', (argv, expected) => {
    expect(withRemoteValue(argv)).toEqual(expected);
  });
});
