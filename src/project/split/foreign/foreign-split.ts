import type { CheckpointId } from '../../../checkpoint/checkpoint-id.ts';
import { namesToWrite, OUR_NAMES, type TranscriptNames } from '../../../checkpoint/transcript.ts';
import { type GenerationContent, readGeneration } from '../../../generations/generation.ts';
import type { GenerationState } from '../../../generations/generation-state.ts';
import { emptyTreeId, type ObjectId, type RefName } from '../../../git/object-id.ts';
import type { ObjectOverlay } from '../../../git/object-overlay.ts';
import type { Repository } from '../../../git/repository.ts';
import { isTreeMode, type TreeEntry } from '../../../git/tree.ts';
import { CURRENT_REF } from '../../../layout/ref-names.ts';

/** A generation of the V2 that is there. */
export interface ForeignGeneration {
  readonly ref: RefName;
  /** The archive's number; `undefined` for `full/current`. */
  readonly number: number | undefined;
  /** `undefined` for a `full/current` that does not exist yet. */
  readonly commit: ObjectId | undefined;
  readonly tree: ObjectId;
  readonly checkpoints: ReadonlyMap<CheckpointId, ObjectId>;
  /** The blob of `generation.json`; `undefined` where there is none. */
  readonly json: ObjectId | undefined;
  /** What else lies at the root. */
  readonly others: readonly TreeEntry[];
}

/** What there is of a generation; `undefined` for a `full/current` that does not exist yet. */
export function contentOf({ commit, ...content }: ForeignGeneration): GenerationContent | undefined {
  return commit === undefined ? undefined : { commit, ...content };
}

/** The V2 that something else wrote, down to the checkpoints' folders. */
export interface ForeignSplit {
  readonly main: GenerationContent;
  readonly current: ForeignGeneration;
  /** From the oldest to the newest. */
  readonly archives: readonly ForeignGeneration[];
  /** In the order in which a reader looks for a transcript: `full/current`, then the archives from the newest on. */
  readonly generations: readonly ForeignGeneration[];
  /** Archives are missing between 1 and the newest: generations were pruned. */
  readonly hasGaps: boolean;
  /** The checkpoints of generations that were pruned, as the manifest has it. */
  readonly pruned: ReadonlySet<CheckpointId>;
}

/** Reads a V2 that has a `main`. */
export async function readForeignSplit(
  repo: Repository,
  main: ObjectId,
  state: GenerationState,
): Promise<ForeignSplit> {
  const current = foreignGeneration(repo, CURRENT_REF, undefined, await state.current());
  const archives: ForeignGeneration[] = [];
  for (const archive of state.refs.archives) {
    archives.push(foreignGeneration(repo, archive.name, archive.number, await state.archive(archive)));
  }
  return {
    main: await readGeneration(repo, main),
    current,
    archives,
    generations: [current, ...[...archives].reverse()],
    hasGaps: archives.some(({ number }, i) => number !== i + 1),
    pruned: await state.pruned(),
  };
}

function foreignGeneration(
  repo: Repository,
  ref: RefName,
  number: number | undefined,
  content: GenerationContent | undefined,
): ForeignGeneration {
  const tree = emptyTreeId(repo.objectFormat);
  const none = { commit: undefined, tree, checkpoints: new Map(), json: undefined, others: [] };
  return { ref, number, ...(content ?? none) };
}

/** Checkpoints looked into at a time for the names of their transcripts. */
const NAMES_BATCH = 20;

/**
 * The names that transcripts have in a generation, by the first one that it holds. Where it holds none, as in a `full/current` that was just
 * started, those of the newest generation with one: its writer goes on with them. V1's where there is none at all.
 */
export async function transcriptNamesIn(
  trees: ObjectOverlay,
  { generations }: ForeignSplit,
  ref: RefName,
): Promise<TranscriptNames> {
  const own = generations.filter((one) => one.ref === ref);
  for (const { checkpoints } of [...own, ...generations]) {
    const names = await namesOf(trees, [...checkpoints.values()]);
    if (names !== undefined) return names;
  }
  return OUR_NAMES;
}

async function namesOf(trees: ObjectOverlay, folders: readonly ObjectId[]): Promise<TranscriptNames | undefined> {
  for (let at = 0; at < folders.length; at += NAMES_BATCH) {
    const batch = folders.slice(at, at + NAMES_BATCH);
    await trees.load(batch);
    const entries = (await Promise.all(batch.map((id) => trees.tree(id)))).flat();
    const sessions = entries.filter(({ mode }) => isTreeMode(mode)).map(({ id }) => id);
    await trees.load(sessions);
    for (const id of sessions) {
      const names = namesToWrite(await trees.tree(id));
      if (names !== undefined) return names;
    }
  }
  return undefined;
}
