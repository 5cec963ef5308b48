import { join } from 'node:path';
import { openRepository } from '../../../src/git/open.ts';
import type { EngineName, Repository } from '../../../src/git/repository.ts';
import type { LayoutName } from '../../../src/layout/layout.ts';
import type { LayoutMigration } from '../../../src/migrate/between/layout-migration.ts';
import { migrateBetween } from '../../../src/migrate/between/migrate-between.ts';
import { migrate, migrateThroughBranch } from '../../../src/migrate/migrate.ts';
import { cleanEnvironment, git, gitBytes, refs } from '../../fixtures/git.ts';
import { objectId, storeObjects } from '../../fixtures/objects.ts';
import { V1_REST } from '../../fixtures/refs-reference.ts';
import { tempDir } from '../../fixtures/temp.ts';
import { V1_REF, V1Builder } from '../../fixtures/v1-builder.ts';

/** A migration's result as far as every pair has it. */
export type Migrated = Pick<LayoutMigration, 'refs'> & { readonly status: string };

/** Opens a repository for one call. */
export async function using<T>(dir: string, engine: EngineName, use: (repo: Repository) => Promise<T>): Promise<T> {
  const repo = await openRepository({ dir, engine, env: cleanEnvironment() });
  try {
    return await use(repo);
  } finally {
    await repo.close();
  }
}

/** `ckpt migrate --from … --to …`, in this process. */
export function migratePair(dir: string, from: LayoutName, to: LayoutName, engine: EngineName): Promise<Migrated> {
  return using(dir, engine, async (repo) => {
    if (to !== 'v2') return migrateBetween(repo, { from, to });
    if (from === 'v1') return migrate(repo, { maxCheckpoints: 3 });
    return (await migrateThroughBranch(repo, { from, to }, { maxCheckpoints: 3 })) ?? { status: 'no-source', refs: [] };
  });
}

/** A new repository that has these checkpoints in git-refs, without the V1 that they came from. */
export async function gitRefsOf(ids: readonly string[]): Promise<string> {
  const dir = join(tempDir(), 'repo');
  const v1 = new V1Builder();
  for (const id of ids) v1.checkpoint(id);
  v1.write(dir);
  await migratePair(dir, 'v1', 'refs', 'native');
  for (const ref of [V1_REF, V1_REST]) git(dir, 'update-ref', '-d', ref);
  return dir;
}

/** The refs of a layout. */
export function refsOfLayout(dir: string, layout: LayoutName): Record<string, string> {
  if (layout === 'v1') return refs(dir, V1_REF);
  if (layout === 'v2') return refs(dir, 'refs/entire/checkpoints/v2/');
  const all = { ...refs(dir, V1_REST), ...refs(dir, 'refs/entire/checkpoints/') };
  return Object.fromEntries(Object.entries(all).filter(([name]) => !/^refs\/entire\/checkpoints\/v\d/.test(name)));
}

/** Takes a layout away; what it was made of stays in the object store. */
export function forget(dir: string, layout: LayoutName): void {
  const lines = Object.keys(refsOfLayout(dir, layout)).map((name) => `delete ${name}\n`);
  gitBytes(dir, ['update-ref', '--stdin'], { input: lines.join('') });
}

/** Every object that these commits reach, but for those that are absent, with its type and content. */
function reachable(dir: string, tips: readonly string[]): Array<{ id: string; type: string; content: Buffer }> {
  const listed = git(dir, 'rev-list', '--objects', '--missing=allow-any', '--reverse', '--topo-order', ...tips);
  const ids = listed.split('\n').flatMap((line) => line.slice(0, 40) || []);
  const output = gitBytes(dir, ['cat-file', '--batch'], { input: ids.map((id) => `${id}\n`).join('') });
  const objects: Array<{ id: string; type: string; content: Buffer }> = [];
  for (let at = 0; at < output.length; ) {
    const end = output.indexOf(10, at);
    const [id = '', type = '', size = '0'] = output.toString('latin1', at, end).split(' ');
    at = end + 1;
    if (type === 'missing') continue;
    objects.push({ id, type, content: output.subarray(at, at + Number(size)) });
    at += Number(size) + 1;
  }
  return objects;
}

const PROJECTED = /\n+Ckpt-V1-Commit: [0-9a-f]{40}\n*$/;

/**
 * Brings a layout of one repository to another one that has nothing else of it, as a fetch of its refs does. `isNative`: as a program
 * wrote it that knows nothing of V1: no commit names one, and nothing is kept beside the checkpoints.
 */
export function bring(from: string, to: string, layout: LayoutName, isNative: boolean): void {
  const all = Object.entries(refsOfLayout(from, layout)).filter(([name]) => !isNative || name !== V1_REST);
  const images = new Map<string, string>();
  const objects = reachable(
    from,
    all.map(([, id]) => id),
  ).map(({ id, type, content }) => {
    if (type !== 'commit' || !isNative) return { type: type as 'blob', content };
    const [head = '', ...message] = content.toString('latin1').split('\n\n');
    const parents = head.replace(/^parent (.*)$/gm, (_, parent: string) => `parent ${images.get(parent) ?? parent}`);
    const own = Buffer.from(`${parents}\n\n${message.join('\n\n').replace(PROJECTED, '\n')}`, 'latin1');
    images.set(id, objectId('commit', own));
    return { type: 'commit' as const, content: own };
  });
  storeObjects(to, objects);
  const gone = Object.keys(refsOfLayout(to, layout)).filter((name) => !all.some(([one]) => one === name));
  const lines = [
    ...gone.map((name) => `delete ${name}\n`),
    ...all.map(([name, id]) => `update ${name} ${images.get(id) ?? id}\n`),
  ];
  gitBytes(to, ['update-ref', '--stdin'], { input: lines.join('') });
}

/** Mode, type and id of each file of a tree, by its path (latin1). */
export function filesOf(dir: string, tree: string): Map<string, string> {
  const lines = gitBytes(dir, ['ls-tree', '-r', '-z', '--full-tree', tree]).toString('latin1').split('\0');
  return new Map(
    lines.filter(Boolean).map((line) => [line.slice(line.indexOf('\t') + 1), line.slice(0, line.indexOf('\t'))]),
  );
}

/** The blob at a path as latin1 text; `undefined` where it is absent. */
export function textOf(dir: string, entry: string): string | undefined {
  const output = gitBytes(dir, ['cat-file', '--batch'], { input: `${entry.split(' ')[2]}\n` }).toString('latin1');
  const end = output.indexOf('\n');
  return output.slice(0, end).endsWith(' missing') ? undefined : output.slice(end + 1, -1);
}

/** A new bare repository. */
export function emptyRepository(parent: string, name: string): string {
  const dir = join(parent, name);
  gitBytes(parent, ['init', '-q', '--bare', '--template=', dir]);
  return dir;
}
