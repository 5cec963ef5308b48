import { describe, expect, test } from 'vitest';
import { type SetUpOptions, setUpFetch } from '../../src/remote/setup.ts';
import { clientWrite, idOf } from '../fixtures/entire-client.ts';
import { git, gitResult, refs } from '../fixtures/git.ts';
import { V1_REF } from '../fixtures/v1-builder.ts';
import { migrateIn, withRepository } from '../migrate/support.ts';
import { checkpointRefs, fetchIn, pushIn, settings, team } from './team.ts';

const setUpIn = (dir: string, options: SetUpOptions = {}) =>
  withRepository(dir, 'native', (repo) => setUpFetch(repo, options));
const config = (dir: string) => git(dir, 'config', '--local', '--list');
const TRACKED = 'refs/ckpt/remotes/origin/';

async function pushed() {
  const { clones } = team('ann', 'bob');
  const [ann, bob] = clones as [string, string];
  clientWrite(ann, { id: idOf('a1') });
  await migrateIn(ann, { maxCheckpoints: 3 });
  await pushIn(ann);
  return [ann, bob] as const;
}

describe('ckpt fetch --setup', () => {
  test('git fetch brings what ckpt fetch would, over no ref of the user; removed, the configuration is as it was', async () => {
    const [ann, bob] = await pushed();
    const before = config(bob);
    const planned = await setUpIn(bob, { dryRun: true });
    expect(planned).toMatchObject({ status: 'planned', refspecs: expect.arrayContaining([expect.any(String)]) });
    expect(config(bob)).toBe(before);
    expect(await setUpIn(bob)).toMatchObject({ status: 'set-up', refspecs: planned.refspecs });
    expect(await setUpIn(bob)).toMatchObject({ status: 'up-to-date', refspecs: [] });
    git(bob, 'fetch', '-q', 'origin');
    expect(checkpointRefs(bob)).toEqual({});
    expect(Object.values(refs(bob, TRACKED)).sort()).toEqual(Object.values(checkpointRefs(ann)).sort());
    // The same refs as ckpt fetch itself makes: it has nothing to fetch, and unites.
    expect(await fetchIn(bob)).toMatchObject({ fetched: [] });
    expect(refs(bob, V1_REF)).toEqual(refs(ann, V1_REF));
    expect(await setUpIn(bob, { removes: true })).toMatchObject({ status: 'removed', refspecs: planned.refspecs });
    expect(config(bob)).toBe(before);
    expect(await setUpIn(bob, { removes: true })).toMatchObject({ status: 'up-to-date' });
  });

  test('the metadata alone, and back to all: one takes the place of the other', async () => {
    const [, bob] = await pushed();
    await setUpIn(bob, { isMetadataOnly: true });
    git(bob, 'fetch', '-q', 'origin');
    const names = Object.keys(refs(bob, TRACKED));
    expect(names).toContain(`${TRACKED}checkpoints/v2/main`);
    expect(names.filter((name) => name.includes('full'))).toEqual([]);
    await setUpIn(bob);
    git(bob, 'fetch', '-q', 'origin');
    expect(Object.keys(refs(bob, TRACKED)).filter((name) => name.includes('full'))).not.toEqual([]);
  });

  test('what the user has written stays, also the same refspec', async () => {
    const [, bob] = await pushed();
    const { refspecs } = await setUpIn(bob, { dryRun: true });
    for (const one of refspecs) git(bob, 'config', '--add', 'remote.origin.fetch', one);
    const before = config(bob);
    expect(await setUpIn(bob)).toMatchObject({ status: 'up-to-date' });
    await setUpIn(bob, { removes: true });
    expect(config(bob)).toBe(before);
  });

  test('a remote without a name, and the engine without git', async () => {
    const [ann, bob] = await pushed();
    await expect(setUpIn(bob, { remote: ann })).rejects.toMatchObject({ code: 'NO_REMOTE' });
    settings(bob, { checkpoint_remote: { provider: 'github', repo: 'bob/x' } });
    git(bob, 'remote', 'set-url', 'origin', 'https://github.com/bob/code.git');
    await expect(setUpIn(bob)).rejects.toMatchObject({ code: 'NO_REMOTE' });
    const before = config(bob);
    await expect(
      withRepository(bob, 'isomorphic', (repo) => setUpFetch(repo, { remote: 'origin' })),
    ).rejects.toMatchObject({ name: 'EngineUnavailableError' });
    expect(config(bob)).toBe(before);
    expect(gitResult(bob, ['config', 'ckpt.setup']).status).toBe(1);
  });
});
