import { type CheckpointId, shardPath } from '../../checkpoint/checkpoint-id.ts';
import { METADATA_FILE } from '../../checkpoint/files.ts';
import { refsSummary } from '../../checkpoint/refs-summary.ts';
import { BadObjectError } from '../../git/errors.ts';
import type { ObjectId } from '../../git/object-id.ts';
import { readTrees } from '../../git/read-trees.ts';
import { type ReadDocument, visitDocuments } from '../../git/read-usable.ts';
import type { ObjectSink, Repository } from '../../git/repository.ts';
import { serializeTree, type TreeEntry } from '../../git/tree.ts';
import { isSummary } from '../../layout/folder-kinds.ts';
import { IdsByCheckpoint } from './ids-by-checkpoint.ts';

/** A checkpoint and the id of its folder in V1. */
export type Folder = readonly [id: CheckpointId, folder: ObjectId];

/**
 * The trees that V1's checkpoints have as git-refs: their folders, with another summary. Each distinct folder and summary of a
 * checkpoint is read once, however many commits have it; other blobs are not read, and may be absent.
 */
export class CheckpointTrees {
  readonly #repo: Repository;
  readonly #sink: ObjectSink;
  /** By ID and folder: what is cut from a summary depends on both. */
  readonly #trees: IdsByCheckpoint;
  readonly #summaries: IdsByCheckpoint;
  /** Summaries that are absent from the repository, with a path of each: they keep their ids. */
  readonly absentSummaries = new Map<ObjectId, string>();
  /** Numbers in rewritten summaries that no float holds, as they are written there. */
  readonly unheldNumbers = new Map<CheckpointId, readonly string[]>();

  constructor(repo: Repository, sink: ObjectSink) {
    this.#repo = repo;
    this.#sink = sink;
    this.#trees = new IdsByCheckpoint(repo.objectFormat);
    this.#summaries = new IdsByCheckpoint(repo.objectFormat);
  }

  /** The tree that a folder becomes. It must have been loaded. */
  treeOf(id: CheckpointId, folder: ObjectId): ObjectId {
    const tree = this.#trees.get(id, folder);
    if (tree === undefined) throw new Error(`the folder ${folder} of the checkpoint ${id} was not loaded`);
    return tree;
  }

  /** Makes the trees of these folders. Throws `BadObjectError`, with the place, where a folder is absent or broken. */
  async load(folders: Iterable<Folder>): Promise<void> {
    const wanted = new Map<string, Folder>();
    for (const [id, folder] of folders) {
      if (this.#trees.get(id, folder) === undefined) wanted.set(id + folder, [id, folder]);
    }
    if (wanted.size === 0) return;
    const list = [...wanted.values()];
    const trees = await this.#read(list);
    await this.#loadSummaries(list, trees);
    list.forEach(([id, folder], i) => {
      this.#trees.set(id, folder, this.#compose(id, folder, trees[i] ?? []));
    });
  }

  async #read(folders: readonly Folder[]): Promise<TreeEntry[][]> {
    const ids = folders.map(([, folder]) => folder);
    try {
      return await readTrees(this.#repo, ids);
    } catch (error) {
      if (!(error instanceof BadObjectError)) throw error;
      const [id] = folders.find(([, folder]) => folder === error.id) ?? [];
      const place = id === undefined ? 'a checkpoint' : shardPath(id);
      throw new BadObjectError(error.id, `${place} in V1: ${error.message}`, error.hint);
    }
  }

  async #loadSummaries(folders: readonly Folder[], trees: readonly TreeEntry[][]): Promise<void> {
    const wanted = new Map<string, { readonly id: CheckpointId; readonly blob: ObjectId }>();
    folders.forEach(([id], i) => {
      const blob = summaryIn(trees[i] ?? [])?.id;
      if (blob !== undefined && this.#summaries.get(id, blob) === undefined) wanted.set(id + blob, { id, blob });
    });
    const list = [...wanted.values()];
    const blobs = list.map(({ blob }) => blob);
    await visitDocuments(this.#repo, blobs, (document, i) => {
      const one = list[i];
      if (one !== undefined) this.#summaries.set(one.id, one.blob, this.#project(one.id, one.blob, document));
    });
  }

  /** The id of what a summary becomes: its own where it is absent, or too large to be read. */
  #project(id: CheckpointId, blob: ObjectId, content: ReadDocument): ObjectId {
    if (content === undefined) this.absentSummaries.set(blob, `${shardPath(id)}/${METADATA_FILE}`);
    if (!(content instanceof Buffer)) return blob;
    const summary = refsSummary(content, id);
    if (summary.unheld.length > 0) {
      const known = this.unheldNumbers.get(id) ?? [];
      this.unheldNumbers.set(id, [...new Set([...known, ...summary.unheld])]);
    }
    return summary.content === content ? blob : this.#sink.add('blob', summary.content);
  }

  #compose(id: CheckpointId, folder: ObjectId, entries: readonly TreeEntry[]): ObjectId {
    const summary = summaryIn(entries);
    if (summary === undefined) return folder;
    const projected = this.#summaries.get(id, summary.id) ?? summary.id;
    if (projected === summary.id && summary.mode === '100644') return folder;
    const edited = entries.map((entry) => (entry === summary ? { ...entry, mode: '100644', id: projected } : entry));
    return this.#sink.add('tree', serializeTree(edited));
  }
}

function summaryIn(entries: readonly TreeEntry[]): TreeEntry | undefined {
  return entries.find((entry) => isSummary('checkpoint', entry));
}
