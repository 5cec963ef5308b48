import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { git } from '../fixtures/git.ts';
import { tempDir } from '../fixtures/temp.ts';
import { Reader, stepsOf } from './guided-page.ts';

const PAGE = readFileSync(resolve(import.meta.dirname, '../../docs/retiring-v1.md'), 'utf8');
const V1 = 'refs/heads/entire/checkpoints/v1';
const DOCUMENT = {
  checkpoint_id: '01M05HSEZPVP31RB5K4R9BFJCH',
  session_id: 's',
  metadata: { created_at: '2026-03-05T10:30:00Z' },
  transcript: { text: '{}\n' },
};

describe('docs/retiring-v1.md', () => {
  it('V1 goes and comes back, with what was written meanwhile', () => {
    const reader = new Reader(tempDir('file'));
    const ok = (script: string) => reader.ok(script);
    ok('ckpt sample origin.git && git clone --quiet origin.git project && cd project && git checkout -q -b main');
    ok('git remote set-url origin ../origin.git && git commit --quiet --allow-empty -m Start');
    ok('git branch --quiet entire/checkpoints/v1 origin/entire/checkpoints/v1');
    mkdirSync(join(reader.cwd, '.entire'));
    writeFileSync(join(reader.cwd, '.entire/settings.json'), '{"checkpoints":{"primary":{"type":"git-refs"}}}');
    const before = git(reader.cwd, 'rev-parse', V1);
    const origin = join(reader.cwd, '../origin.git');
    const [onClone = '', onRemote = '', keep = '', letGo = '', gone = '', comeBack = '', ...others] = stepsOf(PAGE).map(
      ({ script }) => script,
    );
    expect(others).toEqual([]);

    const checked = ok(onClone);
    expect(checked).toContain('CONSISTENT');
    expect(checked).toMatch(/\n {2}V1 +12 +\d+ +0 +0\n {2}git-refs +12 +\d+ +0 +-\n/);
    expect(ok(onRemote)).toContain('git-refs in step');
    const names = (dir: string) => git(dir, 'for-each-ref', '--format=%(refname)', 'refs/entire/checkpoints/');
    expect(names(origin)).toBe(names(reader.cwd));
    ok(keep);
    expect(ok(letGo)).toMatch(/\n {2}git-refs +12 +\d+ +12 +-\n[\s\S]*\nNothing needs attention\.\n/);
    expect(git(reader.cwd, 'for-each-ref', V1, 'refs/remotes')).not.toContain('checkpoints/v1');
    expect(git(origin, 'for-each-ref', V1)).toBe('');
    expect(ok(gone)).toBe('');

    // A clone that has it still sends it again, by the hook as well.
    const [late, bundle] = ['late', 'checkpoints-v1.bundle'].map((name) => join(reader.cwd, '..', name));
    ok(`git clone --quiet ../origin.git ${late} && git -C ${late} fetch --quiet ${bundle} ${V1}:${V1}`);
    ok(`git -C ${late} commit --quiet --allow-empty -m Late`);
    ok(`cd ${late} && ckpt hooks install --git --push && git push --quiet origin HEAD:refs/heads/late`);
    expect(ok(`cd ../project && ${gone}`)).toContain(V1);
    ok('git push --quiet origin --delete refs/heads/entire/checkpoints/v1');

    writeFileSync(join(reader.cwd, '../checkpoint.json'), JSON.stringify(DOCUMENT));
    ok(
      'ckpt dual-write --from ../checkpoint.json && git reflog expire --expire=now --all && git gc --quiet --prune=now',
    );
    expect(ok(comeBack)).toContain('CONSISTENT');
    expect(git(reader.cwd, 'rev-list', V1).split('\n')).toContain(before);
    expect(ok(`ckpt show ${DOCUMENT.checkpoint_id} --layout v1`)).toContain(DOCUMENT.checkpoint_id);
    expect(git(reader.cwd, 'rev-list', '--count', `${before}..${V1}`)).toBe('1');
    expect(git(origin, 'rev-parse', V1)).toBe(git(reader.cwd, 'rev-parse', V1));
  });
});
