import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { mirrorLine } from '../../src/hooks/mirror-command.ts';
import { entireEnable } from '../fixtures/entire-hooks.ts';
import { cleanEnvironment, git, gitResult, initRepository } from '../fixtures/git.ts';
import { ENGINES, IS_LONG, share } from '../fixtures/scale.ts';
import { tempDir } from '../fixtures/temp.ts';
import { HookRepo } from './hook-repo.ts';

const HOOK = '.git/hooks/post-commit';
const NOT_REACHED = { mirrorCount: 0, pushCount: 0, failure: null };
const REACHED = { ...NOT_REACHED, mirrorCount: 1 };

let repo: HookRepo;
let line: string;
beforeEach(() => {
  repo = new HookRepo(tempDir());
  line = mirrorLine(repo.program);
});

/** What a trial says of each command. */
async function tried(env: Record<string, string> = {}, dir = repo.dir) {
  const { trial } = await repo.status({ isTrial: true, env: { ...cleanEnvironment(), ...env } }, dir);
  return Object.fromEntries((trial ?? []).map(({ command, ...rest }) => [command, rest]));
}

/** Every file below a folder, with its content. */
function contents(folder: string): Record<string, string> {
  const files = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((file) => file.isFile());
  const paths = files.map((file) => join(file.parentPath, file.name));
  return Object.fromEntries(paths.map((path) => [path, readFileSync(path, 'latin1')]));
}

/** Hooks of which nobody can tell by reading whether they come to the mirror (`LINE`), and an environment. */
const CONDITIONS: Array<[string, string, Record<string, string>]> = [
  ['false before it', 'false && LINE', {}],
  ['an exit in CI', '[ -z "$CI" ] || exit 0\nLINE', { CI: '1' }],
  ['no CI', '[ -z "$CI" ] || exit 0\nLINE', {}],
  ['a file that ends the script', '. ./ends.sh\nLINE', {}],
  ['a function that is called', 'f() {\n  LINE\n}\nf', {}],
  ['a function that nobody calls', 'f() {\n  LINE\n}', {}],
  ['an eval that ends it', "eval 'exit 0'\nLINE", {}],
  ['sh -e', 'set -e\nfalse\nLINE', {}],
  ['a setting that is on', '[ "$(git config team.mirror)" = on ] || exit 0\nLINE', {}],
  ['a setting that is off', '[ "$(git config team.mirror)" = off ] || exit 0\nLINE', {}],
  ['the branch', '[ "$(git symbolic-ref --short HEAD)" = main ] || exit 0\nLINE', {}],
  ['another branch', '[ "$(git symbolic-ref --short HEAD)" = next ] || exit 0\nLINE', {}],
  ['a script of the work tree', 'exec ./tools/after commit', {}],
  ['a PATH without anything', 'PATH=/nowhere\nLINE', {}],
  ['the remote', 'git remote get-url upstream >/dev/null || exit 0\nLINE', {}],
];

describe('a trial says what git does', () => {
  it.each(share(CONDITIONS, 5))('%s', async (_name, hook, env) => {
    git(repo.dir, 'config', 'team.mirror', 'on');
    git(repo.dir, 'remote', 'add', 'upstream', 'https://example.invalid/x.git');
    repo.write('ends.sh', 'exit 0\n', 0o644);
    repo.write('tools/after', `#!/bin/sh\n${line}\n`);
    repo.write(HOOK, `#!/bin/sh\n${hook.replace('LINE', () => line)}\n`);
    const status = await repo.status({ isTrial: true, env: { ...cleanEnvironment(), ...env } });
    gitResult(repo.dir, ['commit', '-q', '--allow-empty', '-m', 'x'], { env });
    const count = repo.calls().length;
    expect(status.git?.hooks[0]?.active).toBe(count > 0);
    expect(status.trial?.[0]).toEqual({ command: 'commit', ...NOT_REACHED, mirrorCount: count });
  });

  it('what was installed, and a line in post-commit alone', async () => {
    await repo.install({ isPushing: true });
    expect(await tried()).toEqual({
      commit: REACHED,
      amend: { ...REACHED, mirrorCount: 2 },
      merge: REACHED,
      push: { ...REACHED, pushCount: 1 },
      rebase: REACHED,
    });
    await repo.install({ isBackground: true, isPushing: false });
    expect(await tried()).toMatchObject({ commit: REACHED, push: REACHED });
    await repo.uninstall();
    repo.write(HOOK, `#!/bin/sh\n${line}\n`);
    expect(await tried()).toMatchObject({ amend: REACHED, merge: NOT_REACHED, push: NOT_REACHED, rebase: REACHED });
  });

  it('a push that sends checkpoints only as it is read', async () => {
    repo.write('.git/hooks/pre-push', `#!/bin/sh\n${line}\n[ -n "$CI" ] && ckpt push -- "$1"\n:\n`);
    const pushes = async () => {
      const { git: read } = await repo.status();
      const { git: asked } = await repo.status({ isTrial: true });
      return [read, asked].map((one) => one?.hooks.find(({ hook }) => hook === 'pre-push')?.pushes);
    };
    expect(await pushes()).toEqual(['always', 'no']);
  });

  it('where git fails, as far as it came', async () => {
    await repo.install();
    repo.write('.git/hooks/prepare-commit-msg', '#!/bin/sh\necho not today >&2\nexit 1\n');
    const status = await repo.status({ isTrial: true });
    const failure = { ...NOT_REACHED, failure: 'not today' };
    expect(await tried()).toMatchObject({ commit: failure, amend: failure, push: REACHED });
    expect(status.git?.hooks.map(({ active }) => active)).toEqual([true, true, true, true]);
  });
});

