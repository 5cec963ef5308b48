import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { EngineName } from '../../../src/git/repository.ts';
import type { LayoutName } from '../../../src/layout/layout.ts';
import { verify } from '../../../src/verify/verify.ts';
import { CHECKPOINT_IDS, type History, histories, materialize } from '../../fixtures/arbitraries.ts';
import { git, refs, removeDir } from '../../fixtures/git.ts';
import { V2_MAIN } from '../../fixtures/reference.ts';
import { refsReference } from '../../fixtures/refs-reference.ts';
import { BOTH_ENGINES } from '../../fixtures/scale.ts';
import { shardPath, V1_REF } from '../../fixtures/v1-builder.ts';
import { bring, emptyRepository, filesOf, forget, migratePair, refsOfLayout, textOf, using } from './sources.ts';

/** What a law is tried on. */
export interface Story {
  readonly history: History;
  /** Every second ID is a ULID. */
  readonly isMixed: boolean;
  readonly engine: EngineName;
  /** Where along V1's first-parent chain the source is migrated before it has grown to its end. */
  readonly cuts: readonly number[];
  /** The source was written by a program that names no V1 commit. */
  readonly isNative: boolean;
}

export const PAIRS = [
  ['v1', 'v2'],
  ['v1', 'refs'],
  ['v2', 'v1'],
  ['v2', 'refs'],
  ['refs', 'v1'],
  ['refs', 'v2'],
] as const satisfies ReadonlyArray<readonly [LayoutName, LayoutName]>;

/** Half of them ULIDs, some of these in the shards of others. */
const MIXED_IDS = CHECKPOINT_IDS.map((id, i) =>
  i % 2 === 0 ? `0${id.slice(1, 2).toUpperCase()}${id.toUpperCase().padEnd(24, '7')}` : id,
);

/** Sources with deletions, merges, sessions in any order, absent blobs, odd metadata and files that no layout knows. */
export const stories: fc.Arbitrary<Story> = fc.record({
  history: histories({ deletions: true, maxOperations: 30 }),
  isMixed: fc.boolean(),
  engine: fc.constantFrom(...BOTH_ENGINES),
  cuts: fc.array(fc.nat(), { maxLength: 2 }),
  isNative: fc.boolean(),
});

/** A source in a repository of its own. */
interface Source {
  readonly dir: string;
  /** The repository that has V1, from which it was made. */
  readonly origin: string;
  /** V1's first-parent chain. */
  readonly chain: readonly string[];
}

/** Makes V1 and, for another layout, a repository that has nothing but that. */
async function sourceOf(temp: string, story: Story, layout: LayoutName): Promise<Source> {
  const origin = join(temp, 'origin');
  const { chain } = materialize(story.history, origin, story.isMixed ? MIXED_IDS : undefined);
  if (layout === 'v1') return { dir: origin, origin, chain };
  const dir = emptyRepository(temp, 'source');
  await grow({ dir, origin, chain }, story, layout, chain.length - 1);
  return { dir, origin, chain };
}

/** Has a source hold what V1 had at a place of its chain. */
async function grow({ dir, origin, chain }: Source, story: Story, layout: LayoutName, at: number): Promise<void> {
  git(origin, 'update-ref', V1_REF, chain[at] as string);
  if (layout === 'v1') return;
  await migratePair(origin, 'v1', layout, story.engine);
  bring(origin, dir, layout, story.isNative);
}

/** The target holds what the source has: no finding but notes. */
async function assertClean(dir: string, from: LayoutName, to: LayoutName, engine: EngineName): Promise<void> {
  const report = await using(dir, engine, (repo) => verify(repo, { from, to, maxCheckpoints: 3 }));
  const found = report.findings
    .filter(({ severity }) => severity !== 'note')
    .map(({ code, message }) => `${code}: ${message}`);
  assert.deepEqual(found, [], `verify --from ${from} --to ${to}`);
}

async function assertNothingToDo(dir: string, from: LayoutName, to: LayoutName, engine: EngineName): Promise<void> {
  const before = refs(dir);
  const again = await migratePair(dir, from, to, engine);
  assert.deepEqual(again.refs, [], `${from} to ${to} again`);
  // A source without a checkpoint may be called none.
  assert.match(again.status, /^(?:up-to-date|no-source|no-v1)$/, `${from} to ${to} again`);
  assert.deepEqual(refs(dir), before);
}

/** There: both engines give the same ids, verify finds nothing, and there again moves nothing. */
export async function thereAndAgain(temp: string, story: Story, from: LayoutName, to: LayoutName): Promise<void> {
  const { dir } = await sourceOf(temp, story, from);
  if (Object.keys(refsOfLayout(dir, from)).length === 0) return;
  const results = [];
  for (const engine of BOTH_ENGINES) {
    const copy = join(temp, `copy-${engine}`);
    cpSync(dir, copy, { recursive: true });
    await migratePair(copy, from, to, engine);
    results.push(refsOfLayout(copy, to));
    assert.deepEqual(refsOfLayout(copy, from), refsOfLayout(dir, from), 'the source was moved');
    await assertClean(copy, from, to, engine);
    await assertNothingToDo(copy, from, to, engine);
    removeDir(copy);
  }
  for (const result of results) assert.deepEqual(result, results[0], 'the engines differ');
}

