import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import type { Ref, Repository } from '../git/repository.ts';
import { splitCheckpoint } from './checkpoint-view.ts';
import { type FolderFiles, readFolders } from './folder-files.ts';
import { type HeldAlone, type HeldPlace, readableAlone } from './generations-alone.ts';
import type { CheckpointView, View } from './layout.ts';

/**
 * A layout as a person looks at it: V2 also with the checkpoints that generations alone have, each with its folder in the generation that a
 * reader looks into first. `onUnreadable` takes generations whose checkpoints are left out. What projects V2 asks for these apart, since they have no history on `main`.
 */
export function withHeldAlone(repo: Repository, view: View, onUnreadable: (generation: Ref) => void = () => {}): View {
  if (view.layout !== 'v2') return view;
  let all: Promise<HeldAlone> | undefined;
  const read = async (onMain?: readonly CheckpointId[]) => {
    const { held, unreadable } = await readableAlone(repo, view, undefined, onMain);
    for (const one of unreadable) onUnreadable(one);
    return held;
  };
  const held = (onMain?: readonly CheckpointId[]) => (all ??= read(onMain));
  const among = async (ids: ReadonlySet<CheckpointId> | undefined) =>
    [...(await held())].filter(([id]) => ids?.has(id) !== false);
  return {
    ...view,
    async ids(prefixes) {
      const onMain = await view.ids(prefixes);
      const alone =
        prefixes === undefined ? await held(onMain) : (await readableAlone(repo, view, prefixes, onMain)).held;
      return [...onMain, ...alone.keys()].sort();
    },
    async folders(scope = {}) {
      const alone = (await among(scope.ids)).flatMap(([id, [first]]) => (first ? [[id, first.tree] as const] : []));
      return new Map([...(await view.folders(scope)), ...alone].sort(([a], [b]) => (a < b ? -1 : 1)));
    },
    async *checkpoints(scope = {}) {
      const alone = (await among(scope.ids)).reverse();
      for await (const checkpoint of view.checkpoints(scope)) {
        while (alone.length > 0 && (alone.at(-1)?.[0] ?? '') < checkpoint.id) yield* await openAlone(repo, alone.pop());
        yield checkpoint;
      }
      while (alone.length > 0) yield* await openAlone(repo, alone.pop());
    },
  };
}

const NOTHING_ON_MAIN: FolderFiles = { ref: '', files: [], sessions: new Map() };

async function openAlone(
  repo: Repository,
  one: readonly [CheckpointId, readonly HeldPlace[]] | undefined,
): Promise<CheckpointView[]> {
  const [id, places = []] = one ?? [];
  const [first] = places;
  if (id === undefined || first === undefined) return [];
  return [splitCheckpoint(id, first.generation, first.tree, NOTHING_ON_MAIN, await readFolders(repo, places))];
}
