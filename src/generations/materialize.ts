import { type CheckpointId, shardPath } from '../checkpoint/checkpoint-id.ts';
import { type CreatedAt, type GenerationSpan, generationJson, spanOf } from '../checkpoint/created-at.ts';
import { GENERATION_FILE } from '../checkpoint/files.ts';
import { parseCommit } from '../git/commit.ts';
import type { ObjectId } from '../git/object-id.ts';
import { readTrees } from '../git/read-trees.ts';
import type { RefUpdate } from '../git/repository.ts';
import { editTree, type TreeEdit } from '../git/tree-editor.ts';
import { CURRENT_REF, generationName, generationRef } from '../layout/ref-names.ts';
import { type GenerationContent, readSpans } from './generation.ts';
import { generationCommit } from './generation-commit.ts';
import { type GenerationChange, type ManifestSources, manifestUpdate } from './manifest-update.ts';

/** What generations are made from. */
export interface GenerationSources extends ManifestSources {
  /** The times of checkpoints' sessions, all of them together. */
  readonly spanOf: (checkpoints: readonly CheckpointId[]) => GenerationSpan | Promise<GenerationSpan>;
  /** Called after each archive that was made, with how many there are by then. */
  readonly onArchive?: (number: number, done: number) => void;
}

/** A generation as it is to be. */
interface WantedGeneration {
  /** The folders of all its checkpoints. */
  readonly checkpoints: ReadonlyMap<CheckpointId, ObjectId>;
  /** What it is made out of: whatever else lies in that tree stays. */
  readonly base?: GenerationContent | undefined;
}

/** An archive that is made or changed. One that is to hold nothing is deleted. */
export interface WantedArchive extends WantedGeneration {
  readonly number: number;
  /** Another program's archive may have a history, which may hold transcripts that its tip does not: the parents stay. */
  readonly keepsHistory?: boolean;
}

/** `full/current`, where it changes. */
export interface WantedCurrent extends WantedGeneration {
  /**
   * Makes the commit on top of what is there (`parents` is empty where nothing is); `undefined` leaves the ref alone. Without
   * it `full/current` starts again: one commit without a parent, which follows from what it holds.
   */
  readonly onTop?: (tree: ObjectId, parents: readonly ObjectId[]) => ObjectId | undefined;
  /** Whether a `generation.json` that another program has put there stays. */
  readonly keepsJson?: boolean;
  /** The time that dates one that starts again with nothing in it. Default: the newest of what the archives' files say. */
  readonly newest?: () => Promise<CreatedAt | undefined>;
}

/** What is to become of the generations. What is not named stays as it is. */
export interface WantedGenerations {
  readonly archives: readonly WantedArchive[];
  readonly current?: WantedCurrent | undefined;
  /** Whether the manifest loses the entries of archives that are to hold nothing. */
  readonly forgetsEmptied?: boolean;
  /** What the manifest says besides of other archives. */
  readonly changes?: readonly GenerationChange[];
}

/** An archived generation as it is written: its commit, and what the manifest says of it. */
export interface WrittenArchive {
  readonly number: number;
  readonly commit: ObjectId;
  readonly tree: ObjectId;
  readonly checkpoints: readonly CheckpointId[];
  readonly span: GenerationSpan;
}

/** Generations as objects. */
export interface Materialized {
  /** For one transaction: archives, `full/current`, and the manifest last. Without those of refs that stay where they are. */
  readonly updates: readonly RefUpdate[];
  /** The archives that were made, also where they are what was there. */
  readonly archives: readonly WrittenArchive[];
  /** The archives of which nothing is left, by their numbers. */
  readonly emptied: readonly number[];
}

/**
 * Makes what an assignment says: trees, `generation.json`, commits, the manifest's entries, and the ref updates that go with
 * them. Every run that writes generations ends here, and they differ in what they pass in alone. Nothing is moved.
 */
