import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { ckpt } from '../commands/ckpt.ts';
import { ckptInTerminal, shellInTerminal } from '../commands/terminal.ts';
import { GatedGit } from '../fixtures/gated-git.ts';
import { refs } from '../fixtures/git.ts';
import { V2_MAIN } from '../fixtures/reference.ts';
import { IS_LONG } from '../fixtures/scale.ts';
import { tempDir } from '../fixtures/temp.ts';

let dir: string;

beforeEach(() => {
  dir = `${tempDir()}/sample.git`;
  ckpt(['sample', dir]);
});

/** A migration in a terminal that is held up before git commands with one of these words. */
async function heldUp(...words: string[]) {
  const gate = new GatedGit(tempDir(), ...words);
  const terminal = ckptInTerminal(['migrate', '--repo', dir], { columns: 200, rows: 30, env: gate.env });
  await gate.arrival();
  await terminal.waitFor('Ctrl-C stops safely');
  return { gate, terminal };
}

/** A migration in a terminal that is held up when it has written its objects, before the files get their names. */
async function heldUpWriting() {
  const [arrived, open] = [join(tempDir(), 'arrived'), join(tempDir(), 'open')];
  const script = `import fs from 'node:fs'; import { syncBuiltinESMExports } from 'node:module';
    const { rename } = fs.promises;
    fs.promises.rename = async (from, to) => {
      if (from.includes('tmp_pack_')) fs.writeFileSync('${arrived}', '');
      while (from.includes('tmp_pack_') && !fs.existsSync('${open}')) await new Promise((go) => setTimeout(go, 50));
      return rename(from, to);
    };
    syncBuiltinESMExports();`;
  const env = { NODE_OPTIONS: `--import "data:text/javascript,${encodeURIComponent(script)}"` };
  const terminal = ckptInTerminal(['migrate', '--repo', dir], { columns: 200, rows: 30, env });
  while (!existsSync(arrived)) await delay(20);
  await terminal.waitFor('Ctrl-C stops safely');
  return { open: () => writeFileSync(open, ''), terminal };
}

/** What is left of a write that was cut off, and locks. */
function leftovers(): string[] {
  const files = readdirSync(dir, { recursive: true, encoding: 'utf8' });
  return files.filter((path) => /(?:^|\/)tmp_|\.lock$/.test(path));
}

/** The migration can be finished, and is right then. */
function expectGoesOn(): void {
  expect(ckpt(['migrate', '--repo', dir]).code).toBe(0);
  expect(ckpt(['verify', '--repo', dir]).code).toBe(0);
}

describe('Ctrl-C', () => {
  it('while git reads: the processes of git are gone, no ref was moved, and the next run goes on', async () => {
    const { terminal } = await heldUp('rev-list');
    terminal.type('\x03');
    expect(await terminal.exit).toEqual({ exitCode: 130, signal: 0 });
    expect(terminal.text()).toContain('stopped by Ctrl-C: no ref was moved');
    expect(refs(dir, 'refs/entire/')).toEqual({});
    expectGoesOn();
  });

  it('while objects are written: the write is finished, no ref is moved, and nothing half-written is left', async () => {
    const { open, terminal } = await heldUpWriting();
    terminal.type('\x03');
    await terminal.waitFor('stopping when the write under way is finished; press Ctrl-C again to stop at once');
    open();
    expect(await terminal.exit).toEqual({ exitCode: 130, signal: 0 });
    expect(terminal.text()).toContain('write objects: stopped by Ctrl-C: no ref was moved');
    expect(refs(dir, 'refs/entire/')).toEqual({});
    expect(leftovers()).toEqual([]);
    expectGoesOn();
  });

  it('while refs are moved: they are, and it says so', async () => {
    // Refs move within the process; the hook of git's transactions is the one program that it waits for there.
    const [arrived, open] = [join(tempDir(), 'arrived'), join(tempDir(), 'open')];
    const hook = `#!/bin/sh\n[ "$1" = prepared ] || exit 0\n: >'${arrived}'\nwhile [ ! -e '${open}' ]; do sleep 0.05; done\n`;
    mkdirSync(join(dir, 'hooks'), { recursive: true });
    writeFileSync(join(dir, 'hooks/reference-transaction'), hook, { mode: 0o755 });
    const terminal = ckptInTerminal(['migrate', '--repo', dir], { columns: 200, rows: 30 });
    while (!existsSync(arrived)) await delay(20);
    await terminal.waitFor('Ctrl-C stops safely');
    terminal.type('\x03');
    await terminal.waitFor('stopping when the write under way is finished');
    writeFileSync(open, '');
    expect(await terminal.exit).toEqual({ exitCode: 130, signal: 0 });
    const main = refs(dir, 'refs/entire/')[V2_MAIN];
    expect(terminal.text()).toContain(
      `stopped by Ctrl-C: all 2 refs were moved; ${V2_MAIN} is at ${main?.slice(0, 10)}`,
    );
    expect(leftovers()).toEqual([]);
    expectGoesOn();
  });

  it.runIf(IS_LONG)('twice: the process ends at once', async () => {
    const { open, terminal } = await heldUpWriting();
    terminal.type('\x03');
    await terminal.waitFor('press Ctrl-C again');
    terminal.type('\x03');
    expect(await terminal.exit).toEqual({ exitCode: 130, signal: 0 });
    open();
    expect(terminal.isCursorShown()).toBe(true);
    expect(refs(dir, 'refs/entire/')).toEqual({});
    expectGoesOn();
  });
});

