import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
/** The commits after this one keep the rule. */
const SINCE = 'fcedf829e7fe11f000a1a205326e1b8e4d212486';
const MAX_SUBJECT = 72;

const git = (...args: string[]) => spawnSync('git', args, { cwd: ROOT, encoding: 'utf8' });

// A shallow clone or an archive of the files does not have the commit.
const isHere = git('merge-base', '--is-ancestor', SINCE, 'HEAD').status === 0;

test.runIf(isHere)('each commit has a subject of at most 72 characters, and a body', () => {
  const log = git('log', '--no-merges', '-z', '--format=%h %s%n%b', `${SINCE}..HEAD`).stdout;
  const faults = log.split('\0').flatMap((entry) => {
    const [first = '', ...body] = entry.split('\n');
    const subject = first.slice(first.indexOf(' ') + 1);
    if (subject.length > MAX_SUBJECT) return [`${first}: ${subject.length} characters`];
    return entry !== '' && body.join('').trim() === '' ? [`${first}: no body`] : [];
  });
  expect(faults).toEqual([]);
});
