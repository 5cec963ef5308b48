import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { LayoutName } from '../../../src/layout/layout.ts';
import { ckpt } from '../../commands/ckpt.ts';
import { clientWrite, idOf } from '../../fixtures/entire-client.ts';
import { git, gitBytes, initRepository, refs, removeDir } from '../../fixtures/git.ts';

const V1 = 'refs/heads/entire/checkpoints/v1';
const FULL = 'refs/entire/checkpoints/v2/full';
const CURRENT = `${FULL}/current`;
const FOUR = ['--max-checkpoints', '4'];

/** A repository that a command is about to write to, and that command. */
export interface Story {
  /** `server`: the URL of a server for the folder in which `dir` lies. */
  readonly prepare: (dir: string, server: string) => void;
  readonly args: readonly string[];
  /** A command that ends with 0 where nothing is wrong afterwards. Default: `verify`. */
  readonly check?: readonly string[];
  /** What moves in transactions of their own, one after the other and before all other refs. */
  readonly inTurn?: readonly RegExp[];
}

function run(dir: string, ...args: string[]): void {
  const { code, stderr } = ckpt(args, { cwd: dir });
  if (code !== 0) throw new Error(`ckpt ${args.join(' ')}: ${stderr}`);
}

/** V1 of `ckpt sample`, in a repository with a work tree and the mirror turned on. */
function sample(dir: string): void {
  run(import.meta.dirname, 'sample', `${dir}-sample`);
  initRepository({ dir });
  git(dir, 'fetch', '-q', `${dir}-sample`, `${V1}:${V1}`);
  mkdirSync(join(dir, '.entire'));
  writeFileSync(join(dir, '.entire/settings.json'), JSON.stringify({ strategy_options: { checkpoints_v2: true } }));
}

/** The same with a V2 that is three commits behind. */
function behind(dir: string): void {
  sample(dir);
  const tip = git(dir, 'rev-parse', V1);
  git(dir, 'update-ref', V1, `${tip}~3`);
  run(dir, 'migrate', ...FOUR);
  git(dir, 'update-ref', V1, tip);
}

function whole(dir: string): void {
  sample(dir);
  run(dir, 'migrate', ...FOUR);
}

/** The same with git-refs that are behind as well. */
function bothBehind(dir: string): void {
  sample(dir);
  const tip = git(dir, 'rev-parse', V1);
  git(dir, 'update-ref', V1, `${tip}~3`);
  run(dir, 'migrate', ...FOUR);
  run(dir, 'migrate', '--to', 'refs');
  git(dir, 'update-ref', V1, tip);
  git(dir, 'config', '--add', 'ckpt.mirror', 'refs');
}

const DOCUMENT = '.git/checkpoint.json';

/** A V2 in step, and a checkpoint to be written, which fills a generation. */
function withDocument(dir: string): void {
  whole(dir);
  const document = { checkpoint_id: idOf('write'), session_id: 's', transcript: { text: '{}\n' }, prompts: ['Do it'] };
  writeFileSync(join(dir, DOCUMENT), JSON.stringify(document));
}

/** `sample` as another layout has it, without V1, of which nothing is left in the object store. */
function onlyIn(layout: 'v2' | 'refs') {
  return (dir: string) => {
    sample(dir);
    if (layout === 'v2') run(dir, 'migrate', ...FOUR);
    else run(dir, 'migrate', '--to', 'refs');
    git(dir, 'update-ref', '-d', V1);
    git(dir, 'reflog', 'expire', '--expire=now', '--all');
    git(dir, 'gc', '--quiet', '--prune=now');
  };
}

/** A checkpoint of `sample`. */
const LOST = '43c9979cbb23';

/** `sample` without a checkpoint that its history has. */
function withLoss(dir: string): void {
  sample(dir);
  const index = { GIT_INDEX_FILE: `${dir}/.git/loss-index` };
  gitBytes(dir, ['read-tree', V1], { env: index });
  gitBytes(dir, ['rm', '-r', '-q', '--cached', `${LOST.slice(0, 2)}/${LOST.slice(2)}`], { env: index });
  const tree = gitBytes(dir, ['write-tree'], { env: index }).toString().trim();
  git(dir, 'update-ref', V1, git(dir, 'commit-tree', '-m', 'Clean up', '-p', V1, tree));
}

