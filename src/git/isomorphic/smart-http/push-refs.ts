import { isMovedReason, type PushedRef, RemoteError, serverWords, withoutCredentials } from '../../network.ts';
import type { ObjectId } from '../../object-id.ts';
import type { ObjectsThere } from '../../objects-there.ts';
import type { RefUpdate } from '../../repository.ts';
import type { ObjectStore } from '../object-store.ts';
import { packOf } from './outgoing-pack.ts';
import { FLUSH, pktLine, pktLines, sideBandData } from './pkt-line.ts';
import type { RemoteServer } from './remote-server.ts';

const NO_OBJECT = '0'.repeat(40);

/** Where something is pushed to. */
export interface PushTarget {
  readonly server: RemoteServer;
  /** As the user knows it, without credentials. */
  readonly name: string;
  readonly there: ObjectsThere;
}

/**
 * Pushes refs (gitprotocol-pack, "Pushing Data To a Server"): each only where it is at its old value there: by what the server says, and again by itself.
 * `isAtomic`: all or none. Throws a `RemoteError` where the server fails, says nothing of what became of refs, or can't push atomically.
 */
export async function pushRefs(
  objects: ObjectStore,
  { server, name, there }: PushTarget,
  updates: readonly RefUpdate[],
  isAtomic: boolean,
): Promise<PushedRef[]> {
  const { refs, capabilities } = await server.receiving();
  for (const wanted of ['report-status', ...(isAtomic ? ['atomic'] : [])]) {
    if (!capabilities.has(wanted))
      throw new RemoteError(`${name}: the receiving end does not support --${wanted} push`);
  }
  const at = (update: RefUpdate) => refs.get(update.ref) ?? null;
  const isDone = (update: RefUpdate) => at(update) === update.new;
  const stale = updates.filter((update) => !isDone(update) && at(update) !== update.old);
  const others = updates.filter((update) => !isDone(update) && !stale.includes(update));
  const isHeld = isAtomic && stale.length > 0;
  const known: PushedRef[] = [
    ...updates.filter(isDone).map(({ ref }) => ({ ref, outcome: 'pushed' as const, reason: null })),
    ...stale.map(({ ref }) => ({ ref, outcome: 'moved' as const, reason: '[rejected] (stale info)' })),
    ...(isHeld ? others : []).map(({ ref }) => refused(ref, '[rejected] (atomic push failed)')),
  ];
  if (isHeld || others.length === 0) return known;
  await there.learn(refs.values());
  const tips = others.flatMap((update) => update.new ?? []);
  const ids = tips.length === 0 ? undefined : await there.unsent(tips);
  const wanted = ['report-status', 'side-band-64k', ...(isAtomic ? ['atomic'] : [])];
  const words = wanted.filter((one) => capabilities.has(one));
  const heard: Buffer[] = [];
  const report = await server.talk(async () => {
    const answer = pktLines(await server.post('git-receive-pack', request(objects, others, words, ids)));
    return readReport(words.includes('side-band-64k') ? pktLines(sideBandData(answer, heard)) : answer);
  });
  const said = serverWords(Buffer.concat(heard).toString('utf8'));
  const answers = others.map(({ ref }) => report.get(ref) ?? refused(ref, 'the server says nothing of it'));
  return [...known, ...answers.map((one) => (one.outcome === 'refused' ? { ...one, words: said } : one))];
}

async function* request(
  objects: ObjectStore,
  updates: readonly RefUpdate[],
  capabilities: readonly string[],
  ids: readonly ObjectId[] | undefined,
): AsyncGenerator<Buffer, void, undefined> {
  const lines = updates.map(({ ref, old, new: to }, i) =>
    pktLine(`${old ?? NO_OBJECT} ${to ?? NO_OBJECT} ${ref}${i === 0 ? `\0${capabilities.join(' ')}` : ''}`),
  );
  yield Buffer.concat([...lines, FLUSH]);
  if (ids !== undefined) yield* packOf(objects, ids);
}

/** What became of each ref, as the server says (gitprotocol-pack, "Report Status"). */
async function readReport(lines: AsyncIterable<Buffer | null>): Promise<Map<string, PushedRef>> {
  const report = new Map<string, PushedRef>();
  let unpacked: string | undefined;
  for await (const line of lines) {
    const [word = '', ref = '', ...rest] = (line ?? '').toString('utf8').trimEnd().split(' ');
    if (word === 'unpack') unpacked = [ref, ...rest].join(' ');
    else if (word === 'ok') report.set(ref, { ref, outcome: 'pushed', reason: null });
    else if (word === 'ng') report.set(ref, refused(ref, `[remote rejected] (${rest.join(' ')})`));
  }
  if (unpacked === undefined) throw new Error('the connection broke off');
  if (unpacked === 'ok') return report;
  // Whatever it says of refs then: their objects are not there.
  const reason = `[remote rejected] (unpacker error: ${unpacked})`;
  return new Map(Array.from(report.keys(), (ref) => [ref, refused(ref, reason)]));
}

function refused(ref: string, reason: string): PushedRef {
  return { ref, outcome: isMovedReason(reason) ? 'moved' : 'refused', reason: withoutCredentials(reason) };
}
