import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ckpt } from '../../commands/ckpt.ts';
import { git, initRepository, refs } from '../../fixtures/git.ts';

const V1 = 'refs/heads/entire/checkpoints/v1';
const CURRENT = 'refs/entire/checkpoints/v2/full/current';
const FOUR = ['--max-checkpoints', '4'];

/** A repository that a command is about to write to, and that command. */
export interface Story {
  readonly prepare: (dir: string) => void;
  readonly args: readonly string[];
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

const PRUNE = ['prune', '--older-than', '1h', '--allow-loss'];

/** Every command that moves refs of V2. */
export const STORIES: Readonly<Record<string, Story>> = {
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
      const [archive = ''] = Object.keys(refs(dir, 'refs/entire/checkpoints/v2/full/0'));
      git(dir, 'update-ref', '-d', archive);
      git(dir, 'update-ref', CURRENT, git(dir, 'commit-tree', '-m', 'Start generation', git(dir, 'mktree')));
    },
    args: ['repair', ...FOUR],
  },
};
