import { beforeAll, describe, expect, it } from 'vitest';
import { ckpt } from '../commands/ckpt.ts';
import { ckptInTerminal, shellInTerminal } from '../commands/terminal.ts';
import { tempDir } from '../fixtures/temp.ts';
import type { Terminal, TerminalOptions } from '../fixtures/terminal.ts';
import { transcriptText, V1Builder } from '../fixtures/v1-builder.ts';

const A = 'a3b2c4d5e6f7';
const B = 'b1c2d3e4f506';
const ENTER = '\r';
const ESCAPE = '\x1b';
const TAB = '\t';

let dir: string;

beforeAll(async () => {
  dir = tempDir('file');
  const v1 = new V1Builder();
  const tool = { type: 'tool_use', name: 'Bash', input: { command: 'npm test' } };
  const talk = [
    { type: 'user', message: { role: 'user', content: 'Mend the parser' } },
    { type: 'assistant', message: { role: 'assistant', content: [{ type: 'text', text: 'Let me see.' }, tool] } },
  ];
  const transcript = talk.map((line) => `${JSON.stringify(line)}\n`).join('');
  v1.checkpoint(B, {
    sessions: [
      { prompts: ['Mend the parser'], transcript },
      { number: 5, absent: ['full.jsonl'], transcript: 'gone\n' },
    ],
  });
  v1.checkpoint(A, { sessions: [{ prompts: ['Write the notes'], transcript: transcriptText('long', 400) }] });
  v1.write(dir);
  ckpt(['migrate', '--repo', dir]);
  v1.updateSummary(A, { strategy: 'another' });
  v1.write(dir);
});

function browse(options: TerminalOptions = {}, ...flags: string[]): Terminal {
  return ckptInTerminal(['browse', '--repo', dir, ...flags], { columns: 100, rows: 30, ...options });
}

/** Expects that the screen is gone: the first screen is back, with nothing on it, and the cursor can be seen. */
function expectClean(terminal: Terminal): void {
  expect(terminal.output).toContain('\x1b[?1049h');
  expect(terminal.output.lastIndexOf('\x1b[?1049l')).toBeGreaterThan(terminal.output.lastIndexOf('\x1b[?1049h'));
  expect(terminal.text()).toBe('');
  expect(terminal.isCursorShown()).toBe(true);
}

