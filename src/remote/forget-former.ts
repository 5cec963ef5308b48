import { executePlan } from '../git/execute-plan.ts';
import type { ObjectId } from '../git/object-id.ts';
import { ObjectOverlay } from '../git/object-overlay.ts';
import { repositoryOf } from '../git/remote-url.ts';
import type { ObjectSink, RefUpdate, Repository } from '../git/repository.ts';
import type { ChosenRemote } from '../standing/choose-remote.ts';
import { trackingPrefix } from '../standing/remote-refs.ts';
import { repositoryRef } from '../standing/united-refs.ts';

type Named = Pick<ChosenRemote, 'name' | 'address'>;

/**
 * Deletes what is kept of a remote where its name means another repository now (`git remote set-url`, another `checkpoint_remote`, two names
 * that are kept as one): by it, what this one lacks would have been taken back there.
 */
export async function forgetFormer(repo: Repository, { name, address }: Named): Promise<void> {
  const id = await identityOf(repo, new ObjectOverlay(repo), address);
  const makePlan = async () => {
    const noted = await repo.resolveRef(repositoryRef(name));
    const former = noted === undefined || noted === id ? [] : await repo.listRefs(trackingPrefix(name));
    return { updates: former.map((one) => ({ ref: one.name, old: one.id, new: null })) };
  };
  await executePlan(repo, makePlan, { message: `ckpt: ${name} is another repository` });
}

/** Notes which repository what is kept of a remote is of, once there is something. */
export async function noteRepository(repo: Repository, named: Named): Promise<void> {
  const makePlan = async () => {
    const writer = repo.objectWriter();
    const old = await repo.resolveRef(repositoryRef(named.name));
    return { updates: await repositoryUpdates(repo, writer, named, old), writer };
  };
  await executePlan(repo, makePlan, { message: `ckpt: what is kept of ${named.name}` });
}

/** The move that notes it, where `old` is not what is to be noted. */
export async function repositoryUpdates(
  repo: Repository,
  sink: ObjectSink,
  { name, address }: Named,
  old: ObjectId | undefined,
): Promise<RefUpdate[]> {
  const id = await identityOf(repo, sink, address);
  return old === id ? [] : [{ ref: repositoryRef(name), old: old ?? null, new: id }];
}

async function identityOf(repo: Repository, sink: ObjectSink, address: string): Promise<ObjectId> {
  const { fetch } = await repo.network().urlsOf(address);
  return sink.add('blob', Buffer.from(`${repositoryOf(fetch)}\n`));
}