/** The remote of a repository lies in it, so that each copy has its own; `server` serves the folder in which the repository lies. */
function addRemote(dir: string, server: string): string {
  const remote = remoteIn(dir);
  gitBytes(dir, ['clone', '-q', '--mirror', dir, remote]);
  git(remote, 'remote', 'remove', 'origin');
  git(dir, 'remote', 'add', 'origin', `${server}/${basename(dir)}/${REMOTE}`);
  return remote;
}

const REMOTE = 'remote.git';

/** Where the remote of a story lies, if it has one. */
export function remoteIn(dir: string): string {
  return join(dir, REMOTE);
}

/** A copy of a prepared repository, whose remote is the one in it. */
export function copyStory(dir: string, copy: string): void {
  cpSync(dir, copy, { recursive: true });
  const config = join(copy, '.git/config');
  const text = readFileSync(config, 'utf8');
  writeFileSync(config, text.replaceAll(`/${basename(dir)}/${REMOTE}`, `/${basename(copy)}/${REMOTE}`));
}

/** How refs are stored. */
export type RefForm = 'loose' | 'packed' | 'reftable';

/** Stores the refs of a prepared repository in another form. */
export function storeRefs(dir: string, form: RefForm): void {
  if (form === 'packed') git(dir, 'pack-refs', '--all');
  if (form !== 'reftable') return;
  removeDir(join(dir, '.git/logs')); // git 2.47 migrates no reflogs
  git(dir, 'refs', 'migrate', '--ref-format=reftable');
}

/** A clone that is behind its remote in one layout. */
function behindRemote(layout: LayoutName) {
  return (dir: string, server: string) => {
    behind(dir);
    const remote = addRemote(dir, server);
    if (layout === 'v1') git(dir, 'update-ref', V1, `${git(dir, 'rev-parse', V1)}~3`);
    if (layout === 'v2') run(dir, '-C', remote, 'migrate', ...FOUR);
    if (layout === 'refs') run(dir, '-C', remote, 'migrate', '--to', 'refs');
  };
}

/** A clone and a remote each of which has written to V1, V2 and a git-ref since. */
function parted(dir: string, server: string): void {
  behind(dir);
  run(dir, 'migrate', '--to', 'refs');
  const remote = addRemote(dir, server);
  run(dir, '-C', remote, 'migrate', ...FOUR);
  git(dir, 'update-ref', V1, `${git(dir, 'rev-parse', V1)}~3`);
  clientWrite(dir, { id: idOf('parted'), at: 1_770_000_000 });
  run(dir, 'migrate', ...FOUR);
}

/** A remote whose V1 was written anew since it was fetched from. */
function rewrittenThere(dir: string, server: string): void {
  whole(dir);
  const remote = addRemote(dir, server);
  run(dir, 'fetch', ...FOUR);
  git(remote, 'update-ref', V1, git(remote, 'commit-tree', '-m', 'Squashed', `${V1}^{tree}`));
}

/** A clone that has copies of branches that its remote has no more, and is behind it. */
function goneThere(dir: string, server: string): void {
  behind(dir);
  const remote = addRemote(dir, server);
  const gone = ['gone', 'gone-too'].map((name) => `${V1}-${name}`);
  for (const name of gone) git(remote, 'update-ref', name, V1);
  run(dir, 'fetch', '--no-merge');
  for (const name of gone) git(remote, 'update-ref', '-d', name);
  git(dir, 'update-ref', V1, `${git(dir, 'rev-parse', V1)}~3`);
  const tip = git(remote, 'commit-tree', '-m', 'Once more', '-p', V1, `${V1}^{tree}`);
  git(remote, 'update-ref', V1, tip);
}

/** A clone that is ahead of its remote in V1 and V2, or in git-refs, and has V2 as a fetch leaves it. */
function aheadOfRemote(layout: LayoutName) {
  return (dir: string, server: string) => {
    behind(dir);
    const tip = git(dir, 'rev-parse', V1);
    git(dir, 'update-ref', V1, `${tip}~3`);
    addRemote(dir, server);
    git(dir, 'update-ref', V1, tip);
    run(dir, 'fetch', ...FOUR);
    if (layout === 'refs') run(dir, 'migrate', '--to', 'refs');
  };
}

const PRUNE = ['prune', '--older-than', '1h', '--allow-loss'];

