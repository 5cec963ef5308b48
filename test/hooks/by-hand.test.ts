import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hooksStatusText, hooksUninstallText } from '../../src/ui/hooks-text.ts';
import { entireEnable } from '../fixtures/entire-hooks.ts';
import { git } from '../fixtures/git.ts';
import { ENGINES } from '../fixtures/scale.ts';
import { tempDir } from '../fixtures/temp.ts';
import { runOf } from '../ui/run.ts';
import { HookRepo } from './hook-repo.ts';

const HOOK = '.git/hooks/pre-push';
const MIRROR = 'ckpt dual-write --quiet --hook git </dev/null || true\n';
const SH = '#!/bin/sh\n';
const CALLS_LEGACY = `${SH}[ ! -x "$0.legacy" ] || "$0.legacy" "$@"\n`;

describe.each(ENGINES)('lines that somebody wrote (%s)', (engine) => {
  /** What is said of pre-push: how the mirror is there, whether it pushes, and both again after an uninstall. */
  async function said(repo: HookRepo) {
    const prePush = async () => (await repo.status()).git?.hooks.find(({ hook }) => hook === 'pre-push');
    const before = await prePush();
    const status = hooksStatusText(await repo.status(), runOf('hooks', 'status'));
    const uninstalled = await repo.uninstall();
    return {
      state: before?.state,
      pushes: before?.pushes,
      line: status.split('\n').find((one) => one.includes('push sends')),
      title: hooksUninstallText(uninstalled).split('\n')[0],
      actions: uninstalled.places.filter(({ hook }) => hook === 'pre-push').map(({ action }) => action),
      after: await prePush(),
    };
  }
  const byHand = 'git push sends checkpoints too, by a line that was added by hand.';
  /** What is said where lines that somebody added run the mirror and push: nothing is taken out. */
  const LEFT = {
    state: 'by-hand',
    pushes: 'always',
    line: byHand,
    title: 'Took nothing out: lines that were added by hand run the mirror.',
    actions: ['by-hand'],
  };
  const isSet = 'git push sends checkpoints too, to the remote that it is given (ckpt.push).';
  const sendsNone = 'git push sends no checkpoints, though ckpt.push is set: the pre-push hook does not run ckpt push.';

  it('our block alone', async () => {
    const repo = new HookRepo(tempDir(), engine);
    await repo.install({ isPushing: true });
    expect(await said(repo)).toMatchObject({
      state: 'installed',
      pushes: 'if-set',
      line: isSet,
      title: 'Took the mirror out:',
      actions: ['deleted'],
      after: { state: 'absent', pushes: 'no' },
    });
  });

  it('our block beside a line', async () => {
    const repo = new HookRepo(tempDir(), engine);
    repo.write(HOOK, `${SH}ckpt push -- "$1"\n`);
    await repo.install();
    repo.write(HOOK, repo.read(HOOK) + MIRROR);
    expect(await said(repo)).toMatchObject({
      state: 'installed',
      pushes: 'always',
      line: byHand,
      title: 'Took the mirror out, but for lines that were added by hand:',
      actions: ['removed', 'by-hand'],
      after: { state: 'by-hand', pushes: 'always' },
    });
    expect(repo.read(HOOK)).toBe(`${SH}ckpt push -- "$1"\n${MIRROR}`);
  });

  it('our block without its push', async () => {
    const repo = new HookRepo(tempDir(), engine);
    await repo.install({ isPushing: true });
    repo.write(HOOK, repo.read(HOOK).replace(/.*" push .*\n/, ':\n'));
    expect(await said(repo)).toMatchObject({ state: 'outdated', pushes: 'no', line: sendsNone, actions: ['deleted'] });
  });

  it.each([
    ['the mirror alone', MIRROR, 'by-hand', 'no', sendsNone],
    ['the mirror and a push', `${MIRROR}"$HOME/bin/ckpt" -C . push -- "$1"\n`, 'by-hand', 'always', byHand],
    ['a push alone', 'command -v ckpt >/dev/null && ckpt push --quiet\n', 'foreign', 'always', byHand],
    ['a push that is a comment', '# ckpt push\ngit push elsewhere\n', 'foreign', 'no', sendsNone],
    ['a push of git', 'command -v ckpt && git push backup\n', 'foreign', 'no', sendsNone],
  ])('a hook with %s', async (_, text, state, pushes, line) => {
    const repo = new HookRepo(tempDir(), engine);
    git(repo.dir, 'config', 'ckpt.push', 'true');
    repo.write(HOOK, SH + text);
    const isByHand = state === 'by-hand';
    expect(await said(repo)).toMatchObject({
      state,
      pushes,
      line,
      title: isByHand
        ? 'Took nothing out: lines that were added by hand run the mirror.'
        : 'The mirror was in none of the hooks:',
      actions: [isByHand ? 'by-hand' : 'nothing'],
      after: { state },
    });
    expect(repo.read(HOOK)).toBe(SH + text);
  });

  it('a hook that git ignores sends nothing', async () => {
    const repo = new HookRepo(tempDir(), engine);
    git(repo.dir, 'config', 'ckpt.push', 'true');
    repo.write(HOOK, `${SH}ckpt push\n`, 0o644);
    expect(await said(repo)).toMatchObject({ pushes: 'no', line: sendsNone });
  });

  it.each([
    ['that another installer renamed', CALLS_LEGACY, `${HOOK}.legacy`],
    ["that Entire's client renamed", undefined, `${HOOK}.pre-entire`],
  ])('a hook %s', async (_, caller, path) => {
    const repo = new HookRepo(tempDir(), engine);
    repo.write(HOOK, `${SH}${MIRROR}ckpt push -- "$1"\n`);
    if (caller === undefined) entireEnable(join(repo.dir, '.git/hooks'), join(repo.root, 'log'));
    else {
      repo.write(path, repo.read(HOOK));
      repo.write(HOOK, caller);
    }
    expect(await said(repo)).toMatchObject({ ...LEFT, after: { state: 'by-hand' } });
    expect(repo.read(path)).toContain(MIRROR);
  });

  it('a renamed hook that nothing runs', async () => {
    const repo = new HookRepo(tempDir(), engine);
    repo.write(HOOK, `${SH}:\n`);
    repo.write(`${HOOK}.old`, SH + MIRROR);
    expect(await said(repo)).toMatchObject({ state: 'foreign', actions: ['nothing'] });
  });

  it.each([
    [
      'lefthook',
      'lefthook.yml',
      `pre-push:\n  commands:\n    a:\n      run: ${MIRROR}    b:\n      run: ckpt push -- {1}\n`,
    ],
    ['husky', '.husky/pre-push', `${MIRROR}ckpt push -- "$1"\n`],
  ])('hooks of %s', async (manager, path, text) => {
    const repo = new HookRepo(tempDir(), engine);
    if (manager === 'husky') git(repo.dir, 'config', 'core.hooksPath', '.husky/_');
    repo.write(path, text, 0o644);
    expect(await said(repo)).toMatchObject(LEFT);
  });
});
