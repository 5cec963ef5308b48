import { beforeEach, describe, expect, it } from 'vitest';
import { ckpt } from '../commands/ckpt.ts';
import { ckptInTerminal } from '../commands/terminal.ts';
import { share } from '../fixtures/scale.ts';
import { wordsOf } from '../fixtures/screen-words.ts';
import { tempDir } from '../fixtures/temp.ts';
import { V1Builder } from '../fixtures/v1-builder.ts';

let dir: string;

beforeEach(() => {
  dir = tempDir('file');
  ckpt(['sample', dir]);
});

/** Runs a command to its end in a terminal, and again in a pipe. */
async function run(args: string[], columns: number, rows: number, env: Record<string, string> = {}) {
  const pager = { PAGER: `head -n ${rows - 1}`, ...env }; // what a pager shows first
  const terminal = ckptInTerminal([...args, '--repo', dir], { columns, rows, env: pager });
  await terminal.exit;
  return terminal;
}

const RESULTS: ReadonlyArray<[args: string[], headline: RegExp]> = [
  [['status'], /^Nothing needs attention\.$/m],
  [['verify'], /CONSISTENT: V2 holds everything/],
  [['migrate', '--dry-run', '--max-checkpoints', '3'], /Dry run, nothing was written\./],
  [['list'], /^checkpoint +date/],
  [['show', '5478025e132b'], /^Checkpoint 5478025e132b: 1 session/m],
  [['hooks', 'status'], /^Git hooks in /m],
  [['help'], /^ckpt \d/],
];

describe.each([
  [40, 24],
  [80, 24],
  [120, 40],
])('at %d × %d', (columns, rows) => {
  it.each(share(RESULTS, 5))(
    'the result of %j is broken between words, and its headline is on the screen',
    async (args, headline) => {
      if (args[0] !== 'migrate') ckpt(['migrate', '--max-checkpoints', '2', '--repo', dir]);
      const terminal = await run(args, columns, rows);
      // The path of the documents alone is left whole, to be clicked.
      if (args[0] !== 'help') expect(terminal.brokenLines()).toEqual([]);
      const piped = ckpt([...args, '--repo', dir]).stdout;
      // Where there is less room, status has a shorter title for its counts.
      const known = new Set([...wordsOf(piped), 'ckpt', ...args, ...(args[0] === 'status' ? ['total'] : [])]);
      // A list has other columns where there is less room.
      const seen = args[0] === 'list' ? [] : wordsOf(terminal.text());
      expect(seen.filter((word) => !known.has(word))).toEqual([]);
      const isLong = args[0] === 'show'; // what it shows may be longer than the screen
      if (columns >= 80) expect(isLong ? terminal.text() : terminal.screen().join('\n')).toMatch(headline);
    },
  );
});

it.each([40, 80])('a transcript is broken between words and behind slashes at %d columns', async (columns) => {
  const says = (type: string, content: unknown) => ({ type, message: { role: type, content } });
  const read = {
    type: 'tool_use',
    name: 'Read',
    input: { file_path: '/home/ada/work/a/project/src/the-file-to-read.ts' },
  };
  const lines = [
    ...['file-history-snapshot', 'permission-mode', 'last-prompt'].map((type) => ({ type })),
    says('user', '::git-create-branch{cwd="/home/ada/work" branch="a"} is what it says'),
    says('assistant', [read]),
  ];
  const transcript = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  dir = tempDir();
  const v1 = new V1Builder();
  v1.checkpoint('a3b2c4d5e6f7', { sessions: [{ transcript }] });
  v1.write(dir);
  const terminal = await run(['show', 'a3b2', '--transcript', '--rendered', '--session', '0'], columns, 24);
  expect(terminal.brokenLines()).toEqual([]);
  expect(terminal.text()).toMatch(/^ {2}::git-create-branch/m); // no service reads a terminal
  expect(terminal.text()).toContain('the-file-to-read.ts');
  if (columns === 40) expect(terminal.text()).toMatch(/bookkeeping\n\(/);
});

it.each([
  ['show', '--session', '4711', '5478'],
  ['list', '--since', 'the beginning of all things, or so'],
])('a failure of %s is broken between words, and its hint stays whole', async (...args) => {
  const terminal = await run(args, 40, 24);
  expect(terminal.brokenLines().filter((line) => !line.startsWith('hint: '))).toEqual([]);
  const [said, hint] = terminal.text().split(/\n(?=hint: )/);
  const piped = ckpt([...args, '--repo', dir]).stderr.split(/\n(?=hint: )/);
  expect(wordsOf(said ?? '')).toEqual(wordsOf(piped[0] ?? ''));
  expect(hint?.replaceAll('\n', '')).toBe(piped[1]?.trimEnd());
});

describe('colours', () => {
  const COLOUR = /\x1b\[\d+m/;

  it.each(['status', 'list', 'help'])('of %s: on a terminal, but not with NO_COLOR', async (command) => {
    expect((await run([command], 80, 24)).output).toMatch(COLOUR);
    expect((await run([command], 80, 24, { NO_COLOR: '1' })).output).not.toMatch(COLOUR);
  });

  it.each(['status', 'list', 'help'])('of %s: not in a pipe, but with FORCE_COLOR', (command) => {
    const output = (env: Record<string, string>) => ckpt([command, '--repo', dir], { env }).stdout;
    expect(output({ FORCE_COLOR: '1' })).toMatch(COLOUR);
    expect(output({ FORCE_COLOR: '0' })).not.toMatch(COLOUR);
  });
});

it('ids are short where people read, and whole in JSON', async () => {
  const whole = /\b[0-9a-f]{40}\b/;
  const results = [['migrate'], ['migrate', '--rebuild', '--dry-run'], ['status'], ['verify']];
  for (const args of results) expect((await run(args, 120, 40)).text(), args.join(' ')).not.toMatch(whole);
  expect(ckpt(['migrate', '--rebuild', '--dry-run', '--json', '--repo', dir]).stdout).toMatch(whole);
  expect(ckpt(['status', '--json', '--repo', dir]).stdout).toMatch(whole);
});
