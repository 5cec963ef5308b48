import { git, gitBytes } from '../fixtures/git.ts';

export const V1 = 'refs/heads/entire/checkpoints/v1';

/** Stores a tree, of lines as `git ls-tree` prints them; its id. */
export function mktree(dir: string, lines: readonly string[]): string {
  return text(gitBytes(dir, ['mktree'], { input: Buffer.from(lines.map((line) => `${line}\n`).join('')) }));
}

/** Stores a small blob; its id. */
export function smallBlob(dir: string): string {
  return text(gitBytes(dir, ['hash-object', '-w', '--stdin'], { input: Buffer.from('x') }));
}

/** Puts a tree at a path of V1's tip, as a commit on top of it. */
export function plant(dir: string, path: string, planted: string): void {
  const names = path.split('/');
  let tree = planted;
  for (let depth = names.length - 1; depth >= 0; depth--) {
    const above = git(dir, 'ls-tree', `${V1}:${names.slice(0, depth).join('/')}`).split('\n');
    const others = above.filter((line) => line !== '' && !line.endsWith(`\t${names[depth]}`));
    tree = mktree(dir, [...others, `040000 tree ${tree}\t${names[depth]}`]);
  }
  git(dir, 'update-ref', V1, git(dir, 'commit-tree', '-m', 'Planted', '-p', V1, tree));
}

/** A tree that leads to 10^10 paths, of ten objects and what `lines` of the lowest one name; its id. */
export function selfSimilarTree(dir: string, lines: readonly string[]): string {
  let tree = mktree(dir, lines);
  for (let level = 0; level < 10; level++)
    tree = mktree(
      dir,
      [...'abcdefghij'].map((name) => `040000 tree ${tree}\t${name}`),
    );
  return tree;
}

function text(bytes: Buffer): string {
  return bytes.toString().trim();
}
