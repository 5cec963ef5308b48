import type { ProgressListener } from '../checkpoint/progress.ts';
import { GitError, RefConflictError } from '../git/errors.ts';
import { executePlan } from '../git/execute-plan.ts';
import type { Network, PushedRef, RemoteUpdate } from '../git/network.ts';
import type { ObjectId } from '../git/object-id.ts';
import { ObjectOverlay } from '../git/object-overlay.ts';
import { rehearsal } from '../git/rehearsal.ts';
import type { Ref, RefUpdate, Repository } from '../git/repository.ts';
import type { LayoutName } from '../layout/layout.ts';
import { LAYOUT_WORDS } from '../layout/layout-names.ts';
import { layoutOfRef } from '../layout/ref-names.ts';
import { type ChosenRemote, choosePushed } from '../standing/choose-remote.ts';
import { byRemoteName, REMOTE_PATTERNS, trackedName, trackingPrefix } from '../standing/remote-refs.ts';
import { noteUnited, readUnited } from '../standing/united-refs.ts';
import { fetchFrom } from './fetch.ts';
import { forgetFormer, repositoryUpdates } from './forget-former.ts';
import { HalvingPush } from './halving-push.ts';
import { absentWords, assertNoLargeBlobs } from './outgoing.ts';
import { type PushPlan, planPush } from './plan-push.ts';
import { refusalWords } from './refusal-words.ts';
import type { PushResult, SentRef, UnitedRef } from './result.ts';
import { bringUp } from './unite/unite-layouts.ts';
import type { UniteSettings } from './unite/unite-options.ts';

/** Options of a push. */
export interface RemotePushOptions extends UniteSettings {
  readonly remote?: string | undefined;
  /** Default: all that are here. */
  readonly layouts?: readonly LayoutName[] | undefined;
  /** The largest blob that the host takes, in bytes. */
  readonly maxBlob: number;
  readonly dryRun?: boolean;
  readonly onEvent?: ProgressListener;
}

/** How often what the remote has got meanwhile is fetched and united at most. */
const MAX_ROUNDS = 5;
/** Refs of git-refs in one push: a host takes 200 in a few seconds, and more in fewer round trips costs nothing. */
const REFS_AT_ONCE = 200;

/**
 * Sends a remote what it lacks: V1 and V2 in one atomic push with leases, then git-refs, 200 at a time. Where the remote has moved on, it
 * fetches, unites and pushes again. Nothing is deleted or taken back there.
 */
export async function pushCheckpoints(repo: Repository, options: RemotePushOptions): Promise<PushResult> {
  const { dryRun = false, layouts = LAYOUT_WORDS, settings, env, askedMaxCheckpoints } = options;
  const onEvent = options.onEvent ?? (() => undefined);
  const chosen = await choosePushed(repo, options.remote);
  const base = { remote: chosen.name, dryRun, united: [] as UnitedRef[], warnings: [] as string[] };
  const warn = (message: string) => {
    if (base.warnings.includes(message)) return;
    base.warnings.push(message);
    onEvent({ kind: 'warning', message });
  };
  if (!chosen.mayPush) return { ...base, status: 'off', refs: [], objectCount: 0, byteCount: 0 };
  // A dry run brings up what is made of V1 in memory.
  const planned = new ObjectOverlay(repo);
  const scene = dryRun ? rehearsal(repo, planned) : repo;
  await forgetFormer(scene, chosen);
  // What was fetched may not have been united (`--no-merge`, `git fetch`).
  const uniting = { remote: chosen.name, settings, env, askedMaxCheckpoints, onEvent };
  const brought = await bringUp(scene, layouts, uniting);
  for (const each of brought.refs) base.united.push(each);
  for (const message of brought.warnings) warn(message);
  const sent = new Map<string, SentRef>();
  const answers = new Map<string, PushedRef>();
  const total = { objectCount: 0, byteCount: 0 };
  for (let round = 1; ; round++) {
    // What was to come of bringing V2 up, and did not, comes no more.
    onEvent({ kind: 'phases', phases: dryRun ? [] : ['ask the remote', 'send to the remote'] });
    onEvent({ kind: 'phase', phase: 'ask the remote' });
    const [theirs, seen, { ids: united }] = await Promise.all([
      repo.network().list(chosen.address, REMOTE_PATTERNS),
      scene.listRefs(trackingPrefix(chosen.name)),
      readUnited(scene, chosen.name),
    ]);
    const tracked = byRemoteName(chosen.name, seen);
    const plan = await planPush(scene, { theirs, tracked, united }, layouts);
    const isLast = dryRun || round === MAX_ROUNDS;
    if (plan.diverged.length > 0 && !isLast) {
      await unite(repo, chosen, options, { united: base.united, warn });
      if (round < MAX_ROUNDS - 1) continue;
    }
    const size = await assertNoLargeBlobs(repo, plan, theirs, { maxBytes: options.maxBlob, planned });
    total.objectCount += size.objectCount;
    total.byteCount += size.byteCount;
    // Said before it is tried: of V1 and V2, which go together, the push fails as a whole.
    if (size.absent.length > 0) warn(absentWords(size.absent));
    for (const ref of plan.diverged) sent.set(ref.ref, ref);
    if (dryRun) {
      for (const update of [...plan.together, ...plan.alone]) sent.set(update.ref, sentRef(update, 'to-push', null));
      break;
    }
    const moved = await send(repo.network(), chosen, plan, { sent, answers }, onEvent);
    await track(repo, chosen, tracked, [...sent.values()]);
    if (!moved || isLast) break;
    await unite(repo, chosen, options, { united: base.united, warn });
  }
  for (const message of refusalWords(chosen.name, answers.values())) warn(message);
  const refs = [...sent.values()];
  const isComplete = refs.every(({ outcome }) => outcome === 'pushed' || outcome === 'to-push');
  const status = refs.length === 0 ? 'up-to-date' : !isComplete ? 'incomplete' : dryRun ? 'planned' : 'pushed';
  return { ...base, ...total, status, refs };
}