describe('SIGTERM', () => {
  it('with --json is an error like others: one document on stdout, exit code 143', async () => {
    const gate = new GatedGit(tempDir(), 'rev-list');
    const out = join(tempDir(), 'out');
    const terminal = shellInTerminal(`exec $ckpt migrate --json --repo '${dir}' > '${out}'`, { env: gate.env });
    await gate.arrival();
    terminal.kill('SIGTERM');
    expect(await terminal.exit).toEqual({ exitCode: 143, signal: 0 });
    expect(terminal.text()).toBe('');
    expect(JSON.parse(readFileSync(out, 'utf8'))).toMatchObject({
      exitCode: 143,
      error: { code: 'TERMINATED', message: expect.stringContaining('no ref was moved') },
    });
  });

  it.runIf(IS_LONG)('stops a verification', async () => {
    ckpt(['migrate', '--repo', dir]);
    const gate = new GatedGit(tempDir(), 'rev-list');
    const terminal = ckptInTerminal(['verify', '--repo', dir], { columns: 200, env: gate.env });
    await terminal.waitFor('Ctrl-C stops safely');
    terminal.kill('SIGTERM');
    expect(await terminal.exit).toEqual({ exitCode: 143, signal: 0 });
    expect(terminal.text()).toMatch(/^ckpt verify: .*stopped by SIGTERM: no ref was moved/);
  });
});

describe('a crash', () => {
  it('in the middle of the view leaves the terminal clean', async () => {
    const bomb = join(tempDir(), 'bomb.cjs');
    const gate = new GatedGit(tempDir(), 'rev-list');
    const trigger = join(tempDir(), 'now');
    writeFileSync(
      bomb,
      `const { existsSync } = require('node:fs');
       if (require('node:worker_threads').isMainThread) setInterval(() => {
         if (existsSync(${JSON.stringify(trigger)})) throw new Error('a mistake');
       }, 20).unref();`,
    );
    const env = { ...gate.env, NODE_OPTIONS: `--require=${bomb}` };
    const terminal = ckptInTerminal(['migrate', '--repo', dir], { env });
    await terminal.waitFor('Ctrl-C stops safely');
    writeFileSync(trigger, '');
    expect((await terminal.exit).exitCode).not.toBe(0);
    expect(terminal.text()).toMatch(/^ckpt migrate: walk history: unexpected error: a mistake\nrepository: .*\nhint: /);
    expect(terminal.isCursorShown()).toBe(true);
  });

  it.runIf(IS_LONG)('of the worker that draws: the work goes on', async () => {
    const bomb = join(tempDir(), 'bomb.cjs');
    const gate = new GatedGit(tempDir(), 'rev-list');
    writeFileSync(bomb, `if (!require('node:worker_threads').isMainThread) throw new Error('no room for a worker');`);
    const env = { ...gate.env, NODE_OPTIONS: `--require=${bomb}` };
    const terminal = ckptInTerminal(['migrate', '--repo', dir], { env });
    await gate.arrival();
    await delay(900);
    gate.open();
    expect((await terminal.exit).exitCode).toBe(0);
    expect(terminal.text()).toMatch(/^╭─ ✓ ckpt migrate /);
  });

  it('that nothing can be done about (SIGKILL) leaves the cursor', async () => {
    const { terminal } = await heldUp('rev-list');
    terminal.kill('SIGKILL');
    await terminal.exit;
    expect(terminal.isCursorShown()).toBe(true);
  });
});
