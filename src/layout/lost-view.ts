import type { Repository } from '../git/repository.ts';
import { wholeCheckpoint } from './checkpoint-view.ts';
import { readFolders } from './folder-files.ts';
import type { View } from './layout.ts';
import type { LostCheckpoint } from './lost-checkpoints.ts';

/**
 * Lost checkpoints, each as the last commit that had it has it; of one that is still there, the sessions that are lost. It is read as
 * a layout is.
 */
export function openLost(repo: Repository, lost: readonly LostCheckpoint[]): View {
  const byId = new Map(lost.map((one) => [one.id, one]));
  return {
    layout: 'v1',
    refs: lost.slice(0, 1).map(({ last }) => last),
    where: `the history of ${lost[0]?.last.name}`,
    tips: [],
    async ids(prefixes) {
      const isMeant = (id: string) => prefixes === undefined || prefixes.some((prefix) => id.startsWith(prefix));
      return [...byId.keys()].filter(isMeant);
    },
    folders: async ({ ids } = {}) =>
      new Map([...byId].filter(([id]) => ids?.has(id) !== false).map(([id, { tree }]) => [id, tree])),
    async *checkpoints({ ids } = {}) {
      for (const { id, last, tree, isWhole, sessions } of byId.values()) {
        if (ids?.has(id) === false) continue;
        const [folder] = await readFolders(repo, [{ ref: last.name, tree }]);
        if (folder === undefined) continue;
        const checkpoint = wholeCheckpoint(id, last, tree, folder);
        const isLost = ({ name }: { readonly name: string }) => isWhole || sessions.includes(name);
        yield { ...checkpoint, sessions: checkpoint.sessions.filter(isLost) };
      }
    },
    async *outside() {},
    async *history() {},
  };
}
