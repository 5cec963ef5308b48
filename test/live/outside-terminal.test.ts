import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { ckpt } from '../commands/ckpt.ts';
import { ckptInTerminal, shellInTerminal } from '../commands/terminal.ts';
import { GatedGit } from '../fixtures/gated-git.ts';
import { tempDir } from '../fixtures/temp.ts';

let dir: string;
let gate: GatedGit;

/** Escape sequences and carriage returns that are not part of a line's end. */
const ANIMATION = /\x1b|\r(?!\n)/;

beforeEach(() => {
  dir = `${tempDir()}/sample.git`;
  ckpt(['sample', dir]);
  gate = new GatedGit(tempDir(), 'rev-list');
});

/** Runs a command in a terminal, held up in the middle: until its view is shown, or for a time in which one would be. */
async function slowly(args: readonly string[], env: Record<string, string>, isShown: boolean) {
  const terminal = ckptInTerminal([...args, '--repo', dir], { columns: 100, rows: 40, env: { ...gate.env, ...env } });
  await gate.arrival();
  if (isShown) await terminal.waitFor('walk history');
  else await delay(900);
  gate.open();
  return { ...(await terminal.exit), text: terminal.text(), output: terminal.output };
}

describe('nothing is animated', () => {
  it.each<[string, string[], Record<string, string>]>([
    ['in CI', [], { CI: 'true' }],
    ['on a terminal that knows line feeds only', [], { TERM: 'dumb' }],
    ['with --no-progress', ['--no-progress'], { NO_COLOR: '1' }],
    ['with --json', ['--json'], {}],
    ['with --quiet', ['--quiet'], {}],
  ])('%s', async (_where, flags, env) => {
    const { exitCode, output, text } = await slowly(['migrate', ...flags], env, false);
    expect(exitCode).toBe(0);
    expect(output).not.toMatch(ANIMATION);
    if (flags.includes('--quiet')) expect(text).toBe('');
    else if (flags.includes('--json')) expect(JSON.parse(text).status).toBe('migrated');
    else expect(text).toContain('Migrated refs/heads/entire/checkpoints/v1: 12 checkpoints, 17 sessions.');
  });

  it('and the result has a frame only on a terminal: not in a pipe, and not in CI', async () => {
    const inCi = await slowly(['migrate'], { CI: '1' }, false);
    expect(inCi.text).toMatch(/^Migrated /m);
    expect(inCi.text).not.toContain('╭');
    const piped = join(tempDir(), 'out');
    const terminal = shellInTerminal(`$ckpt verify --repo '${dir}' > '${piped}'`);
    expect((await terminal.exit).exitCode).toBe(0);
    expect(readFileSync(piped, 'utf8')).toMatch(/^CONSISTENT: /);
    expect(terminal.text()).toBe('');
  });

  it('and the text of a result is the same in each pipe', () => {
    const { stdout } = ckpt(['migrate', '--repo', dir]);
    const text = stdout.replace(/Took .* with/, 'Took TIME with').replace(dir, 'DIR');
    expect(text).toMatchInlineSnapshot(`
      "Migrated refs/heads/entire/checkpoints/v1: 12 checkpoints, 17 sessions.

        15 commits projected
        0 archived generations (0 written in this run)
        11 checkpoints in full/current

      Refs moved:
        refs/entire/checkpoints/v2/full/current  e8ff82808d  new
        refs/entire/checkpoints/v2/main          5b94776d0d  new

      Odd in V1 (notes, carried over unchanged; --json names the checkpoints):
              1  session numbers with gaps
              1  sessions with metadata but without a transcript

      Took TIME with native.
      Next: ckpt verify --repo DIR
      "
    `);
    const verified = ckpt(['verify', '--repo', dir]).stdout;
    expect(verified.replace(/Took .* with/, 'Took TIME with')).toMatchInlineSnapshot(`
      "CONSISTENT: V2 holds everything that V1 holds.
      Compared with refs/heads/entire/checkpoints/v1: 12 checkpoints, 17 sessions, 15 commits, 0 archived generations, 11 in full/current.

      Notes (facts, no failures; --json lists each):
              1  V1_NO_TRANSCRIPT  In V1: sessions with metadata but without a transcript.
              1  V1_SESSION_GAP    In V1: session numbers with gaps.

      Took TIME with native.
      "
    `);
  });

  it('where stderr is a file, which gets lines', async () => {
    const file = join(tempDir(), 'err');
    const terminal = shellInTerminal(`$ckpt migrate --repo '${dir}' 2> '${file}'`, { env: gate.env });
    await gate.arrival();
    await delay(900);
    gate.open();
    expect((await terminal.exit).exitCode).toBe(0);
    const said = readFileSync(file, 'utf8').replace(/[\d.]+ (?:m?s|min \d+ s)$/gm, 'TIME');
    expect(said).toMatch(/^walk history: took TIME$/m);
    expect(said).not.toMatch(ANIMATION);
    expect(terminal.text()).toMatch(/^╭─ ✓ ckpt migrate /);
  });
});

describe('colours', () => {
  const COLOR = /\x1b\[[0-9;]*m/;

  it('are used on a terminal, and say nothing that is not there without them', async () => {
    const colored = await slowly(['migrate'], {}, true);
    expect(colored.output).toMatch(COLOR);
    expect(colored.text).toContain('✓ ckpt migrate');
  });

  it.each([
    ['NO_COLOR', { NO_COLOR: '1' }],
    ['FORCE_COLOR=0', { FORCE_COLOR: '0' }],
  ])('are left out with %s, the view is not', async (_name, env) => {
    const { output } = await slowly(['migrate'], env, true);
    expect(output).not.toMatch(COLOR);
    expect(output).toContain('▸ walk history');
  });

  it('are used with FORCE_COLOR, also against NO_COLOR', async () => {
    const { output } = await slowly(['migrate'], { NO_COLOR: '1', FORCE_COLOR: '1' }, true);
    expect(output).toMatch(COLOR);
    expect(output).not.toContain('Warning');
  });

  it('are not needed for characters that a terminal does not have', async () => {
    const { output } = await slowly(['migrate'], { LANG: 'en_US.ISO-8859-1' }, true);
    expect(output).toContain('> ');
    expect(output).toMatch(/\+- ok ckpt migrate -+\+/);
    expect(output).not.toMatch(/[^\x00-\x7f]/);
  });
});
