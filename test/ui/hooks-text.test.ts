import { describe, expect, it } from 'vitest';
import type { GitHookInstall, GitHookStatus, HooksStatus, InstallResult } from '../../src/hooks/hooks-report.ts';
import { hooksInstallText, hooksStatusText, hooksUninstallText } from '../../src/ui/hooks-text.ts';
import { runOf } from './run.ts';

const HOOK: GitHookInstall = {
  hook: 'post-commit',
  path: '/r/.git/hooks/post-commit',
  state: 'installed',
  executable: true,
  missingProgram: null,
  active: true,
  pushes: 'no',
  action: 'created',
  addByHand: null,
};
const RUN = runOf('hooks', 'install');
const GIT = { folder: '/r/.git/hooks', manager: null, sharedWith: null };
const INSTALLED: InstallResult = {
  git: { ...GIT, hooks: [HOOK, { ...HOOK, hook: 'pre-push', path: '/r/.git/hooks/pre-push', action: 'added' }] },
  agents: [
    { agent: 'claude-code', path: '/r/.claude/settings.json', state: 'installed', active: true, action: 'unchanged' },
  ],
  complete: true,
  isPushing: false,
  isBackground: false,
  mirrors: [],
};
const STATUS: HooksStatus = {
  git: { ...GIT, hooks: [HOOK, { ...HOOK, hook: 'pre-push', state: 'foreign', active: false }] },
  trial: null,
  agents: INSTALLED.agents,
  primary: 'v1',
  targets: ['v2', 'refs'],
  isPushing: false,
  isBackground: false,
  isWorking: false,
  lastRun: { at: '2025-03-03T09:00:00.000Z', outcome: 'ok', durationMs: 85 },
};

describe('hooksInstallText', () => {
  it.each([
    [true, 'if-set', 'git push sends checkpoints too, to the remote that it is given (ckpt.push).'],
    [true, 'always', 'git push sends checkpoints too, by a line that was added by hand.'],
    [false, 'always', 'git push sends checkpoints too, by a line that was added by hand.'],
    [true, 'no', 'git push sends no checkpoints, though ckpt.push is set: the pre-push hook does not run ckpt push.'],
    [false, 'if-set', undefined],
    [false, 'no', undefined],
  ] as const)('says whether git push sends checkpoints: ckpt.push %s, the hook %s', (isPushing, pushes, line) => {
    const git = { ...GIT, hooks: [HOOK, { ...HOOK, hook: 'pre-push', pushes }] } as const;
    for (const text of [
      hooksInstallText({ ...INSTALLED, git, isPushing }, RUN),
      hooksStatusText({ ...STATUS, git, isPushing }, RUN),
    ]) {
      expect(text.split('\n').filter((one) => one.includes('push sends'))).toEqual(line === undefined ? [] : [line]);
    }
    const alone = hooksStatusText({ ...STATUS, git: null, isPushing }, RUN);
    expect(alone.includes("ckpt.push is set; git's hooks were not looked at.")).toBe(isPushing);
  });

  it('says what was done where', () => {
    expect(hooksInstallText(INSTALLED, RUN)).toBe(`The mirror runs from these hooks:
  post-commit  created                 /r/.git/hooks/post-commit
  pre-push     added to what is there  /r/.git/hooks/pre-push
  claude-code  was installed already   /r/.claude/settings.json

Next: ckpt hooks status
`);
  });

  it('says what is left to do by hand, and lets no control character through', () => {
    const text = hooksInstallText(
      {
        git: {
          ...GIT,
          manager: 'husky',
          hooks: [
            {
              ...HOOK,
              path: '/r\u001b[2J/.husky/post-commit',
              state: 'managed',
              executable: null,
              active: false,
              action: 'left',
              addByHand: 'a line\nand another',
            },
          ],
        },
        agents: [],
        complete: false,
        isPushing: false,
        isBackground: false,
        mirrors: [],
      },
      RUN,
    );
    expect(text).toBe(`The mirror does not run from all of these hooks yet:
  post-commit  left alone  /r\\x1b[2J/.husky/post-commit

husky owns the hooks. Add the mirror by hand:

  /r\\x1b[2J/.husky/post-commit
    a line
    and another

Next: ckpt hooks status
`);
  });

  it('says how to turn on a hook that is not executable', () => {
    const hook: GitHookInstall = {
      ...HOOK,
      path: "/it's/post-commit",
      executable: false,
      active: false,
      action: 'added',
    };
    const text = hooksInstallText(
      {
        git: { ...GIT, hooks: [hook] },
        agents: [],
        complete: false,
        mirrors: [],
        isPushing: false,
        isBackground: false,
      },
      RUN,
    );
    expect(text).toContain('added to what is there, but not executable: git ignores it');
    expect(text).toContain("\n  chmod +x '/it'\\''s/post-commit'\n");
  });

  it.each([
    ['team', 'These hooks lie in the work tree.'],
    ['other-repositories', 'This folder is outside of the repository'],
  ] as const)('warns of files that are shared: %s', (sharedWith, beginning) => {
    const git = { ...GIT, sharedWith, hooks: [HOOK] };
    expect(
      hooksInstallText({ git, agents: [], complete: true, mirrors: [], isPushing: false, isBackground: false }, RUN),
    ).toContain(`\n\n${beginning}`);
    const unchanged = { ...git, hooks: [{ ...HOOK, action: 'unchanged' as const }] };
    expect(
      hooksInstallText(
        { git: unchanged, agents: [], complete: true, mirrors: [], isPushing: false, isBackground: false },
        RUN,
      ),
    ).not.toContain(beginning);
  });
});

