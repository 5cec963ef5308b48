import { spawnSync } from 'node:child_process';
import { lstatSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { tempDir } from '../fixtures/temp.ts';
import { HookRepo } from './hook-repo.ts';

const SETTINGS = '.claude/settings.json';
const AGENT = { git: false, agents: ['claude-code'] } as const;

let repo: HookRepo;
beforeEach(() => {
  repo = new HookRepo(tempDir());
});

/** Runs the command as the agent does: by sh, in a folder where it happens to be, with a document on stdin. */
function runStopHook(cwd: string, env: NodeJS.ProcessEnv = {}) {
  const command = JSON.parse(repo.read(SETTINGS)).hooks.Stop.at(-1).hooks[0].command;
  const { status, stdout, stderr } = spawnSync('sh', ['-c', command], {
    cwd,
    env: { PATH: process.env.PATH, CLAUDE_PROJECT_DIR: repo.dir, ...env },
    input: '{"hook_event_name":"Stop"}',
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

describe('the Stop hook of Claude Code', () => {
  it('is made with its file and folder, runs the mirror of the project, and goes with them', async () => {
    expect((await repo.status(AGENT)).agents).toMatchObject([{ agent: 'claude-code', state: 'absent', active: false }]);
    const first = await repo.install(AGENT);
    expect(first).toMatchObject({ git: null, complete: true, agents: [{ action: 'created', state: 'installed' }] });
    expect(repo.mode(SETTINGS)).toBe(0o644);
    expect(repo.exists('.git/hooks')).toBe(false);

    expect(runStopHook(repo.root)).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(repo.calls()).toMatchObject([
      {
        cwd: repo.root,
        args: `dual-write --quiet --hook claude-code --repo ${repo.dir}`,
        stdin: '{"hook_event_name":"Stop"}',
      },
    ]);
    repo.fake('exit 2'); // an exit code of 2 would tell the agent to go on
    expect(runStopHook(repo.root).status).toBe(0);

    const before = lstatSync(join(repo.dir, SETTINGS)).ino;
    expect((await repo.install(AGENT)).agents).toMatchObject([{ action: 'unchanged' }]);
    expect(lstatSync(join(repo.dir, SETTINGS)).ino).toBe(before);
    expect((await repo.uninstall(AGENT)).places).toMatchObject([{ hook: 'claude-code', action: 'deleted' }]);
    expect(repo.exists('.claude')).toBe(false);
    expect((await repo.uninstall(AGENT)).places).toMatchObject([{ action: 'nothing' }]);
  });

  it('names no path of this machine where ckpt is on the PATH', async () => {
    await repo.install({ ...AGENT, program: { ...repo.program, onPath: true } });
    expect(repo.read(SETTINGS)).not.toContain(repo.root);
    const PATH = `${dirname(repo.program.path)}:${process.env.PATH}`;
    expect(runStopHook(repo.root, { PATH }).status).toBe(0);
    expect(repo.calls()).toHaveLength(1);
    expect(runStopHook(repo.root)).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(repo.calls()).toHaveLength(0);
  });

  it('is added to settings that are there, whose every byte, mode and link stay', async () => {
    const before = '\ufeff{\r\n\t// mine\r\n\t"hooks": { "Stop": [ ] },\r\n\t"x": 1e400\r\n}';
    const target = repo.write('shared/settings.json', before, 0o600);
    mkdirSync(join(repo.dir, '.claude'));
    symlinkSync('../shared/settings.json', join(repo.dir, SETTINGS));
    expect((await repo.install(AGENT)).agents).toMatchObject([{ action: 'added', path: target }]);
    expect(repo.read(SETTINGS)).toContain('// mine');
    expect(repo.mode(SETTINGS)).toBe(0o600);
    await repo.uninstall(AGENT);
    expect(repo.read(SETTINGS)).toBe(before);
    expect(lstatSync(join(repo.dir, SETTINGS)).isSymbolicLink()).toBe(true);
  });

  it('is updated where the program moved', async () => {
    await repo.install(AGENT);
    const program = { ...repo.program, path: '/elsewhere/ckpt' };
    expect((await repo.status({ ...AGENT, program })).agents).toMatchObject([{ state: 'outdated', active: false }]);
    expect((await repo.install({ ...AGENT, program })).agents).toMatchObject([{ action: 'updated' }]);
    await repo.uninstall(AGENT);
    expect(repo.exists('.claude')).toBe(false);
  });

  it('is meant without a flag where there is a .claude folder, and only there', async () => {
    expect((await repo.install({ agents: 'in-use' })).agents).toEqual([]);
    expect(repo.exists('.claude')).toBe(false);
    mkdirSync(join(repo.dir, '.claude'));
    expect((await repo.install({ agents: 'in-use' })).agents).toMatchObject([{ action: 'created' }]);
    expect((await repo.status({ agents: 'in-use' })).agents).toMatchObject([{ state: 'installed' }]);
    const { places } = await repo.uninstall({ agents: 'in-use' });
    expect(places.map(({ action }) => action)).toEqual(Array(5).fill('deleted'));
    expect(repo.exists('.claude')).toBe(true);
  });

  it.each([
    ['{"hooks": 1}', '"hooks" in it is not an object'],
    ['{', 'it is not JSON'],
    [Buffer.from([0x7b, 0xff, 0x7d]), 'it is not UTF-8 text'],
  ])('is refused by settings that are none, before anything else is changed: %s', async (content, problem) => {
    const path = repo.write(SETTINGS, content, 0o644);
    await expect(repo.install({ agents: ['claude-code'] })).rejects.toMatchObject({
      code: 'BAD_AGENT_SETTINGS',
      exitCode: 1,
      message: `${path} was not changed: ${problem}`,
    });
    expect(repo.exists('.git/hooks')).toBe(false);
  });
});
