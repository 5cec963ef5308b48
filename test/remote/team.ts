import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineName } from '../../src/git/repository.ts';
import { fetchCheckpoints, type RemoteFetchOptions } from '../../src/remote/fetch.ts';
import { pushCheckpoints, type RemotePushOptions } from '../../src/remote/push.ts';
import type { FetchResult, PushResult } from '../../src/remote/result.ts';
import { readSettings } from '../../src/stores/settings.ts';
import { clientWrite, idOf } from '../fixtures/entire-client.ts';
import { git, initRepository, refs } from '../fixtures/git.ts';
import { tempDir } from '../fixtures/temp.ts';
import { migrateIn, withRepository } from '../migrate/support.ts';

/** Some clones of one remote, with V2 turned on. */
export function team(...names: string[]): { remote: string; clones: string[] } {
  const dir = tempDir();
  const remote = initRepository({ dir: join(dir, 'remote.git'), bare: true });
  const clones = names.map((name) => {
    const clone = initRepository({ dir: join(dir, name) });
    git(clone, 'remote', 'add', 'origin', '../remote.git');
    settings(clone, { strategy_options: { checkpoints_v2: true } });
    return clone;
  });
  return { remote, clones };
}

/** Writes four checkpoints in a clone, one archive of three and what is in full/current, and brings them to another by way of the remote. */
export async function shareArchive(from: string, to: string): Promise<void> {
  for (const word of ['a1', 'a2', 'a3', 'a4']) clientWrite(from, { id: idOf(word) });
  await migrateIn(from, { maxCheckpoints: 3 });
  await pushIn(from);
  await fetchIn(to);
}

/** Writes the settings of a clone. */
export function settings(dir: string, value: object): void {
  mkdirSync(join(dir, '.entire'), { recursive: true });
  writeFileSync(join(dir, '.entire/settings.json'), JSON.stringify(value));
}

/** `ckpt fetch` in a clone. */
export function fetchIn(
  dir: string,
  options: Partial<RemoteFetchOptions> = {},
  engine: EngineName = 'native',
): Promise<FetchResult> {
  return withRepository(dir, engine, async (repo) =>
    fetchCheckpoints(repo, { settings: await readSettings(repo), askedMaxCheckpoints: 3, ...options }),
  );
}

/** `ckpt push` in a clone. */
export function pushIn(
  dir: string,
  options: Partial<RemotePushOptions> = {},
  engine: EngineName = 'native',
): Promise<PushResult> {
  return withRepository(dir, engine, async (repo) =>
    pushCheckpoints(repo, {
      settings: await readSettings(repo),
      askedMaxCheckpoints: 3,
      maxBlob: 100 << 20,
      ...options,
    }),
  );
}

/** The refs of all layouts. */
export function checkpointRefs(dir: string): Record<string, string> {
  return refs(dir, 'refs/heads/entire/', 'refs/entire/');
}
