import type { CheckpointId } from '../../checkpoint/checkpoint-id.ts';
import { GENERATION_FILE } from '../../checkpoint/files.ts';
import { someOf } from '../../checkpoint/some-of.ts';
import type { GenerationState } from '../../generations/generation-state.ts';
import { readStoredEntries } from '../../generations/manifest.ts';
import { rootsOfCommits } from '../../git/commit-trees.ts';
import { idsOf, type ObjectId } from '../../git/object-id.ts';
import { readUsable } from '../../git/read-usable.ts';
import type { Repository } from '../../git/repository.ts';
import { ifReadable } from '../../layout/if-readable.ts';
import { generationName } from '../../layout/ref-names.ts';
import { hashingSink, Projection } from '../projection.ts';

/** What another program has taken from the generations of a V2 of our own, or put among them. */
export interface Gaps {
  /** The numbers of archives that the manifest lists, that were not pruned, and that are not here. */
  readonly lostArchives: readonly number[];
  /** The checkpoints whose transcripts were in those. */
  readonly inLostArchives: readonly CheckpointId[];
  /** Checkpoints with transcripts in V1 that no generation has, nor had, by the manifest: `full/current` held them. */
  readonly nowhere: readonly CheckpointId[];
  /** The numbers of archives that have no `generation.json`: another program rotated, and the manifest may list them all the same. */
  readonly foreignArchives: readonly number[];
}

export const NO_GAPS: Gaps = { lostArchives: [], inLostArchives: [], nowhere: [], foreignArchives: [] };

/**
 * Looks for what is gone from the generations although V1 has it: an archive that was deleted (a clean-up of Entire's client, a fetch
 * that prunes), a `full/current` that was moved (a fetch with `+`, a rotation that compares nothing). `main` does not say so, since it
 * is V1's image all the same. `folders` are V1's, of the checkpoints that were brought to V2; without them only archives are looked for,
 * which costs the same however many checkpoints there are. Finds nothing where something of it can't be read, which verify reports.
 */
export async function findGaps(
  repo: Repository,
  state: GenerationState,
  folders?: ReadonlyMap<CheckpointId, ObjectId>,
): Promise<Gaps> {
  return (await ifReadable(() => readGaps(repo, state, folders))) ?? NO_GAPS;
}

/** As `findGaps`; throws where something of the generations can't be read. */
export async function readGaps(
  repo: Repository,
  state: GenerationState,
  folders?: ReadonlyMap<CheckpointId, ObjectId>,
): Promise<Gaps> {
  const archives = await gapsAmongArchives(repo, state, (id) => folders?.has(id) !== false, folders !== undefined);
  if (folders === undefined) return archives;
  const held = new Set([...(await state.everArchived()), ...((await state.current())?.checkpoints.keys() ?? [])]);
  for (const id of archives.inForeignArchives) held.add(id);
  const unplaced = new Map([...folders].filter(([id]) => !held.has(id)));
  return { ...archives, nowhere: unplaced.size === 0 ? [] : await withTranscripts(repo, state, unplaced) };
}

/** Archives that the manifest lists and that are gone, and those of other software among all that are here, or among those that it does not list. */
async function gapsAmongArchives(
  repo: Repository,
  state: GenerationState,
  isWanted: (id: CheckpointId) => boolean,
  looksAtAll: boolean,
): Promise<Gaps & { readonly inForeignArchives: readonly CheckpointId[] }> {
  const manifest = await state.manifest();
  const here = new Set(state.refs.archives.map(({ number }) => number));
  const gone = { ...manifest, files: new Map([...manifest.files].filter(([number]) => !here.has(number))) };
  const lost = new Map<number, CheckpointId[]>();
  for (const [number, { entry }] of await readStoredEntries(repo, gone)) {
    const wanted = entry.isPruned ? [] : entry.checkpoints.filter(isWanted);
    if (wanted.length > 0) lost.set(number, wanted);
  }
  const unlisted = state.refs.archives.filter(({ number }) => !manifest.files.has(number));
  const looked = looksAtAll ? state.refs.archives : unlisted;
  const roots = await readUsable(idsOf(looked), (ids) => rootsOfCommits(repo, ids));
  const foreignArchives = looked
    .filter((_, i) => roots[i]?.every(({ name }) => name !== GENERATION_FILE))
    .map(({ number }) => number);
  const inForeignArchives: CheckpointId[] = [];
  for (const archive of unlisted)
    for (const each of (await state.archive(archive)).checkpoints.keys()) inForeignArchives.push(each);
  const inLostArchives = [...lost.values()].flat();
  return { ...NO_GAPS, lostArchives: [...lost.keys()], inLostArchives, foreignArchives, inForeignArchives };
}

/** Those that have something to keep in a generation, and that the history of `full/current` has not either. */
async function withTranscripts(
  repo: Repository,
  state: GenerationState,
  folders: ReadonlyMap<CheckpointId, ObjectId>,
): Promise<CheckpointId[]> {
  const projected = await new Projection(repo, hashingSink(repo.objectFormat)).projectCheckpoints(folders);
  const ids = [...projected].flatMap(([id, { full }]) => (full ? [id] : []));
  if (ids.length === 0) return [];
  const history = await state.readableHistory();
  return ids.filter((id) => history?.has(id) !== true);
}

/** Whether anything is gone, or without the files that generations have. */
export function isLacking({ lostArchives, nowhere, foreignArchives }: Gaps): boolean {
  return lostArchives.length + nowhere.length + foreignArchives.length > 0;
}

/** What there is to say of the gaps, a sentence each. */
export function gapWarnings({ lostArchives, inLostArchives, nowhere, foreignArchives }: Gaps): string[] {
  const warnings: string[] = [];
  if (lostArchives.length > 0) {
    const what = `${counted(lostArchives.length, 'an archived generation', 'archived generations')} that nobody pruned (${someOf(lostArchives.map(generationName), 3)})`;
    const of = counted(inLostArchives.length, 'a checkpoint', 'checkpoints');
    warnings.push(
      `V2 lacks ${what}, with the transcripts of ${of}: fetch (ckpt fetch), or ckpt repair brings back what V1 has`,
    );
  }
  if (nowhere.length > 0) {
    const of = counted(nowhere.length, 'a checkpoint', 'checkpoints');
    warnings.push(
      `V2 lacks the transcripts of ${of}: another program has moved or emptied full/current; ckpt repair brings back what V1 has`,
    );
  }
  if (foreignArchives.length > 0) {
    const what = counted(foreignArchives.length, 'an archived generation', 'archived generations');
    warnings.push(
      `Another program has made ${what} (${someOf(foreignArchives.map(generationName), 3)}) without generation.json; ckpt repair completes what it made`,
    );
  }
  return warnings;
}

function counted(count: number, one: string, many: string): string {
  return count === 1 ? one : `${count} ${many}`;
}
