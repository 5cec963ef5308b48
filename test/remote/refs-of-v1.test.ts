import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EngineName } from '../../src/git/repository.ts';
import { migrateBetween } from '../../src/migrate/between/migrate-between.ts';
import { verify } from '../../src/verify/verify.ts';
import { clientWrite, idOf } from '../fixtures/entire-client.ts';
import { git, refs } from '../fixtures/git.ts';
import { type GitHttp, serveGit } from '../fixtures/git-http.ts';
import { IS_LONG } from '../fixtures/scale.ts';
import { V1_REF } from '../fixtures/v1-builder.ts';
import { ENGINES, withRepository } from '../migrate/support.ts';
import { checkpointRefs, fetchIn, pushIn, settings, team } from './team.ts';

const REST = 'refs/ckpt/v1-rest';
const [a1, a2, a3, b1] = ['a1', 'a2', 'a3', 'b1'].map(idOf) as [string, string, string, string];
const refOf = (id: string) => `refs/entire/checkpoints/${id.slice(-2)}/${id}`;
const toRefs = (dir: string) =>
  withRepository(dir, 'native', (repo) => migrateBetween(repo, { from: 'v1', to: 'refs' }));
const state = (dir: string) => ({ ...checkpointRefs(dir), ...refs(dir, REST) });
let server: GitHttp;
let remote: string;
let clones: string[];
let ann: string;
let bob: string;
let cat: string;

/** Three clones with V1, of which one has made git-refs, and pushed them. */
beforeEach(async () => {
  ({ remote, clones } = team('ann', 'bob', 'cat'));
  [ann = '', bob = '', cat = ''] = clones;
  server = await serveGit(dirname(remote), () => false);
  for (const clone of clones) {
    settings(clone, {});
    git(clone, 'remote', 'set-url', 'origin', `${server.urlWithPassword}/remote.git`);
  }
  for (const id of [a1, a2]) clientWrite(ann, { id });
  await pushIn(ann);
  await fetchIn(bob);
  await toRefs(ann);
  await pushIn(ann);
});
afterEach(() => server.close());

async function errorsIn(dir: string, engine: EngineName = 'native', env = {}): Promise<string[]> {
  const { findings } = await withRepository(dir, engine, (repo) => verify(repo, { env }));
  return findings.filter(({ severity }) => severity === 'error').map(({ code }) => code);
}

describe('git-refs that somebody made of V1', () => {
  test.each(ENGINES)('agree with it after a fetch, in every clone: %s', async (engine) => {
    for (const clone of [bob, cat]) {
      await fetchIn(clone, {}, engine);
      expect(await errorsIn(clone, engine)).toEqual([]);
      expect(state(clone)).toEqual(state(ann));
      expect(await fetchIn(clone, {}, engine)).toMatchObject({ status: 'up-to-date', united: [], warnings: [] });
    }
    expect(refs(remote, REST)).toEqual({});
  });

  test.each(ENGINES)('are brought up to a V1 that goes on: %s', async (engine) => {
    await fetchIn(bob, {}, engine);
    clientWrite(ann, { id: a3 });
    clientWrite(ann, { id: a1, finalize: true });
    git(ann, 'push', '-q', remote, V1_REF);
    const { united } = await fetchIn(bob, {}, engine);
    const changes = Object.fromEntries(united.map(({ ref, change }) => [ref, change]));
    expect(changes).toEqual({ [V1_REF]: 'forwarded', [refOf(a1)]: 'projected', [refOf(a3)]: 'projected' });
    expect(await errorsIn(bob, engine)).toEqual([]);
    await fetchIn(cat, {}, engine);
    expect(await errorsIn(cat, engine)).toEqual([]);
    expect(state(cat)).toEqual(state(bob));
    const planned = await pushIn(ann, { dryRun: true }, engine);
    const { refs: sent, objectCount } = await pushIn(ann, {}, engine);
    expect(planned.refs.map((one) => one.new)).toEqual(sent.map((one) => one.new));
    expect(planned.objectCount).toBe(objectCount);
    expect(checkpointRefs(remote)).toEqual(checkpointRefs(bob));
    expect(state(ann)).toEqual(state(bob));
  });

  test('are brought up by a push, but not by one of another layout', async () => {
    clientWrite(ann, { id: a3 });
    await pushIn(ann, { layouts: ['v1'] });
    expect(Object.keys(checkpointRefs(ann))).not.toContain(refOf(a3));
    await pushIn(ann, { layouts: ['refs'] });
    expect(checkpointRefs(remote)).toEqual(checkpointRefs(ann));
    expect(Object.keys(checkpointRefs(remote))).toContain(refOf(a3));
  });

  test.runIf(IS_LONG)('agree with a V1 that two have written to', async () => {
    await fetchIn(bob);
    clientWrite(ann, { id: a1, session: 'of-ann', number: 1 });
    clientWrite(bob, { id: a1, session: 'of-bob', number: 1, at: 1_750_000_100 });
    clientWrite(bob, { id: b1, author: 'Bob' });
    await toRefs(bob);
    await pushIn(ann);
    await pushIn(bob);
    for (const clone of [ann, bob, cat]) {
      await fetchIn(clone);
      expect(await errorsIn(clone)).toEqual([]);
    }
    await pushIn(ann);
    await fetchIn(bob);
    expect(checkpointRefs(bob)).toEqual(checkpointRefs(ann));
    expect(checkpointRefs(remote)).toEqual(checkpointRefs(ann));
  });

  test('agree with a V1 that was rewritten with them', async () => {
    await fetchIn(bob);
    rewriteV1(ann);
    await toRefs(ann);
    git(ann, 'push', '-q', '--force', remote, V1_REF, 'refs/entire/checkpoints/*:refs/entire/checkpoints/*');
    for (const clone of [bob, cat]) {
      await fetchIn(clone);
      expect(await errorsIn(clone)).toEqual([]);
      expect(state(clone)).toEqual(state(ann));
    }
  });
});

