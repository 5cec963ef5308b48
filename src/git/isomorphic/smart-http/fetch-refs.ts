import { GitError } from '../../errors.ts';
import { KeptPacks } from '../../kept-packs.ts';
import { linksOf } from '../../links.ts';
import type { RefFetchOptions } from '../../network.ts';
import type { ObjectId } from '../../object-id.ts';
import { writePackFiles } from '../../pack-files.ts';
import type { Refspecs } from '../../refspecs.ts';
import type { Ref, RefUpdate, Repository } from '../../repository.ts';
import { shallowCommits } from '../../shallow-commits.ts';
import { fetchPack } from './fetch-pack.ts';
import { ReceivedPack } from './received-pack.ts';
import type { RemoteServer } from './remote-server.ts';

/**
 * Brings what refspecs ask for of a remote that has `theirs`: objects that are not here as one pack, and then the refs. Of `copies` go those that
 * the remote has no more. Throws a `RemoteError` where the server fails, a `GitError` where what it sent can't be used.
 */
export async function fetchRefs(
  repo: Repository,
  server: RemoteServer,
  theirs: readonly Ref[],
  { refspecs, copies }: { readonly refspecs: Refspecs } & RefFetchOptions,
): Promise<void> {
  const received = refspecs.received(theirs);
  const here = (await repo.listRefs('refs/')).filter(({ name }) => refspecs.isReceived(name));
  const wants = [...(await repo.absentObjects([...new Set(received.values())]))];
  const kept = new KeptPacks(repo.objectsDir);
  try {
    if (wants.length > 0) await storePack(repo, server, wants, kept);
    const old = new Map(here.map(({ name, id }) => [name, id]));
    // Refs that go come first, as with git: one may have the name of a folder of those that come.
    const before = new Map(copies.map(({ name, id }) => [name, id]));
    const gone = here.filter(({ name, id }) => before.get(name) === id && !received.has(name));
    await move(
      repo,
      gone.map(({ name, id }) => ({ ref: name, old: id, new: null })),
    );
    const updates = [...received].map(([ref, id]) => ({ ref, old: old.get(ref) ?? null, new: id }));
    await move(
      repo,
      updates.filter((update) => update.old !== update.new),
    );
  } finally {
    await kept.release();
  }
}

async function move(repo: Repository, updates: readonly RefUpdate[]): Promise<void> {
  if (updates.length > 0) await repo.updateRefs(updates, 'fetch');
}

async function storePack(
  repo: Repository,
  server: RemoteServer,
  wants: readonly ObjectId[],
  kept: KeptPacks,
): Promise<void> {
  const shallow = await shallowCommits(repo.commonDir);
  const tips = [...new Set((await repo.listRefs('refs/')).map(({ id }) => id))];
  const absent = await repo.absentObjects(tips);
  const haves = tips.filter((id) => !absent.has(id));
  const bytes = await fetchPack(server, { wants, haves, shallow });
  const named = new Set<ObjectId>(wants);
  const sent = new Set<ObjectId>();
  const pack = new ReceivedPack(bytes, (id, type, content) => {
    sent.add(id);
    for (const link of linksOf({ id, type, content }, shallow.has(id))) named.add(link.id);
  });
  await assertConnected(
    repo,
    [...named].filter((id) => !sent.has(id)),
  );
  await writePackFiles(repo, pack, kept);
}

/** What the pack leads to must be in it or here: no ref is to point at what has holes. Of a partial clone git itself fetches it later. */
async function assertConnected(repo: Repository, named: readonly ObjectId[]): Promise<void> {
  if ((await repo.promisorRemote()) !== undefined) return;
  const [lacking] = await repo.absentObjects(named);
  if (lacking === undefined) return;
  throw new GitError(`the pack that the server has sent leads to ${lacking}, which is neither in it nor here`, {
    hint: 'Fetch with the git program: --engine native',
  });
}