describe('the hooks are those that git finds', () => {
  const commitHook = () => `#!/bin/sh\n${line}\n`;

  it.each(share(['team/hooks', './team/hooks', 'ABSOLUTE', 'OUTSIDE', '.git/own'], 5))(
    'in core.hooksPath: %s',
    async (setting) => {
      const folder =
        setting === 'OUTSIDE' ? join(repo.root, 'for all') : join(repo.dir, setting.replace('ABSOLUTE', 'x'));
      git(repo.dir, 'config', 'core.hooksPath', /^[A-Z]/.test(setting) ? folder : setting);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'post-commit'), commitHook(), { mode: 0o755 });
      expect(await tried()).toMatchObject({ commit: REACHED, merge: NOT_REACHED });
    },
  );

  it.runIf(IS_LONG)('behind a link into the work tree, and in linked worktrees', async () => {
    repo.write('team/after', commitHook());
    mkdirSync(join(repo.dir, '.git/hooks'), { recursive: true });
    symlinkSync('../../team/after', join(repo.dir, HOOK));
    expect(await tried()).toMatchObject({ commit: REACHED });
    repo.commit();
    const linked = join(repo.root, 'linked');
    git(repo.dir, 'worktree', 'add', '-q', linked);
    await repo.install();
    expect(await tried({}, linked)).toMatchObject({ commit: REACHED, push: REACHED });
  });

  it('of a bare repository', async () => {
    repo = new HookRepo(tempDir(), 'native', true);
    await repo.install();
    expect(await tried()).toMatchObject({ push: REACHED });
  });

  it("beside Entire's", async () => {
    const hooks = join(repo.dir, '.git/hooks');
    mkdirSync(hooks, { recursive: true });
    entireEnable(hooks, join(repo.root, 'entire.log'));
    expect(await tried()).toMatchObject({ commit: NOT_REACHED, push: NOT_REACHED });
    await repo.install();
    expect(await tried()).toMatchObject({ commit: REACHED, merge: REACHED, push: REACHED, rebase: REACHED });
  });

  it.runIf(IS_LONG)("husky's, which are ignored by git, and its HUSKY=0", async () => {
    git(repo.dir, 'config', 'core.hooksPath', '.husky/_');
    repo.write('.husky/_/.gitignore', '*', 0o644);
    repo.write(
      '.husky/_/h',
      '[ "$HUSKY" = 0 ] && exit 0\nsh -e "$(dirname "$(dirname "$0")")/$(basename "$0")" "$@"\n',
      0o644,
    );
    repo.write('.husky/_/post-commit', '#!/usr/bin/env sh\n. "$(dirname "$0")/h"\n');
    repo.write('.husky/post-commit', `${line}\n`, 0o644);
    expect(await tried()).toMatchObject({ commit: REACHED });
    expect(await tried({ HUSKY: '0' })).toMatchObject({ commit: NOT_REACHED });
    expect((await repo.status()).git?.hooks[0]?.active).toBe(true);
  });
});

describe('a trial leaves nothing behind', () => {
  it('and writes nothing here, whatever the hooks of others do', async () => {
    const remote = initRepository({ dir: join(repo.root, 'remote.git'), bare: true });
    git(repo.dir, 'remote', 'add', 'origin', remote);
    repo.write('tracked', 'as it was', 0o644);
    repo.write('node_modules/a/index.js', '', 0o644);
    symlinkSync('tracked', join(repo.dir, 'link'));
    repo.commit();
    await repo.install();
    const where = join(repo.root, 'where');
    const others = `pwd >>'${where}'\necho changed >tracked\necho changed >link\nrm -rf node_modules\ngit tag made-by-a-hook\ngit push -q origin HEAD:hooked\n(sleep 60; touch '${where}.late') &`;
    repo.write('.git/hooks/post-merge', `#!/bin/sh\n${others}\n`);
    const before = contents(repo.root);
    expect(await tried()).toMatchObject({ merge: { failure: null } });
    const [scratch = ''] = readFileSync(where, 'utf8').split('\n');
    expect(existsSync(dirname(scratch))).toBe(false);
    expect(contents(repo.root)).toEqual({ ...before, [where]: `${scratch}\n` });
  });

  it('also of settings that would have git do more than it is asked to', async () => {
    await repo.install();
    const settings = [
      'commit.gpgSign=true',
      'push.gpgSign=true',
      'core.worktree=..',
      'merge.ff=only',
      'rebase.backend=apply',
    ];
    for (const setting of [...settings, 'core.autocrlf=true', 'a.b\\"c.d=\\ \\"#', 'filter.x.required=true'])
      git(repo.dir, 'config', ...setting.split('='));
    git(repo.dir, 'config', '--unset', 'core.worktree');
    repo.write('.gitattributes', '* filter=x\n', 0o644);
    expect(await tried()).toMatchObject({ commit: REACHED, merge: REACHED, push: REACHED, rebase: REACHED });
  });
});

describe.each(ENGINES)('the command (%s)', (engine) => {
  it('notes what ckpt was called for, and does nothing else', async () => {
    const { CKPT, ckpt } = await import('../commands/ckpt.ts');
    const dir = initRepository({ dir: tempDir() });
    ckpt(['hooks', 'install', '--git', '--push', '--engine', engine], { cwd: dir });
    expect(readFileSync(join(dir, HOOK), 'utf8')).toContain(CKPT);
    const { stdout } = ckpt(['hooks', 'status', '--git', '--try', '--engine', engine], { cwd: dir });
    expect(stdout).toContain(`
Tried with git, in a copy:
  git commit          comes to the mirror
  git commit --amend  comes to the mirror 2 times
  git merge           comes to the mirror
  git push            comes to the mirror, and to ckpt push
  git rebase          comes to the mirror
`);
    expect(stdout).toContain('\nThe mirror has not run here yet.\n');
  });
});
