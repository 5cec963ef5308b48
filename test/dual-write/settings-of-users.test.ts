import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ckpt } from '../commands/ckpt.ts';
import { git, initRepository, refs } from '../fixtures/git.ts';
import { share } from '../fixtures/scale.ts';
import { tempDir } from '../fixtures/temp.ts';
import { V1Builder } from '../fixtures/v1-builder.ts';

const ON = '{"strategy_options":{"checkpoints_v2":true}}\n';
const OFF = '{"strategy_options":{"checkpoints_v2":false}}\n';

/** What a row has to work with: a repository with V1, where V2 is on for the team. */
interface Place {
  readonly root: string;
  readonly dir: string;
}

/** Prepares the repository, and says where ckpt is to run; the repository's top where it says nothing. */
type Prepare = (place: Place) => string | undefined;

const config =
  (...settings: ReadonlyArray<readonly [name: string, value: string]>): Prepare =>
  ({ dir }) => {
    for (const [name, value] of settings) git(dir, 'config', name, value);
    return undefined;
  };
const write =
  (path: string, text: string): Prepare =>
  ({ dir }) => {
    writeFileSync(join(dir, path), text);
    return undefined;
  };
const included =
  (condition: string, text: string): Prepare =>
  ({ root, dir }) => {
    writeFileSync(join(root, 'included'), text);
    appendFileSync(join(dir, '.git/config'), `${condition}\n\tpath = ${join(root, 'included')}\n`);
    return undefined;
  };
/** Beside a remote that is named behind the condition on the URLs of remotes. */
const includedByRemote =
  (pattern: string): Prepare =>
  (place) => {
    const condition = `[includeIf "hasconfig:remote.*.url:${pattern}"]`;
    included(condition, '[core]\n\tlogAllRefUpdates = always\n')(place);
    git(place.dir, 'remote', 'add', 'upstream', 'https://host.example/team/project.git');
    return undefined;
  };
const linked =
  (prepare: (place: Place, worktree: string) => void): Prepare =>
  (place) => {
    const worktree = join(place.root, 'linked');
    git(place.dir, 'worktree', 'add', '-q', worktree);
    prepare(place, worktree);
    return worktree;
  };

/** Whether V2 is written; `refused`: with a word that names the engine which can. */
type Answer = 'written' | 'off' | 'warned' | 'refused by isomorphic';

const ROWS: ReadonlyArray<[what: string, prepare: Prepare, answer: Answer]> = [
  ['nothing unusual', () => undefined, 'written'],
  ['a BOM in the settings', write('.entire/settings.json', `\ufeff${ON}`), 'written'],
  [
    'comments in the settings, which the client does not take',
    write('.entire/settings.json', `// mine\n${ON}`),
    'warned',
  ],
  ['a local file that turns it off', write('.entire/settings.local.json', OFF), 'off'],
  ['a local file with a BOM', write('.entire/settings.local.json', `\ufeff${OFF}`), 'off'],
  ['a linked worktree', linked(() => undefined), 'written'],
  [
    "a linked worktree, and the main one's local file",
    linked((place) => write('.entire/settings.local.json', OFF)(place)),
    'off',
  ],
  [
    'a linked worktree with a local file of its own',
    linked((place, worktree) => {
      write('.entire/settings.local.json', OFF)(place);
      writeFileSync(join(worktree, '.entire/settings.local.json'), ON);
    }),
    'written',
  ],
  [
    'a sparse checkout without the settings',
    ({ dir }) => {
      mkdirSync(join(dir, 'src'));
      git(dir, 'sparse-checkout', 'set', '--cone', 'src');
      expect(existsSync(join(dir, '.entire/settings.json'))).toBe(false);
      return undefined;
    },
    'written',
  ],
  ['core.sharedRepository=group', config(['core.sharedRepository', 'group']), 'written'],
  ['core.sharedRepository=0660', config(['core.sharedRepository', '0660']), 'written'],
  ['core.logAllRefUpdates=always', config(['core.logAllRefUpdates', 'always']), 'written'],
  ['core.logAllRefUpdates=false', config(['core.logAllRefUpdates', 'false']), 'written'],
  ['safe.bareRepository=explicit', config(['safe.bareRepository', 'explicit']), 'written'],
  [
    'a configuration of the work tree',
    (place) => {
      git(place.dir, 'config', 'extensions.worktreeConfig', 'true');
      git(place.dir, 'config', '--worktree', 'core.logAllRefUpdates', 'always');
      return undefined;
    },
    'written',
  ],
  [
    "a linked worktree's own configuration",
    linked(({ dir }, worktree) => {
      git(dir, 'config', 'extensions.worktreeConfig', 'true');
      git(worktree, 'config', '--worktree', 'core.logAllRefUpdates', 'always');
    }),
    'written',
  ],
  ['an include', included('[include]', '[core]\n\tlogAllRefUpdates = always\n'), 'written'],
  [
    'an includeIf for a folder',
    included('[includeIf "gitdir:**/*"]', '[core]\n\tlogAllRefUpdates = always\n'),
    'written',
  ],
  [
    'an includeIf for a branch',
    included('[includeIf "onbranch:*"]', '[core]\n\tlogAllRefUpdates = always\n'),
    'written',
  ],
  [
    'an includeIf for a class of letters',
    included('[includeIf "onbranch:[!a-l]ai[mn]"]', '[core]\n\tlogAllRefUpdates = always\n'),
    'written',
  ],
  ['an includeIf for a remote that is named behind it', includedByRemote('https://*.example/**'), 'written'],
  ['an includeIf for a remote that is not there', includedByRemote('https://*.example/*'), 'written'],
  [
    'a BOM in the configuration',
    ({ dir }) => {
      const path = join(dir, '.git/config');
      writeFileSync(path, `\ufeff${readFileSync(path, 'utf8')}`);
      return undefined;
    },
    'written',
  ],
  [
    'borrowed objects',
    ({ root, dir }) => {
      const clone = join(root, 'clone');
      git(root, 'clone', '-q', '--shared', dir, clone);
      git(clone, 'fetch', '-q', 'origin', '+refs/heads/entire/*:refs/heads/entire/*');
      return clone;
    },
    'refused by isomorphic',
  ],
];