export async function materialize(sources: GenerationSources, wanted: WantedGenerations): Promise<Materialized> {
  const archives: WrittenArchive[] = [];
  const emptied: number[] = [];
  const moved: Array<readonly [ref: string, id: ObjectId | null]> = [];
  for (const archive of wanted.archives) {
    const written = await writeArchive(sources, archive);
    moved.push([generationRef(archive.number), written?.commit ?? null]);
    if (written === undefined) emptied.push(archive.number);
    else archives.push(written);
    sources.onArchive?.(archive.number, moved.length);
  }
  const current = wanted.current && (await writeCurrent(sources, wanted.current, archives, emptied));
  if (current !== undefined) moved.push([CURRENT_REF, current]);
  const changes: GenerationChange[] = [
    ...archives.map((archive) => ({ kind: 'archived', ...archive }) as const),
    ...emptied.map((number) => ({ kind: wanted.forgetsEmptied === true ? 'forgotten' : 'emptied', number }) as const),
    ...(wanted.changes ?? []),
  ];
  const manifest = await manifestUpdate(sources, changes);
  const updates = moved.map(([ref, id]) => ({ ref, old: sources.state.refs.v2.get(ref) ?? null, new: id }));
  return {
    updates: [...updates.filter((update) => update.old !== update.new), ...manifest],
    archives,
    emptied,
  };
}

/** One commit without a parent that follows from its content alone; `undefined` where nothing is left to be in it. */
async function writeArchive(
  sources: GenerationSources,
  { number, checkpoints, base, keepsHistory = false }: WantedArchive,
): Promise<WrittenArchive | undefined> {
  const { repo, sink } = sources;
  const others = base?.others ?? [];
  if (checkpoints.size === 0 && others.length === 0) return undefined;
  const ids = [...checkpoints.keys()];
  const span = await sources.spanOf(ids);
  const edits = folderEdits(checkpoints, base);
  if (!others.some(({ name }) => name === GENERATION_FILE)) {
    edits.set(GENERATION_FILE, { mode: '100644', id: sink.add('blob', generationJson(span)) });
  }
  const tree = await editTree(repo, sink, base?.tree ?? null, edits);
  const [before] = keepsHistory && base !== undefined ? await repo.readObjects([base.commit]) : [];
  const parents = before === undefined ? [] : parseCommit(before.content).parents;
  const message = `Archive generation ${generationName(number)}\n`;
  return { number, commit: generationCommit(sink, tree, message, span.newest, parents), tree, checkpoints: ids, span };
}

async function writeCurrent(
  sources: GenerationSources,
  wanted: WantedCurrent,
  written: readonly WrittenArchive[],
  emptied: readonly number[],
): Promise<ObjectId | undefined> {
  const { repo, sink } = sources;
  const { checkpoints, base, onTop, keepsJson = false } = wanted;
  const edits = folderEdits(checkpoints, base);
  if (base?.json !== undefined && !keepsJson) edits.set(GENERATION_FILE, null);
  const tree = await editTree(repo, sink, base?.tree ?? null, edits);
  if (onTop !== undefined) return onTop(tree, base === undefined ? [] : [base.commit]);
  if (checkpoints.size > 0) {
    return generationCommit(sink, tree, START, (await sources.spanOf([...checkpoints.keys()])).newest);
  }
  const gone = new Set([...written.map(({ number }) => number), ...emptied]);
  const newest =
    wanted.newest === undefined
      ? await newestOfArchives(
          sources,
          written.map(({ span }) => span),
          gone,
        )
      : await wanted.newest();
  return generationCommit(sink, tree, START, newest);
}

const START = 'Start generation\n';

/** The edits that lead from what a generation holds to what it is to hold. */
function folderEdits(
  checkpoints: ReadonlyMap<CheckpointId, ObjectId>,
  base: GenerationContent | undefined,
): Map<string, TreeEdit> {
  const edits = new Map<string, TreeEdit>();
  for (const id of base?.checkpoints.keys() ?? []) if (!checkpoints.has(id)) edits.set(shardPath(id), null);
  for (const [id, folder] of checkpoints) {
    if (base?.checkpoints.get(id) !== folder) edits.set(shardPath(id), { mode: '40000', id: folder });
  }
  return edits;
}

/** The newest time of all archives, those written now included; one whose file can't be read has none. */
async function newestOfArchives(
  { repo, state }: GenerationSources,
  written: readonly GenerationSpan[],
  gone: ReadonlySet<number>,
): Promise<CreatedAt | undefined> {
  const commits = await repo.readObjects(state.refs.archives.flatMap(({ id, number }) => (gone.has(number) ? [] : id)));
  const trees = commits.flatMap((commit) => (commit?.type === 'commit' ? [parseCommit(commit.content).tree] : []));
  const roots = await readTrees(repo, trees);
  const files = roots.map((root) => ({ json: root.find(({ name }) => name === GENERATION_FILE)?.id }));
  const spans = [...(await readSpans(repo, files)), ...written];
  return spanOf(spans.flatMap((span) => span?.newest ?? [])).newest;
}
