import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { clientWrite, idOf } from '../fixtures/entire-client.ts';
import { cleanEnvironment, git } from '../fixtures/git.ts';
import { share } from '../fixtures/scale.ts';
import { V1_REF } from '../fixtures/v1-builder.ts';
import { migrateIn } from '../migrate/support.ts';
import { pushIn, team } from '../remote/team.ts';
import { CKPT, ckpt } from './ckpt.ts';

const [a1, a2] = ['a1', 'a2'].map(idOf) as [string, string];
const code = (dir: string, message = 'Work') => git(dir, 'commit-tree', '-m', message, git(dir, 'mktree', '-z'));

/** A remote that has V1 and V2, and a branch of code; its URL. */
async function served(): Promise<string> {
  const { remote, clones } = team('ann');
  const [ann] = clones as [string];
  for (const id of [a1, a2]) clientWrite(ann, { id });
  await migrateIn(ann);
  await pushIn(ann);
  git(ann, 'push', '-q', 'origin', `${code(ann)}:refs/heads/main`);
  git(remote, 'symbolic-ref', 'HEAD', 'refs/heads/main');
  git(remote, 'config', 'uploadpack.allowFilter', 'true');
  git(remote, 'config', 'uploadpack.allowAnySHA1InWant', 'true');
  return `file://${remote}`;
}

