import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { AGENT_HOOKS } from '../../src/hooks/agent-table.ts';
import { AGENTS, type AgentName } from '../../src/stores/agents.ts';
import { tempDir } from '../fixtures/temp.ts';
import { HookRepo } from './hook-repo.ts';

let repo: HookRepo;
beforeEach(() => {
  repo = new HookRepo(tempDir());
});

const meant = (...agents: AgentName[]) => ({ git: false, agents }) as const;

/** How a document of each agent reads when it has an entry of somebody else, as the agent's page shows one. */
const DOCUMENTS: ReadonlyArray<[agent: AgentName, document: unknown, command: (document: never) => string]> = [
  ...(['claude-code', 'codex', 'factory-droid'] as const).map((agent): (typeof DOCUMENTS)[number] => [
    agent,
    { hooks: { Stop: [{ hooks: [{ type: 'command', command: 'true' }] }] } },
    (own: { hooks: { Stop: { hooks: { command: string }[] }[] } }) => own.hooks.Stop.at(-1)?.hooks[0]?.command ?? '',
  ]),
  [
    'gemini-cli',
    { hooks: { AfterAgent: [{ matcher: '*', hooks: [{ name: 'a', type: 'command', command: 'true' }] }] } },
    (own: { hooks: { AfterAgent: { hooks: { command: string }[] }[] } }) =>
      own.hooks.AfterAgent.at(-1)?.hooks[0]?.command ?? '',
  ],
  [
    'cursor',
    { version: 1, hooks: { stop: [{ command: 'true', loop_limit: 3 }] } },
    (own: { hooks: { stop: { command: string }[] } }) => own.hooks.stop.at(-1)?.command ?? '',
  ],
  [
    'copilot-cli',
    { version: 1, hooks: { agentStop: [{ type: 'command', bash: 'true', powershell: 'exit 0', timeoutSec: 5 }] } },
    (own: { hooks: { agentStop: { bash: string }[] } }) => own.hooks.agentStop.at(-1)?.bash ?? '',
  ],
];

/** Runs a command as agents do: by sh, at the top of the work tree, with an event on stdin. */
function runCommand(command: string, event: object): void {
  const env = { PATH: process.env.PATH };
  const options = { cwd: repo.dir, env, input: JSON.stringify(event), encoding: 'utf8' } as const;
  const { status, stdout, stderr } = spawnSync('sh', ['-c', command], options);
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
}

describe.each(DOCUMENTS)('the hook of %s', (agent, document, commandIn) => {
  const path = AGENT_HOOKS[agent].file;

  it('is added to what is there, runs the mirror, and goes without a trace', async () => {
    const before = `${JSON.stringify(document, null, 3)}\n`;
    repo.write(path, before, 0o600);
    expect((await repo.status(meant(agent))).agents).toMatchObject([{ agent, state: 'absent', active: false }]);
    expect((await repo.install(meant(agent))).agents).toMatchObject([{ agent, action: 'added', state: 'installed' }]);
    expect((await repo.install(meant(agent))).agents).toMatchObject([{ action: 'unchanged' }]);
    expect(repo.mode(path)).toBe(0o600);
    runCommand(commandIn(JSON.parse(repo.read(path)) as never), { session_id: 's1' });
    expect(repo.calls()).toMatchObject([
      { cwd: repo.dir, args: `dual-write --quiet --hook ${agent} --repo .`, stdin: '{"session_id":"s1"}' },
    ]);
    expect((await repo.uninstall(meant(agent))).places).toMatchObject([{ hook: agent, action: 'removed' }]);
    expect(repo.read(path)).toBe(before);
  });

  it('is made with its file, and goes with it', async () => {
    expect((await repo.install(meant(agent))).agents).toMatchObject([{ action: 'created' }]);
    const own = JSON.parse(repo.read(path));
    // What the agent's page has around a hook, and nothing else.
    expect(Object.keys(own)).toEqual(Object.keys(document as object));
    runCommand(commandIn(own as never), {});
    expect(repo.calls()).toHaveLength(1);
    expect((await repo.uninstall(meant(agent))).places).toMatchObject([{ action: 'deleted' }]);
    expect(repo.exists(path.split('/')[0] as string)).toBe(false);
  });
});

