import { type CheckpointId, shardPath } from '../checkpoint/checkpoint-id.ts';
import { GENERATION_FILE } from '../checkpoint/files.ts';
import type { FileRole } from '../checkpoint/roles.ts';
import { withoutTranscriptFields } from '../checkpoint/summary.ts';
import { batches } from '../git/batches.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { Ref, Repository } from '../git/repository.ts';
import { splitCheckpoint } from './checkpoint-view.ts';
import { type FolderFiles, readFolders } from './folder-files.ts';
import { isFullPath } from './folder-kinds.ts';
import { GenerationFolders } from './generation-folders.ts';
import { historyOf } from './history.ts';
import type { CheckpointView, Layout, View } from './layout.ts';
import { generationsOf, type LayoutRefs, layoutRefsAmong } from './layout-refs.ts';
import { MAIN_REF, SPLIT_PREFIX } from './ref-names.ts';
import { ShardedRef } from './sharded-ref.ts';

/** The roles of files that lie in generations. */
const IN_GENERATIONS: ReadonlySet<FileRole> = new Set<FileRole>(['transcript', 'hash', 'task']);

/** V2: summaries, metadata and prompts on `main`, transcripts and tasks in generations. Without `main` there is nothing to read. */
export const V2: Layout = {
  name: 'v2',
  hasGenerations: true,
  hasRefPerCheckpoint: false,
  madeOf: 'v1',
  refs: (all) => all.filter(({ name }) => name.startsWith(SPLIT_PREFIX)),
  open: (repo, refs) => openSplit(repo, layoutRefsAmong(refs)),
  place(id, path) {
    return { ref: isFullPath(path) ? 'a generation' : MAIN_REF, path: `${shardPath(id)}/${path}` };
  },
  fromPlain: (summary) => withoutTranscriptFields(summary),
};

/** Opens V2; `undefined` without `main`. */
export function openSplit(repo: Repository, layoutRefs: LayoutRefs): View | undefined {
  const refs = [...layoutRefs.v2].map(([name, id]) => ({ name, id }));
  const main = refs.find(({ name }) => name === MAIN_REF);
  if (main === undefined) return undefined;
  const sharded = new ShardedRef(repo, main);
  const generations = new GenerationFolders(repo, layoutRefs);
  return {
    layout: 'v2',
    refs,
    where: main.name,
    tips: [main.id],
    ids: (prefixes) => sharded.ids(prefixes),
    folders: ({ ids } = {}) => sharded.foldersOf(ids),
    async *checkpoints({ ids, roles } = {}) {
      const isWhole = roles === undefined || roles.some((role) => IN_GENERATIONS.has(role));
      for (const batch of batches(await sharded.foldersOf(ids))) {
        yield* await readBatch(repo, main, batch, isWhole ? generations : undefined);
      }
    },
    async *outside() {
      yield* await sharded.outside();
      for (const generation of generationsOf(layoutRefs)) {
        for (const entry of await new ShardedRef(repo, generation).outside()) {
          if (entry.path !== GENERATION_FILE) yield entry;
        }
      }
    },
    history: (since) => historyOf(repo, main, since),
  };
}

async function readBatch(
  repo: Repository,
  main: Ref,
  batch: ReadonlyArray<readonly [CheckpointId, ObjectId]>,
  generations: GenerationFolders | undefined,
): Promise<CheckpointView[]> {
  const places = batch.map(([, tree]) => ({ ref: main.name, tree }));
  const folders = await readFolders(repo, places);
  const sessions = new Map(batch.map(([id], i) => [id, [...(folders[i]?.sessions.keys() ?? [])]]));
  const holders = (await generations?.holders(sessions)) ?? new Map<CheckpointId, FolderFiles[]>();
  return batch.flatMap(([id, tree], i) => {
    const folder = folders[i];
    return folder === undefined ? [] : [splitCheckpoint(id, main, tree, folder, holders.get(id) ?? [])];
  });
}