async function unite(
  repo: Repository,
  chosen: ChosenRemote,
  { settings, env, askedMaxCheckpoints, onEvent }: RemotePushOptions,
  into: { readonly united: UnitedRef[]; readonly warn: (message: string) => void },
): Promise<void> {
  const options = { settings, env, askedMaxCheckpoints, ...(onEvent && { onEvent }) };
  const { united, warnings } = await fetchFrom(repo, chosen, options);
  for (const each of united) into.united.push(each);
  for (const message of warnings) into.warn(message);
}

/** Takes note of what the remote has now, as a fetch would; a fetch that did it meanwhile knows better. */
async function track(
  repo: Repository,
  chosen: ChosenRemote,
  tracked: ReadonlyMap<string, Ref>,
  sent: readonly SentRef[],
): Promise<void> {
  const pushed = sent.filter(({ outcome }) => outcome === 'pushed');
  const { name } = chosen;
  const now = new Map(pushed.map(({ ref, new: to }) => [ref, to as ObjectId]));
  const updates = [...now]
    .map(([ref, to]): RefUpdate => ({ ref: trackedName(name, ref), old: tracked.get(ref)?.id ?? null, new: to }))
    .filter((update) => update.old !== update.new);
  // What was sent is what both have now.
  const known = await readUnited(repo, name);
  const writer = repo.objectWriter();
  updates.push(...(await noteUnited(repo, writer, name, { known, now })));
  if (pushed.length > 0) updates.push(...(await repositoryUpdates(repo, writer, chosen, known.repository)));
  try {
    if (updates.length > 0) await executePlan(repo, { updates, writer }, { message: `ckpt push: ${name}` });
  } catch (error) {
    if (!(error instanceof RefConflictError)) throw error;
  }
}

/** Sends what a plan has. True where somebody else was faster with some ref. */
async function send(
  network: Network,
  { address }: ChosenRemote,
  { together, alone }: PushPlan,
  { sent, answers }: { readonly sent: Map<string, SentRef>; readonly answers: Map<string, PushedRef> },
  onEvent: ProgressListener,
): Promise<boolean> {
  const count = together.length + alone.length;
  // One push says nothing before its end.
  const isOne = together.length === count || (together.length === 0 && count <= REFS_AT_ONCE);
  const total = isOne ? {} : { total: count };
  onEvent({ kind: 'phase', phase: 'send to the remote', ...total });
  let isMoved = false;
  let done = 0;
  const note = (updates: readonly RemoteUpdate[], pushed: readonly PushedRef[]) => {
    for (const { ref } of updates) answers.delete(ref);
    for (const one of pushed) answers.set(one.ref, one);
    for (const update of updates) {
      const one = answers.get(update.ref);
      if (one?.outcome === 'moved') isMoved = true;
      sent.set(update.ref, sentRef(update, one?.outcome === 'pushed' ? 'pushed' : 'refused', one?.reason ?? null));
    }
    done += updates.length;
    onEvent({ kind: 'progress', phase: 'send to the remote', done, ...total });
  };
  if (together.length > 0) note(together, await pushTogether(network, address, together));
  const alonePush = new HalvingPush(network, address);
  for (let at = 0; at < alone.length; at += REFS_AT_ONCE) {
    const batch = alone.slice(at, at + REFS_AT_ONCE);
    note(batch, await alonePush.push(batch));
  }
  alonePush.assertReached();
  return isMoved;
}

/** V1 and V2, all or none; where the remote can't do that, in an order that leaves nothing named that is not there. */
async function pushTogether(
  network: Network,
  address: string,
  updates: readonly RemoteUpdate[],
): Promise<readonly PushedRef[]> {
  try {
    return await network.push(address, updates, { isAtomic: true });
  } catch (error) {
    if (!(error instanceof GitError) || !/does not support --atomic/.test(error.message)) throw error;
  }
  return network.push(address, updates, { isAtomic: false });
}

function sentRef(update: RemoteUpdate, outcome: SentRef['outcome'], reason: string | null): SentRef {
  // A plan has refs of layouts alone.
  const layout = layoutOfRef(update.ref) as LayoutName;
  return { ref: update.ref, layout, old: update.old, new: update.new, outcome, reason };
}
