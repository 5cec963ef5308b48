import { describe, expect, it } from 'vitest';
import { CkptError } from '../../src/checkpoint/errors.ts';
import {
  assertSessionWrite,
  assertWriteIds,
  type SessionWrite,
  sessionMetadataJson,
  summaryMessage,
  writeMessage,
} from '../../src/checkpoint/session-write.ts';

const write: SessionWrite = { checkpointId: 'a3b2c4d5e6f7', sessionId: '2026-01-01-abc', metadata: {} };
const source = async function* () {};

function refusal(change: Partial<SessionWrite>): CkptError {
  try {
    assertSessionWrite({ ...write, ...change });
  } catch (error) {
    if (error instanceof CkptError) return error;
  }
  throw new Error('it was expected to be refused');
}

describe('assertSessionWrite', () => {
  it.each<[string, Partial<SessionWrite>]>([
    ['an ID that is too short', { checkpointId: 'a3b2c4d5e6f' }],
    ['an ID in capitals', { checkpointId: 'A3B2C4D5E6F7' }],
    ['a path for an ID', { checkpointId: '../../../etc' }],
    ['an ID with a line end', { checkpointId: 'a3b2c4d5e6f7\n' }],
    ['no session ID', { sessionId: '' }],
    ['a blank session ID', { sessionId: ' ' }],
    ['a session ID with a slash', { sessionId: 'a/b' }],
    ['a session ID with a backslash', { sessionId: 'a\\b' }],
    ['a session ID that is a folder', { sessionId: '..' }],
    ['a session ID with a line end', { sessionId: 'a\nEntire-Agent: x' }],
    ['a tool-use ID with a slash', { task: { toolUseId: 'a/b' } }],
    ['an empty tool-use ID', { task: { toolUseId: '' } }],
    ['a tool-use ID with a line end', { task: { toolUseId: 'toolu_1\n' } }],
    ['an agent ID with a dot', { task: { toolUseId: 'toolu_1', agentId: '..' } }],
    ['a transcript of no agent', { task: { toolUseId: 'a', final: { checkpoint: {}, transcript: source } } }],
    ['a negative number', { task: { toolUseId: 'a', incremental: { sequence: -1, checkpoint: {} } } }],
    ['a number that is not whole', { task: { toolUseId: 'a', incremental: { sequence: 0.5, checkpoint: {} } } }],
  ])('refuses %s', (_, change) => {
    expect(refusal(change)).toMatchObject({ code: 'BAD_WRITE', exitCode: 2 });
  });

  it('takes the IDs that are in use', () => {
    const task = { toolUseId: 'toolu_01AbC-x', agentId: 'a_1', final: { checkpoint: {}, transcript: source } };
    expect(() => assertSessionWrite({ ...write, sessionId: '2026-01-01-1f3e ü.x', task })).not.toThrow();
    expect(assertWriteIds({ checkpointId: write.checkpointId })).toBe(write.checkpointId);
  });
});

describe('sessionMetadataJson', () => {
  it('has the version first, then the IDs of the write, then the rest in its order', () => {
    const metadata = {
      zeta: 1,
      cli_version: '1',
      session_id: 'another',
      checkpoint_id: 'other',
      alpha: undefined,
      b: '<ü>',
    };
    expect(sessionMetadataJson({ ...write, metadata }).toString()).toBe(
      '{\n  "cli_version": "1",\n  "checkpoint_id": "a3b2c4d5e6f7",\n  "session_id": "2026-01-01-abc",\n  "zeta": 1,\n  "b": "<ü>"\n}\n',
    );
  });
});

describe('writeMessage', () => {
  it('has a subject and the trailers that there is something for', () => {
    expect(writeMessage({ ...write, metadata: { strategy: 'manual-commit', agent: '' } }, '0')).toBe(
      'Checkpoint: a3b2c4d5e6f7\n\nEntire-Session: 2026-01-01-abc\nEntire-Strategy: manual-commit\n',
    );
  });

  it('has all trailers in their order, each on a line of its own, and the description as a paragraph', () => {
    const message = writeMessage(
      {
        ...write,
        metadata: { strategy: 'auto-commit', agent: 'Claude\n\nCode' },
        ephemeralBranch: 'entire/1234567',
        task: { toolUseId: 'toolu_1', description: '\nFix it\n \n\nand that\0\r\n\r\nKey: value\n' },
      },
      '3',
    );
    expect(message).toBe(
      [
        'Checkpoint: a3b2c4d5e6f7',
        '',
        'Fix it\nand that\nKey: value',
        '',
        'Entire-Session: 2026-01-01-abc',
        'Entire-Strategy: auto-commit',
        'Entire-Agent: Claude Code',
        'Ephemeral-branch: entire/1234567',
        'Entire-Metadata-Task: a3/b2c4d5e6f7/3/tasks/toolu_1',
        '',
      ].join('\n'),
    );
  });

  it('leaves out a description that says nothing', () => {
    const message = writeMessage({ ...write, task: { toolUseId: 'a', description: ' \n ' } }, '0');
    expect(message.split('\n\n')).toHaveLength(2);
  });
});

it('names the session whose summary it is', () => {
  expect(summaryMessage('a3b2c4d5e6f7', 'a  b')).toBe('Update summary for checkpoint a3b2c4d5e6f7 (session: a b)\n');
});
