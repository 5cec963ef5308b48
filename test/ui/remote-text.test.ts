import { describe, expect, it } from 'vitest';
import type { FetchResult, PushResult, SentRef } from '../../src/remote/result.ts';
import { fetchText, pushText } from '../../src/ui/remote-text.ts';
import { runOf } from './run.ts';

const sent = (name: string, more: Partial<SentRef> = {}): SentRef => ({
  ref: `refs/entire/checkpoints/${name}`,
  layout: 'refs',
  old: null,
  new: '1'.repeat(40),
  outcome: 'pushed',
  reason: null,
  ...more,
});

function textOf(...refs: SentRef[]): string {
  const base = { remote: 'origin', united: [], objectCount: 9, byteCount: 900, warnings: [], dryRun: false };
  const result: PushResult = { ...base, status: 'incomplete', refs };
  return pushText(result, runOf('push'));
}

describe('pushText', () => {
  it('says a reason that several refs share once, and how many they are', () => {
    const absent = { outcome: 'refused', reason: 'git push failed: fatal: bad object' } as const;
    const text = textOf(
      sent('aa/1'),
      sent('bb/2', absent),
      sent('cc/3', absent),
      sent('dd/4', { ...absent, reason: 'no' }),
    );
    expect(text.split('\n').slice(0, 8)).toEqual([
      '3 refs did not arrive at origin; 1 did.',
      '',
      '  refs/entire/checkpoints/aa/1  pushed',
      '  refs/entire/checkpoints/bb/2  refused',
      '  refs/entire/checkpoints/cc/3  refused',
      '  refs/entire/checkpoints/dd/4  refused: no',
      '2 refs refused: git push failed: fatal: bad object',
      '',
    ]);
  });

  it('also where it names a few of many refs', () => {
    const many = Array.from({ length: 40 }, (_, n) => sent(`aa/${n}`, { outcome: 'refused', reason: 'denied' }));
    const text = textOf(...many);
    expect(text).toContain('and 32 more between these');
    expect(text.match(/denied/g)).toEqual(['denied']);
    expect(text).toContain('\n40 refs refused: denied\n');
  });
});

describe('fetchText', () => {
  it.each([
    ['set-up', "From now on `git -C 'a b' fetch origin` brings checkpoints too."],
    ['removed', "`git -C 'a b' fetch origin` brings no checkpoints any more."],
  ] as const)('%s names a command for the repository that was named', (status, words) => {
    const none = { fetched: [], united: [], mergedCheckpoints: [], warnings: [], backup: null, dryRun: false };
    const result: FetchResult = { ...none, status, remote: 'origin', refspecs: ['+refs/a:refs/b'] };
    expect(fetchText(result, runOf('fetch', '--setup', '-C', 'a b'))).toContain(words);
  });
});
