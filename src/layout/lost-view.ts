import type { Repository } from '../git/repository.ts';
import { readWholeCheckpoints } from './checkpoint-view.ts';
import type { CheckpointView, View } from './layout.ts';
import type { LostCheckpoint } from './lost-checkpoints.ts';

/**
 * Lost checkpoints, each as the last commit that had it has it; of one that is still there, the sessions that are lost. It is read as
 * a layout is.
 */
export function openLost(repo: Repository, lost: readonly LostCheckpoint[]): View {
  const byId = new Map(lost.map((one) => [one.id, one]));
  const [first] = lost;
  return {
    layout: 'v1',
    refs: lost.slice(0, 1).map(({ last }) => last),
    where: first?.held === undefined ? `the history of ${first?.last.name}` : `the backup ${first.last.name}`,
    tips: [],
    async ids(prefixes) {
      const isMeant = (id: string) => prefixes === undefined || prefixes.some((prefix) => id.startsWith(prefix));
      return [...byId.keys()].filter(isMeant);
    },
    folders: async ({ ids } = {}) =>
      new Map([...byId].filter(([id]) => ids?.has(id) !== false).map(([id, { tree }]) => [id, tree])),
    async *checkpoints({ ids } = {}) {
      for (const one of byId.values()) {
        if (ids?.has(one.id) === false) continue;
        const checkpoint = await openOne(repo, one);
        if (checkpoint === undefined) continue;
        const isLost = ({ name }: { readonly name: string }) => one.isWhole || one.sessions.includes(name);
        yield { ...checkpoint, at: one.last, sessions: checkpoint.sessions.filter(isLost) };
      }
    },
    async *outside() {},
    async *history() {},
  };
}

async function openOne(
  repo: Repository,
  { id, last, tree, held }: LostCheckpoint,
): Promise<CheckpointView | undefined> {
  if (held !== undefined) {
    for await (const checkpoint of held.checkpoints({ ids: new Set([id]) })) return checkpoint;
    return undefined;
  }
  const [checkpoint] = await readWholeCheckpoints(repo, [{ id, at: last, tree }]);
  return checkpoint;
}
