import { git, gitBytes } from '../fixtures/git.ts';

export const V1 = 'refs/heads/entire/checkpoints/v1';

/** Stores a tree, of lines as `git ls-tree` prints them; its id. */
export function mktree(dir: string, lines: readonly string[]): string {
  return text(gitBytes(dir, ['mktree'], { input: Buffer.from(lines.map((line) => `${line}\n`).join('')) }));
}

/** Stores a small blob; its id. */
export function smallBlob(dir: string, content = 'x'): string {
  return text(gitBytes(dir, ['hash-object', '-w', '--stdin'], { input: Buffer.from(content) }));
}

/** Puts a tree at a path of a ref's tip (of V1's), as a commit on top of it. */
export function plant(dir: string, path: string, planted: string, ref = V1): void {
  git(dir, 'update-ref', ref, git(dir, 'commit-tree', '-m', 'Planted', '-p', ref, planting(dir, path, planted, ref)));
}

/** As `plant`, but in place of the tip, with what else its commit says. */
export function replant(dir: string, path: string, planted: string, ref: string): void {
  const commit = git(dir, 'cat-file', 'commit', ref).replace(/^tree .*/, `tree ${planting(dir, path, planted, ref)}`);
  const id = gitBytes(dir, ['hash-object', '-w', '-t', 'commit', '--stdin'], { input: Buffer.from(`${commit}\n`) });
  git(dir, 'update-ref', ref, text(id));
}

/** A ref's tree with a tree planted in it. */
function planting(dir: string, path: string, planted: string, ref: string): string {
  const names = path.split('/');
  let tree = planted;
  for (let depth = names.length - 1; depth >= 0; depth--) {
    const above = git(dir, 'ls-tree', `${ref}:${names.slice(0, depth).join('/')}`).split('\n');
    const others = above.filter((line) => line !== '' && !line.endsWith(`\t${names[depth]}`));
    tree = mktree(dir, [...others, `040000 tree ${tree}\t${names[depth]}`]);
  }
  return tree;
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
