import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { logSettings } from '../../src/commands/log-settings.ts';
import { tempDir } from '../fixtures/temp.ts';
import { ckpt } from './ckpt.ts';
import { ckptInTerminal } from './terminal.ts';

let repo = '';
beforeAll(() => {
  repo = join(tempDir('file'), 'sample.git');
  expect(ckpt(['sample', repo]).code).toBe(0);
  expect(ckpt(['migrate', '--repo', repo]).code).toBe(0);
});

interface Entry {
  readonly level: string;
  readonly msg: string;
  readonly [fact: string]: unknown;
}

const entriesOf = (text: string): Entry[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

describe('the log', () => {
  it('has levels', () => {
    const said = (level: string) => {
      const args = ['status', '--repo', repo, '--engine', 'native', '--log-format', 'json', '--log-level', level];
      const { code, stdout, stderr } = ckpt(args);
      expect({ code, stdout }).toEqual({
        code: 0,
        stdout: ckpt(['status', '--repo', repo, '--engine', 'native']).stdout,
      });
      return entriesOf(stderr);
    };
    const debug = said('debug');
    expect(
      debug.some(({ level, msg, args }) => level === 'debug' && msg === 'git' && String(args).includes('for-each-ref')),
    ).toBe(true);
    expect(debug[0]).toMatchObject({ level: 'info', msg: 'begun', argv: expect.arrayContaining(['status']) });
    expect(debug.at(-1)).toMatchObject({
      level: 'info',
      msg: 'ended',
      command: 'status',
      engine: 'native',
      exitCode: 0,
    });
    expect(said('info').map(({ level }) => level)).toEqual(
      debug.flatMap(({ level }) => (level === 'debug' ? [] : level)),
    );
    expect(said('warn')).toEqual([]);
  });

  it('says why a run failed, also where its flags could not be parsed', () => {
    const { code, stderr } = ckpt([
      'status',
      '--repo',
      '/nonexistent',
      '--log-level=error',
      '--json',
      '--log-format=json',
    ]);
    expect(entriesOf(stderr)).toMatchObject([{ level: 'error', code: 'NOT_A_REPOSITORY', exitCode: code }]);
    const wrong = ckpt(['status', '--nonsense'], { env: { CKPT_LOG: 'error' } });
    expect(wrong.stderr).toMatch(/^\d\d:\d\d:\d\d\.\d{3} ckpt error: .+ code="WRONG_USAGE" exitCode=2$/m);
    expect(ckpt(['status', '--log-level', 'loud'])).toMatchObject({ code: 2, stdout: '' });
  });

  it('is written to a file where CKPT_LOG names one, and does not fail where it cannot be', () => {
    const file = join(tempDir(), 'a log');
    const env = { CKPT_LOG: `debug,${file},json` };
    expect(ckpt(['list', '--repo', repo], { env })).toMatchObject({ code: 0, stderr: '' });
    expect(entriesOf(readFileSync(file, 'utf8')).at(-1)).toMatchObject({ msg: 'ended', exitCode: 0 });
    expect(ckpt(['list', '--repo', repo], { env: { CKPT_LOG: join(file, 'x') } })).toMatchObject({
      code: 0,
      stderr: '',
    });
  });

  it('has no password, in either form, and keeps an entry a line', () => {
    for (const format of ['text', 'json']) {
      const url = 'https://somebody:secret@127.0.0.1:1/a\nb\u001b[31m.git';
      const { stderr } = ckpt(['fetch', url, '--repo', repo, '--log-level', 'debug', '--log-format', format]);
      expect(stderr).toContain('127.0.0.1');
      expect(stderr).not.toContain('secret');
      expect(stderr).not.toContain('\u001b[31m');
    }
  });

  it('takes the place of the view that is drawn on a terminal', async () => {
    const terminal = ckptInTerminal(['verify', '--deep', '--secrets', '--repo', repo, '--log-level', 'info'], {
      columns: 200,
    });
    expect((await terminal.exit).exitCode).toBe(0);
    expect(terminal.text()).toMatch(/ckpt info: phase phase="/);
    expect(terminal.output).not.toContain('\u001b[?25l');
  });
});

it.each([
  [{}, undefined],
  [{ CKPT_LOG: 'info' }, { level: 'info', format: 'text', file: undefined }],
  [{ CKPT_LOG: 'json' }, { level: 'info', format: 'json', file: undefined }],
  [{ CKPT_LOG: '/tmp/x, debug' }, { level: 'debug', format: 'text', file: '/tmp/x' }],
  [{ CKPT_LOG: 'nonsense' }, undefined],
  [{ CKPT_LOG: '' }, undefined],
])('CKPT_LOG: %j', (env, settings) => {
  expect(logSettings([], env)).toEqual(settings);
  expect(logSettings(['--log-level', 'warn'], env)).toMatchObject({ ...settings, level: 'warn' });
});