/** Runs a command as a hint prints it, in a shell. */
function paste(command: string, cwd: string): void {
  const { status, stderr } = spawnSync('sh', ['-c', `ckpt() { "${process.execPath}" "${CKPT}" "$@"; }; ${command}`], {
    cwd,
    env: cleanEnvironment(),
    encoding: 'utf8',
  });
  expect([command, status, stderr.replace(/^\[.*\n/gm, '')]).toEqual([command, 0, expect.any(String)]);
}

const hintOf = (stdout: string): string => JSON.parse(stdout).error.hint;
/** The command of a hint: what is behind its last colon. */
const commandOf = (hint: string): string => /: ((?:ckpt|git) .*?)(?:\. Or| \(|$)/.exec(hint)?.[1] ?? '';

const CLONES: Readonly<Record<string, readonly string[]>> = {
  'of one branch': ['--single-branch', '--branch=main'],
  'without history': ['--depth=1'],
  'without blobs': ['--filter=blob:none', '--single-branch'],
  'without trees': ['--filter=tree:0', '--single-branch'],
  'under another name': ['--single-branch', '-o', 'upstream'],
  bare: ['--bare', '--single-branch'],
};

describe('what is not here: the hint brings it, in a clone', () => {
  it.each(share(Object.entries(CLONES), 7))('%s', async (_, flags) => {
    const url = await served();
    const clone = join(dirname(url.slice('file://'.length)), 'clone');
    git(dirname(clone), 'clone', '-q', ...flags, '--no-tags', url, clone);
    for (const words of [['show', a1], ['list'], ['verify'], ['diff', a1]]) {
      const { code: exit, stdout } = ckpt([...words, '--json'], { cwd: clone });
      expect(exit).toBe(3);
      expect(commandOf(hintOf(stdout))).toBe('ckpt fetch');
    }
    const status = JSON.parse(ckpt(['status', '--json'], { cwd: clone }).stdout);
    expect(status.problems[0]).toMatchObject({ code: 'NO_CHECKPOINTS', commands: ['ckpt fetch'] });
    paste(commandOf(hintOf(ckpt(['show', a1, '--json'], { cwd: clone }).stdout)), clone);
    for (const words of [['show', a1], ['list']]) {
      expect(ckpt([...words, '--fetch'], { cwd: clone })).toMatchObject({ code: 0 });
    }
  });

  it('that mirrors the remote: nothing is missing, and a fetch takes nothing away', async () => {
    const url = await served();
    const clone = join(dirname(url.slice('file://'.length)), 'mirror');
    git(dirname(clone), 'clone', '-q', '--mirror', url, clone);
    const before = git(clone, 'for-each-ref', 'refs/heads', 'refs/entire');
    paste('ckpt fetch', clone);
    expect(git(clone, 'for-each-ref', 'refs/heads', 'refs/entire')).toBe(before);
    expect(ckpt(['show', a1], { cwd: clone })).toMatchObject({ code: 0 });
  });

  it('with several remotes, none of them origin: one is named', async () => {
    const url = await served();
    const clone = join(dirname(url.slice('file://'.length)), 'several');
    git(dirname(clone), 'clone', '-q', '--single-branch', '-o', 'a-first', url, clone);
    git(clone, 'remote', 'add', 'b-second', url);
    const command = commandOf(hintOf(ckpt(['show', a1, '--json'], { cwd: clone }).stdout));
    expect(command).toBe('ckpt fetch a-first');
    paste(command, clone);
    expect(ckpt(['show', a1], { cwd: clone })).toMatchObject({ code: 0 });
  });

  it('without a remote: said, and another clone can be named', async () => {
    const url = await served();
    const clone = join(dirname(url.slice('file://'.length)), 'alone');
    git(dirname(clone), 'init', '-q', clone);
    const hint = hintOf(ckpt(['show', a1, '--json'], { cwd: clone }).stdout);
    expect(hint).toContain('This repository has no remote.');
    paste(`ckpt fetch ${url}`, clone);
    expect(ckpt(['show', a1], { cwd: clone })).toMatchObject({ code: 0 });
  });

  it('seen by the engine without git: the command names the other one', async () => {
    const url = await served();
    const clone = join(dirname(url.slice('file://'.length)), 'clone');
    git(dirname(clone), 'clone', '-q', '--single-branch', '--branch=main', url, clone);
    const { stdout } = ckpt(['show', a1, '--json', '--engine', 'isomorphic'], { cwd: clone });
    expect(commandOf(hintOf(stdout))).toBe('ckpt fetch --engine native');
    paste(commandOf(hintOf(stdout)), clone);
    expect(ckpt(['show', a1, '--engine', 'isomorphic'], { cwd: clone })).toMatchObject({ code: 0 });
  });
});

describe('one object that is not here', () => {
  it.each(['origin', 'upstream'])('is fetched by its id from %s', async (remote) => {
    const url = await served();
    const clone = join(dirname(url.slice('file://'.length)), `blobless-${remote}`);
    git(dirname(clone), 'clone', '-q', '--filter=blob:none', '--no-checkout', '-o', remote, url, clone);
    git(clone, 'update-ref', V1_REF, `refs/remotes/${remote}/entire/checkpoints/v1`);
    const words = ['show', a1, '--transcript'];
    const { code: exit, stderr } = ckpt(words, { cwd: clone });
    expect(exit).not.toBe(0);
    const command = commandOf(/^hint: .*$/m.exec(stderr)?.[0].slice('hint'.length) ?? '');
    expect(command).toMatch(new RegExp(`^git fetch ${remote} [0-9a-f]{40}$`));
    paste(command, clone);
    expect(ckpt(words, { cwd: clone })).toMatchObject({ code: 0 });
  });

  it('has no command where there is no remote', async () => {
    const url = await served();
    const clone = join(dirname(url.slice('file://'.length)), 'cut-off');
    git(dirname(clone), 'clone', '-q', '--filter=blob:none', '--no-checkout', url, clone);
    git(clone, 'update-ref', V1_REF, 'refs/remotes/origin/entire/checkpoints/v1');
    git(clone, 'remote', 'remove', 'origin');
    const { stderr } = ckpt(['show', a1, '--transcript'], { cwd: clone });
    expect(stderr).toMatch(/^hint: This repository has no remote\. .*git fetch PATH-OR-URL [0-9a-f]{40}$/m);
  });
});

describe('what a partial clone lacks', () => {
  it.each(share(['--single-branch', '--mirror', '--bare'], 3))('is fetched as the hints say (%s)', async (kind) => {
    const url = await served();
    const clone = join(dirname(url.slice('file://'.length)), 'partial');
    const copy = `${clone}-copy`;
    for (const dir of [clone, copy]) {
      git(dirname(dir), 'clone', '-q', '--filter=blob:none', kind, '-o', 'upstream', url, dir);
      if (kind !== '--mirror') paste('ckpt fetch', dir);
      git(dir, 'fetch', '-q', 'upstream', '+refs/entire/*:refs/entire/*');
    }
    const rebuild = ['migrate', '--rebuild', '--engine', 'isomorphic', '--json'];
    const { code: exit, stdout } = ckpt(rebuild, { cwd: clone });
    const command = commandOf(hintOf(stdout));
    expect([exit, command]).toEqual([1, `git fetch --refetch --filter=blob:limit=10m upstream ${V1_REF}`]);
    paste(command, clone);
    expect(ckpt(rebuild, { cwd: clone })).toMatchObject({ code: 0 });

    const verify = ['verify', '--engine', 'isomorphic'];
    const said = ckpt(verify, { cwd: copy });
    const [, remedy = ''] = /METADATA_ABSENT.*What to do: [^\n]*?`(ckpt .*?)`/s.exec(said.stdout) ?? [];
    expect([said.code, remedy]).toEqual([1, 'ckpt verify --fetch --engine native']);
    paste(remedy, copy);
    expect(ckpt(verify, { cwd: copy })).toMatchObject({ code: 0 });
  });
});

describe('the history that a shallow clone lacks', () => {
  const BOTH = [`+${V1_REF}:${V1_REF}`, '+refs/entire/*:refs/entire/*'];
  const rebuild = ['migrate', '--rebuild', '--json'];
  const jsonOf = (words: readonly string[], cwd: string) => JSON.parse(ckpt([...words, '--json'], { cwd }).stdout);

  /** The command of every place that has one. */
  function commandsIn(cwd: string): string[] {
    const { findings } = jsonOf(['verify'], cwd);
    const finding = findings.find(({ code }: { code: string }) => code === 'HISTORY_NOT_COMPARED');
    const problem = jsonOf(['status'], cwd).problems.find(({ code }: { code: string }) => code === 'SHALLOW_CLONE');
    const hints = [rebuild, ['verify', '--commits', V1_REF, '--json']].map((words) =>
      commandOf(hintOf(ckpt(words, { cwd }).stdout)),
    );
    return [...hints, commandOf(finding?.message ?? ''), ...(problem?.commands ?? [])];
  }

  /** Runs the command, and sees that nothing asks for it any more. */
  function mend(command: string, cwd: string): void {
    paste(command, cwd);
    for (const words of [rebuild, ['verify'], ['verify', '--commits', V1_REF]]) {
      expect(ckpt(words, { cwd })).toMatchObject({ code: 0 });
    }
    expect(JSON.stringify([jsonOf(['verify'], cwd), jsonOf(['status'], cwd)])).not.toMatch(/unshallow/);
  }

  it.each(share(['one branch', 'several remotes', 'a mirror', 'no blobs'], 4))('is fetched: %s', async (kind) => {
    const url = await served();
    const clone = join(dirname(url.slice('file://'.length)), 'shallow');
    const more = { 'a mirror': ['--mirror', '--no-single-branch'], 'no blobs': ['--filter=blob:none'] }[kind] ?? [];
    git(dirname(clone), 'clone', '-q', '--depth=1', ...more, '-o', 'upstream', url, clone);
    if (kind !== 'a mirror') git(clone, 'checkout', '-q', '--detach');
    if (kind === 'several remotes') git(clone, 'remote', 'add', 'z-other', url);
    git(clone, 'fetch', '-q', '--depth=1', 'upstream', ...BOTH);
    if (kind === 'no blobs') paste('ckpt verify --fetch', clone);
    const command = 'git fetch --unshallow upstream';
    expect(commandsIn(clone)).toEqual([command, command, command, command]);
    mend(command, clone);
  });

  it('has no command where there is no remote: another clone is to be named', async () => {
    const url = await served();
    const clone = join(dirname(url.slice('file://'.length)), 'shallow');
    git(dirname(clone), 'init', '-q', clone);
    git(clone, 'fetch', '-q', '--depth=1', url, ...BOTH);
    expect(hintOf(ckpt(rebuild, { cwd: clone }).stdout)).toContain('This repository has no remote.');
    expect(new Set(commandsIn(clone))).toEqual(new Set(['git fetch --unshallow PATH-OR-URL']));
    mend(`git fetch --unshallow ${url}`, clone);
  });
});

it('a branch of the remote that no refspec brings is fetched by the command of its finding', async () => {
  const url = await served();
  const remote = url.slice('file://'.length);
  const clone = join(dirname(remote), 'one-branch');
  git(dirname(clone), 'clone', '-q', '--single-branch', '-o', 'upstream', url, clone);
  git(remote, 'update-ref', 'refs/heads/topic', code(remote, 'Topic'));
  const notFetched = () => {
    const { findings } = JSON.parse(ckpt(['verify', '--remote', '--json'], { cwd: clone }).stdout);
    return findings.filter(({ code }: { code: string }) => code === 'BRANCH_NOT_FETCHED');
  };
  const [{ message }] = notFetched();
  expect(commandOf(message)).toBe('git fetch upstream refs/heads/topic');
  paste(commandOf(message), clone);
  expect(notFetched()).toEqual([]);
});

describe('a write that begins V1 in a clone to which git fetch brings none', () => {
  const write = (dir: string, id: string) => {
    const document = { checkpoint_id: id, session_id: `s-${id}`, metadata: {}, transcript: { text: 'x\n' } };
    const file = join(dir, 'document.json');
    writeFileSync(file, JSON.stringify(document));
    const { stdout } = ckpt(['dual-write', '--from', file, '--json'], { cwd: dir });
    return JSON.parse(stdout).warnings as string[];
  };
  const [b1, b2] = ['b1', 'b2'].map(idOf) as [string, string];

  it('says so once, and its command unites both', async () => {
    const url = await served();
    const clone = join(dirname(url.slice('file://'.length)), 'clone');
    git(dirname(clone), 'clone', '-q', '--single-branch', '--branch=main', '-o', 'upstream', url, clone);
    const [warning = '', ...more] = write(clone, b1);
    expect({ warning, more }).toEqual({ warning: expect.stringContaining(`${V1_REF} begins`), more: [] });
    expect(write(clone, b2)).toEqual([]);
    paste(commandOf(warning), clone);
    for (const id of [a1, a2, b1, b2]) expect(ckpt(['show', id], { cwd: clone })).toMatchObject({ code: 0 });
  });

  it('is silent where git fetch would have brought it, and where there is no remote', async () => {
    const url = await served();
    const root = dirname(url.slice('file://'.length));
    for (const name of ['full', 'alone']) git(root, 'clone', '-q', url, join(root, name));
    git(join(root, 'alone'), 'remote', 'remove', 'origin');
    for (const name of ['full', 'alone']) expect(write(join(root, name), b1)).toEqual([]);
    expect(ckpt(['show', a1], { cwd: join(root, 'full') })).toMatchObject({ code: 0 });
  });
});
