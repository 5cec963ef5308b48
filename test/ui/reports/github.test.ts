import { describe, expect, it } from 'vitest';
import { githubReport } from '../../../src/ui/reports/github.ts';
import { finding } from '../../../src/verify/finding.ts';
import { ABOUT, judgedOf } from '../../verify/reports.ts';
import { CONTROL, EVIL, FINDINGS, LOST, NOTED, WARNED } from './samples.ts';

/** Reads workflow commands as GitHub's runner does (actions/runner, ActionCommand.cs): apart from what writes them. */
function readCommands(text: string) {
  const decode = (value: string, codes: Readonly<Record<string, string>>) =>
    Object.entries(codes).reduce((result, [code, character]) => result.replaceAll(code, character), value);
  const data = { '%0D': '\r', '%0A': '\n', '%25': '%' };
  return text.split('\n').flatMap((line) => {
    const [, command, properties = '', message = ''] = /^::([^ :]+)(?: ([^:]*))?::(.*)$/.exec(line) ?? [];
    if (command === undefined) return [];
    const pairs = properties.split(',').map((pair) => {
      const [key = '', value = ''] = pair.split('=');
      return [key, decode(value, { '%0D': '\r', '%0A': '\n', '%3A': ':', '%2C': ',', '%25': '%' })];
    });
    return [{ command, ...Object.fromEntries(pairs), message: decode(message, data) }];
  });
}

const textOf = (...args: Parameters<typeof judgedOf>) => githubReport(judgedOf(...args), ABOUT);
const commandsOf = (...args: Parameters<typeof judgedOf>) => readCommands(textOf(...args));

describe('githubReport', () => {
  it('annotates what fails as errors and other warnings as warnings, and ends with the verdict', () => {
    expect(commandsOf([WARNED, NOTED, LOST])).toMatchObject([
      {
        command: 'error',
        title: 'ckpt FIELD_LOST',
        message: expect.stringMatching(/metadata\.json: agent is gone\nA field/),
      },
      { command: 'warning', title: 'ckpt GENERATION_TOO_LARGE' },
    ]);
    expect(commandsOf([WARNED, NOTED], { failOn: 'note' }).map(({ command }) => command)).toEqual(['error', 'error']);
    expect(textOf([WARNED])).toMatch(/\nCONSISTENT: .*, 1 warning\.\nCompared with .*\n$/);
  });

  it('has no annotation for what is known or ignored', () => {
    expect(commandsOf([LOST], { ignore: [{ code: 'FIELD_LOST' }] })).toEqual([]);
  });

  it('escapes: nothing of the repository becomes a command, a line or a property of its own', () => {
    const commands = commandsOf(FINDINGS);
    expect(commands.map(({ command }) => command)).toEqual(['error', 'error', 'error', 'error', 'warning']);
    const evil = commands.find(({ title }) => title === `ckpt ${EVIL.code}`);
    expect(evil?.message).toContain('x\\x1b[2J\\r\\n::error::y\\u202e');
    expect(evil?.message).toContain('%0A, @me');
    expect(textOf(FINDINGS)).not.toMatch(CONTROL);
  });

  it('stays within the ten annotations of a kind that GitHub shows: the last one counts the rest', () => {
    const many = Array.from({ length: 100 }, (_, at) => finding(at < 60 ? 'FILE_MISSING' : 'FILE_EXTRA', `file ${at}`));
    const commands = commandsOf([...many, ...Array(10).fill(WARNED)]);
    expect(commands.filter(({ command }) => command === 'error')).toHaveLength(10);
    expect(commands.filter(({ command }) => command === 'warning')).toHaveLength(10);
    expect(commands[9]).toEqual({
      command: 'error',
      title: 'ckpt 91 more findings',
      message: 'FILE_MISSING: 51\nFILE_EXTRA: 40',
    });
  });
});
