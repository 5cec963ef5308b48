import { describe, expect, it } from 'vitest';
import { CkptError } from '../../src/checkpoint/errors.ts';
import { describeFailure, renderFailure } from '../../src/commands/failure.ts';
import { newRun, type RunContext } from '../../src/commands/run-context.ts';
import { NotARepositoryError } from '../../src/git/errors.ts';

const CONTEXT: RunContext = {
  ...newRun({ argv: ['migrate'], json: false, verbose: false, version: '1.2.3' }),
  command: 'migrate',
  doing: 'opening the repository',
};

describe('a failure', () => {
  it('of the git seam has the code, the hint and the exit code of its kind', () => {
    const error = new NotARepositoryError('no repository in /x', { hint: 'Name one: --repo DIR' });
    const failure = describeFailure(error);
    expect(failure).toEqual({
      code: 'NOT_A_REPOSITORY',
      message: 'no repository in /x',
      hint: 'Name one: --repo DIR',
      exitCode: 3,
    });
    expect(renderFailure(failure, error, CONTEXT)).toBe(
      'ckpt migrate: opening the repository: no repository in /x\nhint: Name one: --repo DIR\n',
    );
  });

  it('has short ids where people read, but in the command that needs them, and whole ones in JSON', () => {
    const id = '0123456789'.repeat(4);
    const error = new CkptError('BAD_OBJECT', `x is absent (${id})`, {
      hint: ['', ['git', 'fetch', 'origin', id]],
      exitCode: 1,
    });
    const failure = describeFailure(error);
    expect(renderFailure(failure, error, CONTEXT)).toBe(
      `ckpt migrate: opening the repository: x is absent (0123456789)\nhint: git fetch origin ${id}\n`,
    );
    expect(JSON.parse(renderFailure(failure, error, { ...CONTEXT, json: true })).error.message).toBe(error.message);
  });

  it('of the domain says itself what the process ends with', () => {
    const failure = describeFailure(new CkptError('V1_REWRITTEN', 'V1 was rewritten', { exitCode: 1 }));
    expect(failure).toEqual({ code: 'V1_REWRITTEN', message: 'V1 was rewritten', exitCode: 1 });
  });

  it('that nobody foresaw is short, and its details are kept', () => {
    let details = '';
    const error = new TypeError('x is undefined\nsecond line');
    const failure = describeFailure(error, (text) => {
      details = text;
      return '/tmp/details.txt';
    });
    expect(failure).toMatchObject({ code: 'UNEXPECTED', message: 'unexpected error: x is undefined', exitCode: 1 });
    expect(failure.hint).toContain('/tmp/details.txt');
    expect(details).toContain('failure.test.ts');
    expect(renderFailure(failure, error, CONTEXT)).not.toContain('failure.test.ts');
    expect(renderFailure(failure, error, { ...CONTEXT, verbose: true })).toContain('failure.test.ts');
  });

  it('prints no control characters of what it is about', () => {
    const error = new CkptError('X', 'no such ref: refs/heads/\u001b[31mred');
    const failure = describeFailure(error);
    expect(renderFailure(failure, error, CONTEXT)).toContain('refs/heads/\\x1b[31mred');
  });

  it('is one JSON document with --json', () => {
    const error = new CkptError('X', 'no');
    const text = renderFailure(describeFailure(error), error, { ...CONTEXT, json: true });
    expect(JSON.parse(text)).toEqual({
      schemaVersion: 2,
      command: 'migrate',
      ckptVersion: '1.2.3',
      engine: null,
      repository: null,
      durationMs: expect.any(Number),
      ok: false,
      exitCode: 1,
      warnings: [],
      error: { code: 'X', message: 'no', hint: null, doing: 'opening the repository' },
    });
  });

  it('says in which repository, but not after wrong usage', () => {
    const context = { ...CONTEXT, repository: '/x\u001b' };
    const error = new CkptError('X', 'no', { hint: 'Do y.' });
    expect(renderFailure(describeFailure(error), error, context)).toBe(
      'ckpt migrate: opening the repository: no\nrepository: /x\\x1b\nhint: Do y.\n',
    );
    const usage = new CkptError('X', 'no', { exitCode: 2 });
    expect(renderFailure(describeFailure(usage), usage, context)).toBe('ckpt migrate: no\n');
  });

  it('is broken as a terminal needs it, but for the hint', () => {
    const hint = 'Run this in the other clone: ckpt push --repo /somewhere/else';
    const error = new CkptError('X', 'two lines', { exitCode: 3, hint });
    const context = { ...CONTEXT, repository: '/srv/it.git', wrapped: (text: string) => text.replaceAll(' ', '\n  ') };
    expect(renderFailure(describeFailure(error), error, context)).toBe(
      `ckpt
  migrate:
  opening
  the
  repository:
  two
  lines
repository:
  /srv/it.git
hint: ${hint}
`,
    );
  });

  it('of the system is not a bug in ckpt', () => {
    const error = Object.assign(new Error('ENOSPC: no space left on device, write'), {
      code: 'ENOSPC',
      syscall: 'write',
    });
    const kept: string[] = [];
    expect(describeFailure(error, (text) => String(kept.push(text)))).toMatchObject({
      code: 'SYSTEM_REFUSED',
      hint: 'The disk is full. Make room, and run the command again.',
      exitCode: 1,
    });
    expect(kept).toEqual([]);
  });

  it('whose details cannot be kept says how to see them', () => {
    expect(describeFailure(new TypeError('x'), () => undefined).hint).toContain('--verbose');
  });
});
