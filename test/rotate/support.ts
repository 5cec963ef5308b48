import type { EngineName } from '../../src/git/repository.ts';
import { type RotateOptions, rotate } from '../../src/rotate/rotate.ts';
import type { RotateResult } from '../../src/rotate/rotate-result.ts';
import { git, gitBytes } from '../fixtures/git.ts';
import { V2_MANIFEST } from '../fixtures/reference.ts';
import { withRepository } from '../migrate/support.ts';
import { editJson } from '../verify/damage.ts';

/** Rotates in the repository in `dir`, by default with the native engine. */
export function rotateIn(
  dir: string,
  { engine = 'native', ...options }: RotateOptions & { engine?: EngineName } = {},
): Promise<RotateResult> {
  return withRepository(dir, engine, (repo) => rotate(repo, options));
}

// biome-ignore lint/suspicious/noExplicitAny: JSON as the manifest has it
type Entry = any;

/** What the manifest tells, by the names of its files. */
export function manifestOf(dir: string): Record<string, Entry> {
  const names = git(dir, 'ls-tree', '--name-only', V2_MANIFEST).split('\n');
  return Object.fromEntries(
    names.map((name) => [name, JSON.parse(gitBytes(dir, ['cat-file', 'blob', `${V2_MANIFEST}:${name}`]).toString())]),
  );
}

/** Removes an archive as a prune does: the manifest tells that it was on purpose. */
export function pruneByHand(dir: string, number: number): void {
  const name = String(number).padStart(13, '0');
  editJson(dir, V2_MANIFEST, `${name}.json`, (value) => {
    value.pruned = true;
  });
  git(dir, 'update-ref', '-d', `refs/entire/checkpoints/v2/full/${name}`);
}