/** Runs a module as its agent does, and tells it that the turn of a session is over. */
const FIRED: ReadonlyArray<[AgentName, string]> = [
  [
    'opencode',
    "const { event } = await m.CkptMirror({ directory: d }); await event({ event: { type: 'session.created' } }); await event({ event: { type: 'session.idle', properties: { sessionID: 's1' } } });",
  ],
  [
    'pi',
    "const on = {}; m.default({ on: (n, h) => { on[n] = h; } }); await on.agent_end({}, { cwd: d, sessionManager: { getSessionId: () => 's1' } });",
  ],
];

describe.each(FIRED)('the module for %s', (agent, fire) => {
  const path = AGENT_HOOKS[agent].file;

  it('runs the mirror at the end of a turn, is brought up to date, and goes', async () => {
    expect((await repo.install(meant(agent))).agents).toMatchObject([{ action: 'created', state: 'installed' }]);
    const copy = join(repo.root, 'module.mjs');
    writeFileSync(copy, repo.read(path));
    const script = `const d = ${JSON.stringify(repo.dir)}; const m = await import(${JSON.stringify(pathToFileURL(copy).href)}); ${fire}`;
    const { stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(repo.calls()).toMatchObject([
      { cwd: repo.dir, args: `dual-write --quiet --hook ${agent} --repo .`, stdin: '{"session_id":"s1"}' },
    ]);
    repo.write(path, repo.read(path).replace('# ckpt hooks 1', '# ckpt hooks 0'), 0o644);
    expect((await repo.status(meant(agent))).agents).toMatchObject([{ state: 'outdated', active: false }]);
    expect((await repo.install(meant(agent))).agents).toMatchObject([{ action: 'updated' }]);
    expect((await repo.uninstall(meant(agent))).places).toMatchObject([{ action: 'deleted' }]);
    expect(repo.exists(path.split('/')[0] as string)).toBe(false);
  });

  it('leaves a file of that name alone that somebody else wrote', async () => {
    repo.write(path, 'export default () => {};\n', 0o644);
    await expect(repo.install(meant(agent))).rejects.toMatchObject({ code: 'BAD_AGENT_SETTINGS' });
    expect(repo.read(path)).toBe('export default () => {};\n');
    repo.write(path, 'export default () => $`ckpt dual-write`;\n', 0o644);
    expect((await repo.install(meant(agent))).agents).toMatchObject([{ state: 'by-hand', action: 'unchanged' }]);
    expect((await repo.uninstall(meant(agent))).places).toMatchObject([{ action: 'by-hand' }]);
  });
});

it("are meant where their folders are, and never the user's own", async () => {
  const inUse = { git: false, agents: 'in-use' } as const;
  expect((await repo.status(inUse)).agents).toEqual([]);
  for (const agent of AGENTS) mkdirSync(join(repo.dir, AGENT_HOOKS[agent].folder), { recursive: true });
  expect((await repo.install(inUse)).agents.map(({ agent }) => agent)).toEqual(AGENTS);
  for (const { path } of (await repo.status(inUse)).agents) expect(dirname(path).startsWith(repo.dir)).toBe(true);
  expect((await repo.uninstall(inUse)).places.map(({ action }) => action)).toEqual(AGENTS.map(() => 'deleted'));
});

it('are in the documents', () => {
  const page = readFileSync(new URL('../../docs/hooks.md', import.meta.url), 'utf8');
  for (const agent of AGENTS) {
    const row = page.split('\n').find((line) => line.startsWith(`| \`${agent}\``));
    expect(row, agent).toContain(`\`${AGENT_HOOKS[agent].file}\``);
  }
});
