import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { lefthookAddition } from '../../src/hooks/lefthook.ts';
import { mirrorLine } from '../../src/hooks/mirror-command.ts';
import { cleanEnvironment, git, initRepository } from '../fixtures/git.ts';
import { realProgram, unlessThere } from '../fixtures/real-program.ts';
import { tempDir } from '../fixtures/temp.ts';
import { HookRepo } from './hook-repo.ts';
import { FOUND, NOT_FOUND } from './lefthook-files.ts';

const LEFTHOOK = realProgram('lefthook');
const PRE_COMMIT = realProgram('pre-commit');
const PREK = realProgram('prek');

let repo: HookRepo;
beforeEach(() => {
  repo = new HookRepo(tempDir());
});

/** Runs one of these programs in the repository. It must succeed. */
function run(program: string | undefined, ...args: string[]): void {
  const env = { ...cleanEnvironment(), PRE_COMMIT_HOME: join(repo.root, 'pre-commit-home') };
  const { status, stdout, stderr } = spawnSync(program ?? '', args, { cwd: repo.dir, env, encoding: 'utf8' });
  expect({ args, status, said: status === 0 ? '' : stdout + stderr }).toEqual({ args, status: 0, said: '' });
}

/** Whether a commit runs the `ckpt` on the PATH, whatever the hook says of it. */
function commitRuns(): boolean {
  const env = { ...cleanEnvironment(), PATH: `${dirname(repo.program.path)}:${process.env.PATH}` };
  spawnSync('git', ['commit', '-q', '--allow-empty', '-m', 'x'], { cwd: repo.dir, env });
  return repo.calls().length > 0;
}

/** Commits, and says how often git came to the mirror, and whether status had said that it would. */
async function commitAndAsk() {
  const said = (await repo.status()).git?.hooks[0];
  git(repo.dir, 'commit', '-q', '--allow-empty', '-m', 'x');
  return { calls: repo.calls().length, active: said?.active, state: said?.state };
}

/** Whether a trial says that a commit runs the `ckpt` on the PATH, and whether it does. */
async function trialAndCommit() {
  const env = { ...cleanEnvironment(), PATH: `${dirname(repo.program.path)}:${process.env.PATH}` };
  const { git: asked } = await repo.status({ isTrial: true, env });
  return [asked?.hooks[0]?.active, commitRuns()];
}

/** Configurations of lefthook to which install adds its lines, by their names. */
const CONFIGURATIONS: Array<[string, Record<string, string>]> = [
  ['lefthook.yml', { 'lefthook.yml': 'pre-commit:\n  commands:\n    a:\n      run: "true"\n' }],
  ['lefthook.toml', { 'lefthook.toml': '[pre-commit.commands.a]\nrun = "true"\n' }],
  ['lefthook.json', { 'lefthook.json': '{"pre-commit":{"commands":{"a":{"run":"true"}}}}\n' }],
  ['lefthook.jsonc', { 'lefthook.jsonc': '{ // mine\n"pre-commit":{"commands":{"a":{"run":"true"}}}}\n' }],
  ['.lefthook.json', { '.lefthook.json': '{"pre-commit":{"commands":{"a":{"run":"true"}}}}\n' }],
  ['.config/lefthook.json', { '.config/lefthook.json': '{"pre-commit":{"commands":{"a":{"run":"true"}}}}\n' }],
  ['a local toml', { 'lefthook.json': '{}\n', 'lefthook-local.toml': '# mine\n' }],
  ['a local file alone', { 'lefthook-local.yml': 'pre-commit:\n  commands:\n    a:\n      run: "true"\n' }],
];

describe.skipIf(LEFTHOOK === undefined)(`the real lefthook${unlessThere('lefthook', LEFTHOOK)}`, () => {
  it.each(CONFIGURATIONS)('runs what install prints: %s', async (_name, files) => {
    for (const [path, text] of Object.entries(files)) repo.write(path, text, 0o644);
    for (const { path, addByHand } of (await repo.install()).git?.hooks ?? []) {
      const name = path.slice(repo.dir.length + 1);
      repo.write(name, `${repo.exists(name) ? repo.read(name) : ''}${addByHand}\n`, 0o644);
    }
    run(LEFTHOOK, 'install');
    const { trial } = await repo.status({ isTrial: true });
    expect(trial?.map(({ mirrorCount }) => mirrorCount)).toEqual([1, 2, 1, 1, 2]);
    expect(await commitAndAsk()).toEqual({ calls: 1, active: true, state: 'by-hand' });
  });

  it.each(FOUND)('runs what status finds: %s', async (_name, files) => {
    for (const [path, text] of Object.entries(files)) repo.write(path, text);
    run(LEFTHOOK, 'install');
    expect({ runs: commitRuns(), active: (await repo.status()).git?.hooks[0]?.active }).toEqual({
      runs: true,
      active: true,
    });
  });

  it.each(NOT_FOUND)('does not run what status does not find: %s', async (_name, files) => {
    for (const [path, text] of Object.entries(files)) repo.write(path, text);
    spawnSync(LEFTHOOK ?? '', ['install', '--force'], { cwd: repo.dir, env: cleanEnvironment() });
    expect({ runs: commitRuns(), active: (await repo.status()).git?.hooks[0]?.active }).toEqual({
      runs: false,
      active: false,
    });
  });

  it.each([
    ['a branch', 'only: [{ ref: main }]', true],
    ['another branch', 'only: [{ ref: next }]', false],
    ['a command that fails', 'skip: [{ run: "true" }]', false],
    ['nothing', 'tags: a', true],
  ])('tells in a trial what reading cannot: %s', async (_name, condition, runs) => {
    git(repo.dir, 'symbolic-ref', 'HEAD', 'refs/heads/main');
    const job = `ckpt:\n      ${condition}\n      run: ckpt dual-write`;
    repo.write('lefthook.yml', `post-commit:\n  commands:\n    ${job}\n`, 0o644);
    run(LEFTHOOK, 'install');
    expect((await repo.status()).git?.hooks[0]?.active).toBe(true);
    expect(await trialAndCommit()).toEqual([runs, runs]);
  });

  it.each([
    ['extends', 'extends: [hooks/*.yml]\n'],
    ['a remote', 'remotes:\n  - git_url: URL\n    configs: [hooks/mirror.yml]\n'],
    ['a remote at a branch', 'remotes:\n  - git_url: URL\n    ref: main\n    configs: [hooks/mirror.yml]\n'],
  ])('runs what status finds by %s', async (how, config) => {
    const mirror = await lefthookAddition('mirror.yml', 'post-commit', mirrorLine(repo.program));
    const team = how === 'extends' ? repo.dir : initRepository({ dir: join(repo.root, 'team hooks') });
    const from = pathToFileURL(team).href;
    repo.write('lefthook.yml', config.replace('URL', from), 0o644);
    if (how === 'extends') repo.write('hooks/mirror.yml', mirror, 0o644);
    else {
      mkdirSync(join(team, 'hooks'));
      writeFileSync(join(team, 'hooks/mirror.yml'), mirror);
      git(team, 'add', '.');
      git(team, 'commit', '-q', '-m', 'hooks');
      git(team, 'branch', '-M', 'main');
    }
    run(LEFTHOOK, 'install');
    expect(await commitAndAsk()).toEqual({ calls: 1, active: true, state: 'by-hand' });
  });
});