/** What a run of the mirror left, as far as it must not depend on the engine. */
function outcome(prepare: Prepare, engine: string) {
  const root = tempDir();
  const dir = initRepository({ dir: join(root, 'repo') });
  const v1 = new V1Builder();
  v1.checkpoint('a3b2c4d5e6f7', {});
  v1.write(dir);
  mkdirSync(join(dir, '.entire'));
  writeFileSync(join(dir, '.entire/settings.json'), ON);
  git(dir, 'add', '.');
  git(dir, 'commit', '-q', '-m', 'Settings');
  const cwd = prepare({ root, dir }) ?? dir;
  const { code, stdout } = ckpt(['dual-write', '--json', '--engine', engine], { cwd });
  const { error, warnings } = JSON.parse(stdout.replaceAll(root, 'ROOT'));
  const log = (ref: string) => {
    const path = git(cwd, 'rev-parse', '--path-format=absolute', '--git-path', `logs/${ref}`);
    return existsSync(path) ? readFileSync(path, 'utf8').split('\n').length : 0;
  };
  const v2 = refs(cwd, 'refs/entire');
  const modes = git(cwd, 'config', '--default', 'none', '--get', 'core.sharedRepository');
  return { code, error, warnings, v2, logged: Object.keys(v2).map(log), modes };
}

describe.each(share(ROWS, 7))('%s', (_what, prepare, answer) => {
  it('has one answer with both engines, or a refusal that names the other', () => {
    const native = outcome(prepare, 'native');
    const isomorphic = outcome(prepare, 'isomorphic');
    const isWritten = Object.keys(native.v2).length > 0;
    if (answer === 'refused by isomorphic') {
      expect({ code: native.code, isWritten }).toEqual({ code: 0, isWritten: true });
      expect(isomorphic.code).not.toBe(0);
      expect(`${isomorphic.error.message} ${isomorphic.error.hint}`).toContain('native');
      return;
    }
    expect(isomorphic).toEqual(native);
    // A hook never fails for what it finds: it says so, and writes nothing.
    expect({ code: native.code, warned: native.warnings.length > 0, isWritten }).toEqual({
      code: 0,
      warned: answer === 'warned',
      isWritten: answer === 'written',
    });
  });
});

describe.each(['native', 'isomorphic'])('safe.bareRepository=explicit (%s)', (engine) => {
  it('opens a bare repository that somebody named, and none that lies where the command runs', () => {
    const root = tempDir();
    const bare = initRepository({ dir: join(root, 'bare.git'), bare: true });
    writeFileSync(join(root, 'gitconfig'), '[safe]\n\tbareRepository = explicit\n');
    const env = { GIT_CONFIG_GLOBAL: join(root, 'gitconfig') };
    const run = (args: string[], more: { cwd: string; env?: NodeJS.ProcessEnv }) =>
      ckpt(['status', '--engine', engine, ...args], { ...more, env: { ...env, ...more.env } });
    expect(run(['--repo', bare], { cwd: root }).code).toBe(0);
    expect(run([], { cwd: root, env: { GIT_DIR: bare } }).code).toBe(0);
    for (const cwd of [bare, join(bare, 'refs')]) {
      const { code, stderr } = run([], { cwd });
      expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringMatching(/safe\.bareRepository.*--repo/s) });
    }
    expect(ckpt(['status', '--engine', engine], { cwd: bare }).code).toBe(0);
  });
});