describe('ckpt browse in a terminal', () => {
  it.each([
    [100, 30],
    [40, 12],
  ])('lists, searches, opens, and quits at %d × %d', async (columns, rows) => {
    const terminal = browse({ columns, rows });
    const list = await terminal.waitFor('Mend the pa');
    expect(list[0]).toBe('ckpt browse: 2 checkpoints in V1 and V2');
    expect(list[2]).toMatch(new RegExp(`^▸ ${A}  .*Write the n`)); // written last
    expect(list[rows - 1]).toMatch(/^Enter open .*\? help {2}q quit$/);

    terminal.type('/parser');
    await terminal.waitFor(
      (screen) => /^\/parser_ {2}1 found$/.test(screen[1] ?? '') && screen[2]?.startsWith(`▸ ${B}`) === true,
    );
    terminal.type(ENTER);
    await terminal.waitFor('/parser  1 found');
    terminal.type(ENTER);
    await terminal.waitFor(
      new RegExp(`^Checkpoint ${B} in V1\n\\[overview\\]  session 0  session 5\nCheckpoint ${B}: 2 sessions`),
    );
    terminal.type(TAB);
    await terminal.waitFor(/overview {2}\[session 0\][\s\S]*Session 0: Claude Code/);
    terminal.type('G');
    await terminal.waitFor(/\n {2}\}\n/); // its metadata come last
    terminal.type(ENTER);
    const transcript = await terminal.waitFor(/entry 1 of 3\n/);
    expect(transcript.slice(2, 10)).toEqual([
      'User',
      '  Mend the parser',
      '',
      'Assistant',
      '  Let me see.',
      '',
      'Command (Bash)',
      '  $ npm test',
    ]);
    terminal.type(TAB); // what can't be read says why, and the rest can be looked at
    await terminal.waitFor(/session 5[\s\S]*This cannot be shown[\s\S]*absent/);
    terminal.type(`${ESCAPE}`);
    await terminal.waitFor('[session 0]');
    terminal.type('o');
    await terminal.waitFor(/^Commits of checkpoint [\s\S]*\nNo commit that is here names /);
    terminal.type('q');
    expect(await terminal.exit).toEqual({ exitCode: 0, signal: 0 });
    expectClean(terminal);
  });

  it('pages through a transcript, follows the size of the window, and shows the difference', async () => {
    const terminal = browse();
    await terminal.waitFor('Write the notes');
    terminal.type(ENTER);
    await terminal.waitFor('Session 0');
    terminal.type(ENTER);
    await terminal.waitFor(/entry 1 of 100\+[\s\S]*user line 0 of long/);
    terminal.type('\x1b[6~');
    await terminal.waitFor(/entry 9 of 150\+|entry 9 of 100\+/);
    terminal.type('G');
    await terminal.waitFor(/of \d+\n[\s\S]*line 399 of long/);
    terminal.resize(40, 12);
    await terminal.waitFor((screen) => screen.length === 12 && /^Esc back .*q quit$/.test(screen[11] ?? ''));
    terminal.resize(100, 30);
    terminal.type('g');
    await terminal.waitFor(/entry 1 of[\s\S]*user line 0 of long/);
    terminal.type('d');
    const diff = await terminal.waitFor('-  "strategy": "another"');
    expect(diff[0]).toBe(`Differences of checkpoint ${A}`);
    terminal.type('v'); // V1 alone
    terminal.type(`${ESCAPE}`);
    await terminal.waitFor('Transcript of a3b2c4d5e6f7 in V1');
    terminal.type('v'); // V2 alone
    await terminal.waitFor(/Transcript of a3b2c4d5e6f7 in V2[\s\S]*user line 0 of long/);
    terminal.type('?');
    await terminal.waitFor('one screen up or down');
    terminal.type('q');
    expect((await terminal.exit).exitCode).toBe(0);
    expectClean(terminal);
  });

  it.each([
    ['Ctrl-C', 130],
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])('leaves the terminal clean after %s', async (how, exitCode) => {
    const terminal = browse({ env: { NO_COLOR: '1' } });
    await terminal.waitFor('Mend the parser');
    if (how === 'Ctrl-C') terminal.type('\x03');
    else terminal.kill(how as NodeJS.Signals);
    expect(await terminal.exit).toEqual({ exitCode, signal: 0 });
    expectClean(terminal);
    expect(terminal.output).not.toMatch(/\x1b\[[\d;]*m/); // no colour, and nothing else that NO_COLOR forbids
  });

  it('serves the other engine, and one layout alone', async () => {
    const terminal = browse({}, '--engine', 'isomorphic', '--layout', 'v2');
    const list = await terminal.waitFor('Mend the parser');
    expect(list[0]).toBe('ckpt browse: 2 checkpoints in V2');
    terminal.type('q');
    expect((await terminal.exit).exitCode).toBe(0);
  });
});

describe('ckpt browse without a terminal', () => {
  const hint = () => `hint: Elsewhere, use: ckpt list --repo ${dir}, and then: ckpt show ID --repo ${dir}`;

  it('says so, and what to use instead', () => {
    expect(ckpt(['browse', '--repo', dir])).toEqual({
      code: 2,
      stdout: '',
      stderr: `ckpt browse: this is a screen to look at, and stdin or stdout is not a terminal\n${hint()}\n`,
    });
    const { code, stdout } = ckpt(['browse', '--repo', dir, '--json']);
    expect({ code, error: JSON.parse(stdout).error.code }).toEqual({ code: 2, error: 'NOT_A_TERMINAL' });
  });

  it.each([
    ['CI is set', '$ckpt browse', { CI: 'true' }],
    ['TERM is dumb', '$ckpt browse', { TERM: 'dumb' }],
    ['stdin is not a terminal', '$ckpt browse </dev/null', {}],
    ['stdout is not a terminal', '$ckpt browse | cat', {}],
  ])('and in a terminal where %s', async (_why, line, env) => {
    const terminal = shellInTerminal(line, { columns: 120, cwd: dir, env });
    await terminal.exit;
    expect(terminal.text()).toMatch(/^ckpt browse: this is a screen to look at, and /);
    expect(terminal.output).not.toContain('\x1b');
  });

  it('fails as others do where there is nothing to look at', async () => {
    const empty = tempDir();
    const terminal = ckptInTerminal(['browse', '--repo', empty], { columns: 120 });
    expect((await terminal.exit).exitCode).toBe(3);
    expect(terminal.text()).toContain('is in no git repository');
  });
});