/** The pairs of layouts but V1 to V2, and what brings lost checkpoints back. */
export const PAIR_STORIES: Readonly<Record<string, Story>> = {
  'V1 to git-refs': pair(sample, 'v1', 'refs'),
  'git-refs to V1': pair(onlyIn('refs'), 'refs', 'v1'),
  'git-refs to V2': pair(onlyIn('refs'), 'refs', 'v2'),
  'V2 to V1': pair(onlyIn('v2'), 'v2', 'v1'),
  'V2 to git-refs': pair(onlyIn('v2'), 'v2', 'refs'),
  'restore lost': { prepare: withLoss, args: ['restore', LOST], check: ['list', '--quiet'] },
};

function pair(prepare: (dir: string) => void, from: string, to: string): Story {
  const which = ['--from', from, '--to', to];
  return { prepare, args: ['migrate', ...which], check: ['verify', '--quiet', ...which] };
}

/** What takes from a remote, or brings there: copies of the remote's refs (`refs/ckpt/remotes/`) git's fetch moves by itself, all others move at once. */
export const REMOTE_STORIES: Readonly<Record<string, Story>> = {
  'fetch of V1': { prepare: behindRemote('v1'), args: ['fetch', ...FOUR] },
  'fetch of V2': { prepare: behindRemote('v2'), args: ['fetch', ...FOUR] },
  'fetch of git-refs': { prepare: behindRemote('refs'), args: ['fetch', ...FOUR], check: ['list', '--quiet'] },
  'fetch of what has parted': { prepare: parted, args: ['fetch', ...FOUR], check: ['verify', '--quiet', '--to', 'v2'] },
  'fetch of what is gone': { prepare: goneThere, args: ['fetch', ...FOUR] },
  'fetch of a V1 that was rewritten': { prepare: rewrittenThere, args: ['fetch', ...FOUR] },
  'push of V1 and V2': { prepare: aheadOfRemote('v1'), args: ['push', ...FOUR] },
  'push of git-refs': { prepare: aheadOfRemote('refs'), args: ['push', '--layout', 'refs', ...FOUR] },
};

/** Every command that moves refs of layouts. */
export const STORIES: Readonly<Record<string, Story>> = {
  ...PAIR_STORIES,
  'first migration': { prepare: sample, args: ['migrate', ...FOUR] },
  'next migration': { prepare: behind, args: ['migrate', ...FOUR] },
  mirror: { prepare: behind, args: ['dual-write'] },
  'mirror of two layouts': {
    prepare: bothBehind,
    args: ['dual-write'],
    inTurn: [/^refs\/entire\/checkpoints\/v2\//],
  },
  write: { prepare: withDocument, args: ['dual-write', '--from', DOCUMENT], inTurn: [/^refs\/heads\//] },
  'write to all layouts': {
    prepare: (dir) => {
      withDocument(dir);
      run(dir, 'migrate', '--to', 'refs');
      git(dir, 'config', '--add', 'ckpt.mirror', 'refs');
    },
    args: ['dual-write', '--from', DOCUMENT],
    inTurn: [/^refs\/heads\//, /^refs\/entire\/checkpoints\/v2\//],
  },
  rebuild: { prepare: whole, args: ['migrate', '--rebuild', '--max-checkpoints', '3'] },
  rotate: { prepare: whole, args: ['rotate', '--force'] },
  prune: { prepare: whole, args: [...PRUNE, '--apply'] },
  restore: {
    prepare: (dir) => {
      whole(dir);
      run(dir, ...PRUNE, '--apply');
    },
    args: ['prune', '--restore', '1'],
  },
  repair: {
    prepare: (dir) => {
      whole(dir);
      const [archive] = Object.keys(refs(dir, FULL)).filter((name) => name !== CURRENT);
      git(dir, 'update-ref', '-d', archive as string);
      git(dir, 'update-ref', CURRENT, git(dir, 'commit-tree', '-m', 'Start generation', git(dir, 'mktree')));
    },
    args: ['repair', ...FOUR],
  },
  'repair of git-refs': {
    prepare: (dir) => {
      sample(dir);
      run(dir, 'migrate', '--to', 'refs');
      const [one = '', other = ''] = Object.keys(refs(dir, 'refs/entire/checkpoints/'));
      git(dir, 'update-ref', '-d', one);
      git(dir, 'update-ref', other, git(dir, 'commit-tree', '-m', 'Emptied', '-p', other, git(dir, 'mktree')));
    },
    args: ['repair', '--from', 'v1', '--to', 'refs'],
    check: ['verify', '--quiet', '--from', 'v1', '--to', 'refs'],
  },
};