describe.skipIf(PRE_COMMIT === undefined)(`the real pre-commit${unlessThere('pre-commit', PRE_COMMIT)}`, () => {
  const types = ['post-commit', 'post-merge', 'post-rewrite', 'pre-push'].flatMap((type) => ['-t', type]);

  beforeEach(() => {
    repo.write('.pre-commit-config.yaml', 'repos: []\n', 0o644);
    git(repo.dir, 'add', '.pre-commit-config.yaml');
  });

  it('runs the mirror where its hooks were there first, and where they come after', async () => {
    run(PRE_COMMIT, 'install', ...types);
    expect(await commitAndAsk()).toEqual({ calls: 0, active: false, state: 'foreign' });
    expect((await repo.install()).complete).toBe(true);
    expect(await commitAndAsk()).toEqual({ calls: 1, active: true, state: 'installed' });
    await repo.uninstall();
    expect(await commitAndAsk()).toEqual({ calls: 0, active: false, state: 'foreign' });
    run(PRE_COMMIT, 'uninstall', ...types);

    await repo.install();
    run(PRE_COMMIT, 'install', ...types);
    expect(await commitAndAsk()).toEqual({ calls: 1, active: true, state: 'installed' });
    expect((await repo.install()).git?.hooks.map(({ action }) => action)).toEqual(Array(4).fill('unchanged'));
    run(PRE_COMMIT, 'uninstall', ...types);
    expect(await commitAndAsk()).toEqual({ calls: 1, active: true, state: 'installed' });
  });

  it('tells in a trial whether a hook of its configuration comes to the mirror', async () => {
    const hook = '- id: ckpt\n    name: ckpt\n    entry: ckpt dual-write\n    language: system\n    always_run: true';
    const config = (stage: string) => `repos:\n- repo: local\n  hooks:\n  ${hook}\n    stages: [${stage}]\n`;
    run(PRE_COMMIT, 'install', ...types);
    for (const [stage, runs] of [
      ['post-commit', true],
      ['post-merge', false],
    ] as const) {
      repo.write('.pre-commit-config.yaml', config(stage), 0o644);
      git(repo.dir, 'add', '.pre-commit-config.yaml');
      expect(await trialAndCommit()).toEqual([runs, runs]);
    }
  });

  it('says what git runs after pre-commit install --overwrite', async () => {
    await repo.install();
    run(PRE_COMMIT, 'install', '--overwrite', ...types);
    expect(await commitAndAsk()).toEqual({ calls: 0, active: false, state: 'foreign' });
    expect((await repo.install()).complete).toBe(true);
    expect(await commitAndAsk()).toEqual({ calls: 1, active: true, state: 'installed' });
  });
});

describe.skipIf(PREK === undefined)(`the real prek${unlessThere('prek', PREK)}`, () => {
  it('runs the mirror where its hooks come first, and where it has renamed ours', async () => {
    repo.write('.pre-commit-config.yaml', 'repos: []\n', 0o644);
    git(repo.dir, 'add', '.pre-commit-config.yaml');
    run(PREK, 'install', '-t', 'post-commit');
    await repo.install();
    expect(await commitAndAsk()).toEqual({ calls: 1, active: true, state: 'installed' });
    await repo.uninstall();
    run(PREK, 'uninstall', '-t', 'post-commit');
    await repo.install();
    run(PREK, 'install', '-t', 'post-commit');
    expect(repo.exists('.git/hooks/post-commit.legacy')).toBe(true);
    expect(await commitAndAsk()).toEqual({ calls: 1, active: true, state: 'installed' });
    expect((await repo.install()).git?.hooks[0]?.action).toBe('unchanged');
  });
});