describe('hooksStatusText', () => {
  it('says how each place is, when the mirror last ran, and what to do next', () => {
    expect(hooksStatusText(STATUS, RUN)).toBe(`Git hooks in /r/.git/hooks:
  post-commit  installed                  /r/.git/hooks/post-commit
  pre-push     a hook without the mirror  /r/.git/hooks/post-commit

Read, not tried. To have git run them in a copy: ckpt hooks status --try

Agents:
  claude-code  installed  /r/.claude/settings.json

Kept in step: V2, git-refs.
The mirror last ran at 2025-03-03T09:00:00.000Z: ok, 85 ms.
Next: ckpt hooks install
`);
  });

  it('suggests nothing where all is well', () => {
    const text = hooksStatusText(
      {
        git: { ...GIT, hooks: [HOOK] },
        trial: null,
        agents: [],
        primary: 'v1',
        targets: [],
        lastRun: null,
        isPushing: false,
        isBackground: false,
        isWorking: false,
      },
      RUN,
    );
    expect(text).toMatch(/\n\nNo layout is kept in step with V1 yet\. .*\nThe mirror has not run here yet\.\n$/);
  });

  it('says what git did in a trial, first of all where that is not what was read', () => {
    const trial = [
      { command: 'commit', mirrorCount: 0, pushCount: 0, failure: null },
      { command: 'amend', mirrorCount: 2, pushCount: 0, failure: null },
      { command: 'push', mirrorCount: 1, pushCount: 1, failure: 'not \u001btoday' },
    ] as const;
    const hooks = [{ ...HOOK, active: false }, { ...HOOK, hook: 'post-merge', state: 'foreign' } as const];
    expect(hooksStatusText({ ...STATUS, trial, git: { ...GIT, hooks } }, RUN)).toContain(
      `  post-commit  installed, but git did not come to it when tried          /r/.git/hooks/post-commit
  post-merge   a hook without the mirror, but git came to it when tried  /r/.git/hooks/post-commit

Tried with git, in a copy:
  git commit          does not come to the mirror
  git commit --amend  comes to the mirror 2 times
  git push            comes to the mirror, and to ckpt push; git failed: not \\x1btoday
`,
    );
  });

  it('sends nobody to install again what is installed, and is not reached', () => {
    const trial = [{ command: 'commit', mirrorCount: 0, pushCount: 0, failure: null }] as const;
    const ofHooks = (hooks: readonly GitHookStatus[]) =>
      hooksStatusText({ ...STATUS, trial, git: { ...GIT, hooks } }, RUN);
    const unreached = { ...HOOK, active: false };
    expect(ofHooks([unreached])).toContain('something ends the hook before');
    expect(ofHooks([unreached])).not.toContain('ckpt hooks install');
    const absent = { ...unreached, hook: 'post-merge', state: 'absent' } as const;
    expect(ofHooks([unreached, absent])).toContain('Next: ckpt hooks install');
    expect(ofHooks([absent])).not.toContain('something ends the hook before');
  });

  it('names the manager', () => {
    expect(hooksStatusText({ ...STATUS, git: { ...GIT, manager: 'lefthook', hooks: [] } }, RUN)).toMatch(
      /^Git hooks in \/r\/\.git\/hooks, owned by lefthook:\n/,
    );
  });
});

describe('hooksUninstallText', () => {
  it.each([
    [['deleted'], 'Took the mirror out:'],
    [['removed', 'nothing'], 'Took the mirror out:'],
    [['removed', 'by-hand'], 'Took the mirror out, but for lines that were added by hand:'],
    [['by-hand', 'nothing'], 'Took nothing out: lines that were added by hand run the mirror.'],
    [['nothing'], 'The mirror was in none of the hooks:'],
  ] as const)('says what was taken out: %j', (actions, title) => {
    const places = actions.map((action) => ({ hook: 'pre-push', path: '/r/pre-push', action }) as const);
    const [first, row, ...rest] = hooksUninstallText({ places, mirrors: [], settings: [] }).split('\n');
    expect([first, rest.length]).toEqual([title, actions.length]);
    if (actions[0] === 'deleted')
      expect(row).toBe('  pre-push  removed with its file, which ckpt had made  /r/pre-push');
  });
});
