import { execFileSync, spawnSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { asScript } from '../../scripts/as-script.ts';
import { GatedGit } from '../fixtures/gated-git.ts';
import { cleanEnvironment, initRepository, refs } from '../fixtures/git.ts';
import { IS_LONG } from '../fixtures/scale.ts';
import { tempDir } from '../fixtures/temp.ts';
import { Terminal, type TerminalOptions } from '../fixtures/terminal.ts';
import { transcriptText, V1Builder } from '../fixtures/v1-builder.ts';
import { ROOT } from './shell.ts';

describe('a bundled module as a script', () => {
  const run = (module: string) =>
    execFileSync(process.execPath, ['-e', asScript(module)], { encoding: 'utf8', env: cleanEnvironment() });

  it.each([
    [
      'imports of every form',
      'import p, { join as j } from "node:path";\nimport * as u from "node:url";\nimport "node:fs";',
    ],
    ['a late import', 'const { join: j, default: p } = await import("node:path"); const u = await import("node:url");'],
    ['an export', 'import p, { join as j } from "path";\nimport u from "url";\nexport { j, p };'],
    ['a default', 'import p, { join as j } from "path";\nimport u from "url";\nexport default p.join("a");'],
  ])('has %s', (_name, module) => {
    expect(run(`${module}\nconsole.log(p.join === j, u?.URL === URL, import.meta.url);`)).toMatch(/^true true file:/);
  });

  it('fails as a module does', () => {
    const { status, stderr } = spawnSync(process.execPath, ['-e', asScript('await 0; throw new Error("lost");')]);
    expect({ status, said: stderr.includes('Error: lost') }).toEqual({ status: 1, said: true });
  });

  it.each([
    ['another file', 'import x from "./x.js";'],
    ['a library', 'import x from "left-pad";'],
    ['a form that is not known', 'import x, * as y from "node:fs";'],
    ['what only modules have', 'console.log(import.meta.dirname);'],
  ])('cannot have %s', (_name, module) => {
    expect(() => asScript(module)).toThrow();
  });
});

describe.runIf(IS_LONG)('the program in one file', () => {
  const dir = tempDir('file');
  const ckpt = join(dir, 'bin dir', 'ckpt');
  /** Nothing but git and a shell: no Node, no variable of this process. */
  const path = join(dir, 'only-git');

  beforeAll(() => {
    execFileSync(process.execPath, ['--import', 'tsx', 'scripts/single-file.ts', ckpt], { cwd: ROOT, stdio: 'pipe' });
    execFileSync('mkdir', [path]);
    for (const name of ['git', 'sh', 'cat', 'sleep', 'kill', 'true', 'uname', 'sed', 'basename', 'dirname']) {
      const found = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim();
      if (found.startsWith('/')) symlinkSync(found, join(path, name));
    }
  }, 120_000);

  function run(args: readonly string[], options: { readonly cwd?: string; readonly path?: string } = {}) {
    const env = { PATH: options.path ?? path, HOME: dir };
    const { status, stdout, stderr } = spawnSync(ckpt, args, { cwd: options.cwd ?? dir, env, encoding: 'utf8' });
    return { code: status, stdout, stderr };
  }

  function inTerminal(args: readonly string[], options?: TerminalOptions): Terminal {
    const terminal = new Terminal(ckpt, args, options);
    onTestFinished(() => terminal.close());
    return terminal;
  }

  it('says its version, its help and its failures', () => {
    expect(run(['--version']).stdout).toMatch(/^ckpt\/\d/);
    expect(run(['migrate', '--help']).stdout).toContain('USAGE\n  $ ckpt migrate');
    expect(run([]).stdout).toContain('Documents: https://');
    expect(run(['nonsense'])).toMatchObject({ code: 2, stdout: '' });
  });

  it.each(['native', 'isomorphic'])('migrates and verifies with the engine %s, with threads', (engine) => {
    const repo = initRepository({ dir: join(dir, `${engine}.git`), bare: true });
    const v1 = new V1Builder();
    // So much that secrets are looked for on threads of their own.
    const secret = `${JSON.stringify({ text: `aws_secret_access_key = "${'Ab1+'.repeat(10)}"` })}\n`;
    for (let i = 0; i < 120; i++) {
      const transcript = transcriptText(`t${i}`, 40) + (i === 77 ? secret : '');
      v1.checkpoint(`${i}`.padStart(12, '0'), { sessions: [{ transcript }] });
    }
    v1.write(repo);
    const flags = ['--repo', repo, '--engine', engine];
    expect(run(['migrate', ...flags])).toMatchObject({ code: 0 });
    expect(run(['verify', ...flags])).toMatchObject({ code: 0 });
    const { stdout, stderr } = run(['verify', '--deep', '--secrets', '--json', ...flags]);
    expect(stderr).not.toContain('Error');
    const { findings, counts } = JSON.parse(stdout);
    expect(counts.errors).toBe(0);
    expect(findings.filter(({ code }: { code: string }) => code.includes('SECRET'))).toHaveLength(1);
    for (const format of ['sarif', 'junit', 'gitlab', 'markdown', 'github']) {
      const file = join(dir, `${engine}.${format}`);
      expect(run(['verify', ...flags, '--format', format, '--output', file])).toMatchObject({ code: 0 });
    }
  });

  it('works where there is no git', () => {
    expect(run(['sample', 'alone.git'], { path: dirname(ckpt) })).toMatchObject({ code: 0 });
    expect(run(['migrate', '--repo', 'alone.git'], { path: dirname(ckpt) })).toMatchObject({ code: 0 });
    expect(Object.keys(refs(join(dir, 'alone.git'), 'refs/entire')).length).toBeGreaterThan(1);
  });

  it.each([[[]], [['--background']]])('is what hooks run, %j', (flags: string[]) => {
    const repo = initRepository({ dir: join(dir, `hooked${flags.length}`) });
    const v1 = new V1Builder();
    v1.checkpoint('a3b2c4d5e6f7', {});
    v1.write(repo);
    execFileSync('mkdir', [join(repo, '.entire')]);
    execFileSync('sh', ['-c', `echo '{"strategy_options":{"checkpoints_v2":true}}' >.entire/settings.json`], {
      cwd: repo,
    });
    expect(run(['hooks', 'install', ...flags], { cwd: repo })).toMatchObject({ code: 0 });
    execFileSync('git', ['commit', '-q', '--allow-empty', '-m', 'x'], {
      cwd: repo,
      env: { ...cleanEnvironment(), PATH: path },
    });
    const main = 'refs/entire/checkpoints/v2/main';
    for (let i = 0; i < 200 && refs(repo)[main] === undefined; i++) spawnSync('sleep', ['0.1']);
    expect(refs(repo)[main]).toMatch(/^[0-9a-f]{40}$/);
  });

  it('draws its live view, and the screen of browse', async () => {
    const repo = join(dir, 'seen.git');
    expect(run(['sample', repo])).toMatchObject({ code: 0 });
    const gate = new GatedGit(tempDir(), 'rev-list');
    const terminal = inTerminal(['migrate', '--repo', repo], { env: gate.env });
    await terminal.waitFor('Ctrl-C stops safely');
    gate.open();
    expect(await terminal.exit).toEqual({ exitCode: 0, signal: 0 });
    const browse = inTerminal(['browse', '--repo', repo], { columns: 100, rows: 30 });
    await browse.waitFor('12 checkpoints in V1 and V2');
    browse.type('q');
    expect(await browse.exit).toEqual({ exitCode: 0, signal: 0 });
  });
});