/** Another V1 with the same checkpoints. */
function rewriteV1(dir: string): void {
  const [at, first] = [`${V1_REF}^{tree}`, git(dir, 'rev-list', '--max-parents=0', V1_REF)];
  const parent = git(dir, 'commit-tree', '-m', 'Rewritten', `${first}^{tree}`);
  git(dir, 'update-ref', V1_REF, git(dir, 'commit-tree', '-m', `Checkpoint: ${a2}`, '-p', parent, at));
}

describe('git-refs are left alone', () => {
  test.runIf(IS_LONG)('where they were made of another V1, which is said', async () => {
    await fetchIn(bob);
    const before = checkpointRefs(bob)[refOf(a1)];
    rewriteV1(ann);
    git(ann, 'push', '-q', '--force', remote, V1_REF);
    const { warnings } = await fetchIn(bob);
    expect(warnings.join()).toContain('2 git-refs were made of another V1 than the one that is here');
    expect(checkpointRefs(bob)[refOf(a1)]).toBe(before);
    await toRefs(bob);
    expect(await errorsIn(bob)).toEqual([]);
  });

  test.each([
    ['settings', {}, { checkpoints: { primary: { type: 'git-refs' } } }],
    ['environment', { ENTIRE_CHECKPOINTS_PRIMARY: 'git-refs' }, {}],
  ])('where they are primary by the %s', async (_, env, written) => {
    clientWrite(ann, { id: a3 });
    git(ann, 'push', '-q', remote, V1_REF);
    settings(bob, written);
    await fetchIn(bob, { env });
    await pushIn(bob, { env });
    expect(Object.keys(state(bob)).sort()).toEqual([V1_REF, ...[a1, a2].map(refOf)].sort());
  });

  test.runIf(IS_LONG)('where all of them were written by something else', async () => {
    for (const id of [a1, a2]) {
      const tree = git(ann, 'rev-parse', `${refOf(id)}^{tree}`);
      git(ann, 'update-ref', refOf(id), git(ann, 'commit-tree', '-m', `Checkpoint: ${id}`, tree));
    }
    git(ann, 'push', '-q', '--force', remote, 'refs/entire/checkpoints/*:refs/entire/checkpoints/*');
    clientWrite(ann, { id: a3 });
    git(ann, 'push', '-q', remote, V1_REF);
    await fetchIn(cat);
    expect(Object.keys(state(cat)).sort()).toEqual([V1_REF, ...[a1, a2].map(refOf)].sort());
  });

  test.runIf(IS_LONG)('where the history of V1 is not all here, which is said', async () => {
    git(bob, 'fetch', '-q', '--depth=1', `file://${remote}`, `+${V1_REF}:${V1_REF}`);
    git(bob, 'update-ref', 'refs/ckpt/remotes/origin/heads/v1', V1_REF);
    const { status, warnings } = await fetchIn(bob);
    expect(status).toBe('fetched');
    expect(warnings.join()).toMatch(/git-refs were not brought up to V1: .*shallow/);
  });
});