/** A source that grows between runs gives what it gives when it is migrated once. */
export async function nowAndThen(temp: string, story: Story, from: LayoutName, to: LayoutName): Promise<void> {
  const source = await sourceOf(temp, story, from);
  const { dir, chain } = source;
  if (Object.keys(refsOfLayout(dir, from)).length === 0) return;
  const once = join(temp, 'once');
  cpSync(dir, once, { recursive: true });
  await migratePair(once, from, to, story.engine);
  const cuts = story.cuts.map((cut) => cut % chain.length).sort((a, b) => a - b);
  for (const at of [...cuts, chain.length - 1]) {
    await grow(source, story, from, at);
    await migratePair(dir, from, to, story.engine);
    await assertClean(dir, from, to, story.engine);
  }
  await assertNothingToDo(dir, from, to, story.engine);
  assert.deepEqual(plainOf(dir, to), { ...plainOf(dir, to), ...plainOf(once, to) }, 'not what one run gives');
}

/** The files of each checkpoint by their places, the summary left out, which has the source's form. */
function plainOf(dir: string, layout: LayoutName): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [ref, id] of Object.entries(refsOfLayout(dir, layout))) {
    if (/\/v2\/(?:generations|main)$|v1-rest$/.test(ref)) continue;
    for (const [path, entry] of filesOf(dir, id)) {
      const place = layout === 'refs' ? `${ref} ${path}` : path;
      if (!/^(?:..\/[^/]+\/)?metadata\.json$|generation\.json$/.test(path)) found[place] = entry;
    }
  }
  return found;
}

/** There and back, where the origin is still in the object store: the ids of before. */
export async function thereAndBack(temp: string, story: Story): Promise<void> {
  const { dir, chain } = await sourceOf(temp, story, 'v1');
  for (const layout of ['refs', 'v2'] as const) await migratePair(dir, 'v1', layout, story.engine);
  const first = refs(dir);
  for (const [from, to] of PAIRS) {
    if (from === 'v1') continue;
    const other = to === 'v1' ? undefined : ('v1' as const);
    for (const layout of [to, other]) if (layout !== undefined) forget(dir, layout);
    await migratePair(dir, from, to, story.engine);
    if (other !== undefined) git(dir, 'update-ref', V1_REF, chain.at(-1) as string);
    assert.deepEqual(refs(dir), first, `${from} to ${to}`);
  }
}

/**
 * Back where the origin is gone: every file of V1, byte for byte but for summaries; of a summary no byte but the members that the layout has
 * not: there again gives the same summary.
 */
export async function backWithoutOrigin(temp: string, story: Story, from: 'refs' | 'v2'): Promise<void> {
  const { dir, origin } = await sourceOf(temp, { ...story, isNative: false }, from);
  await migratePair(dir, from, 'v1', story.engine);
  const hasV1 = Object.keys(refsOfLayout(dir, 'v1')).length > 0;
  const [expected, found] = [filesOf(origin, V1_REF), hasV1 ? filesOf(dir, V1_REF) : new Map<string, string>()];
  if (!hasV1)
    return assert.deepEqual(
      [...expected.keys()].filter((path) => /^..\/[^/]{10,}\//.test(path)),
      [],
    );
  assert.deepEqual([...found.keys()].sort(), [...expected.keys()].sort());
  const told = (repo: string) => git(repo, 'log', '--format=%at %ct %an %s', V1_REF).split('\n');
  const before = new Set(told(origin));
  if (hasV1)
    assert.deepEqual(
      told(dir).filter((line) => !before.has(line) && !/ that V2 has in a generation alone$/.test(line)),
      [],
      'authors, dates and subjects',
    );
  for (const [path, entry] of expected) {
    const back = found.get(path) as string;
    if (entry === back) continue;
    assert.match(path, /^..\/[^/]+\/metadata\.json$/);
    const id = path.split('/').slice(0, 2).join('');
    const [was, is] = [textOf(origin, entry), textOf(dir, back)];
    assert.ok(was !== undefined && is !== undefined, path);
    const cut = (text: string) => text.replaceAll(`"/${shardPath(id)}/`, '"/');
    if (from === 'refs') {
      const [shard, ref] = [id.slice(-2), refsOfLayout(dir, 'refs')];
      const there = filesOf(dir, ref[`refs/entire/checkpoints/${shard}/${id}`] as string).get(
        'metadata.json',
      ) as string;
      assert.equal(cut(is), textOf(dir, there), path);
    }
  }
  if (from === 'refs') assert.deepEqual(refsReference(dir).trees, refsReference(origin).trees);
  for (const layout of ['v2', 'refs'] as const) {
    forget(dir, layout);
    await migratePair(dir, 'v1', layout, story.engine);
    await assertClean(dir, 'v1', layout, story.engine);
  }
  const main = (repo: string) => filesOf(repo, V2_MAIN);
  await migratePair(origin, 'v1', 'v2', story.engine);
  if (from === 'v2') assert.deepEqual(main(dir), main(origin));
}
