import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ckpt } from '../../commands/ckpt.ts';
import { git, gitBytes, initRepository, refs } from '../../fixtures/git.ts';

const V1 = 'refs/heads/entire/checkpoints/v1';
const FULL = 'refs/entire/checkpoints/v2/full';
const CURRENT = `${FULL}/current`;
const FOUR = ['--max-checkpoints', '4'];

/** A repository that a command is about to write to, and that command. */
export interface Story {
  readonly prepare: (dir: string) => void;
  readonly args: readonly string[];
  /** A command that ends with 0 where nothing is wrong afterwards. Default: `verify`. */
  readonly check?: readonly string[];
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

function pair(prepare: Story['prepare'], from: string, to: string): Story {
  const which = ['--from', from, '--to', to];
  return { prepare, args: ['migrate', ...which], check: ['verify', '--quiet', ...which] };
}

/** Every command that moves refs of layouts. */
export const STORIES: Readonly<Record<string, Story>> = {
  ...PAIR_STORIES,
  'first migration': { prepare: sample, args: ['migrate', ...FOUR] },
  'next migration': { prepare: behind, args: ['migrate', ...FOUR] },
  mirror: { prepare: behind, args: ['dual-write'] },
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
};
