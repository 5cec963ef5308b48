import { executePlan } from '../git/execute-plan.ts';
import type { ObjectId } from '../git/object-id.ts';
import { ObjectOverlay } from '../git/object-overlay.ts';
import { repositoryOf } from '../git/remote-url.ts';
import type { Repository } from '../git/repository.ts';
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
export async function noteRepository(repo: Repository, { name, address }: Named): Promise<void> {
  const makePlan = async () => {
    const writer = repo.objectWriter();
    const id = await identityOf(repo, writer, address);
    const ref = repositoryRef(name);
    const old = (await repo.resolveRef(ref)) ?? null;
    return { updates: old === id ? [] : [{ ref, old, new: id }], writer };
  };
  await executePlan(repo, makePlan, { message: `ckpt: what is kept of ${name}` });
}

async function identityOf(
  repo: Repository,
  sink: { add(type: 'blob', content: Buffer): ObjectId },
  address: string,
): Promise<ObjectId> {
  const { fetch } = await repo.network().urlsOf(address);
  return sink.add('blob', Buffer.from(`${repositoryOf(fetch)}\n`));
}
