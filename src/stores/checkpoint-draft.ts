import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { CONTENT_HASH_FILE, METADATA_FILE, PROMPT_FILE, TRANSCRIPT_FILE } from '../checkpoint/files.ts';
import type { SummarySession } from '../checkpoint/metadata.ts';
import { OUR_NAMES, plainPath, TRANSCRIPT_NAMES, type TranscriptNames } from '../checkpoint/transcript.ts';
import { GenerationWriter, type GenerationWriterOptions } from '../generations/generation-writer.ts';
import { serializeCommit } from '../git/commit.ts';
import { treeOfCommit } from '../git/commit-trees.ts';
import { BadObjectError, fetchObjectHint, TooLargeError } from '../git/errors.ts';
import type { ObjectId, RefName } from '../git/object-id.ts';
import { entriesAt } from '../git/read-trees.ts';
import { readDocuments } from '../git/read-usable.ts';
import type { ObjectWriter, RefUpdate, Repository } from '../git/repository.ts';
import { isTreeMode, type TreeEntry } from '../git/tree.ts';
import { editTree, type TreeEdit, type TreeEdits } from '../git/tree-editor.ts';
import { isSessionEntry } from '../layout/folder-files.ts';
import type { Layout } from '../layout/layout.ts';
import { CONTEXT_FILE, FILE_MODE } from './session-files.ts';

/** Where and how a checkpoint is written. */
export interface DraftOptions {
  readonly layout: Pick<Layout, 'place' | 'branch'>;
  /** For a layout that keeps files in generations. */
  readonly generations: GenerationWriterOptions;
}

/** The ref that has a checkpoint's summary and metadata, as it is at the moment. */
interface Home {
  readonly ref: RefName;
  /** The ref's value. */
  readonly old: ObjectId | null;
  /** What is written on top of. */
  readonly tip: ObjectId | null;
  readonly root: ObjectId | null;
  /** The names of the folders that lead to the checkpoint's. */
  readonly folder: readonly string[];
}

/**
 * A checkpoint in the middle of one attempt to write it: what a layout has of it in all its places, and what changes. Paths
 * are those below the checkpoint's folder.
 */
export class CheckpointDraft {
  readonly id: CheckpointId;
  /** Takes the objects that the write needs. */
  readonly writer: ObjectWriter;
  readonly #repo: Repository;
  readonly #options: DraftOptions;
  readonly #home: Home;
  readonly #edits = new Map<string, TreeEdit>();
  #generations: Promise<GenerationWriter> | undefined;
  #startsGeneration = false;

  private constructor(repo: Repository, id: CheckpointId, options: DraftOptions, home: Home) {
    this.id = id;
    this.writer = repo.objectWriter();
    this.#repo = repo;
    this.#options = options;
    this.#home = home;
  }

  /** Reads where the checkpoint's refs are now. */
  static async open(repo: Repository, id: CheckpointId, options: DraftOptions): Promise<CheckpointDraft> {
    const { layout } = options;
    const { ref, path } = layout.place(id, METADATA_FILE);
    const copy = layout.branch?.copy;
    const refs = await repo.listRefs(ref, ...(copy === undefined ? [] : [copy]));
    const old = refs.find(({ name }) => name === ref)?.id ?? null;
    // On top of what was fetched of a branch that is not here, so that the two do not grow apart.
    const tip = old ?? refs.find(({ name }) => name === copy)?.id ?? null;
    const root = tip === null ? null : await treeOfCommit(repo, tip);
    return new CheckpointDraft(repo, id, options, { ref, old, tip, root, folder: path.split('/').slice(0, -1) });
  }

  /** The session folders that have or may have metadata, in the order of their numbers. */
  async sessions(): Promise<string[]> {
    const entries = (await this.#homeEntries()) ?? [];
    const names = entries.filter(isSessionEntry).map(({ name }) => name);
    return names.sort((a, b) => Number(a) - Number(b));
  }

  /** All names in the checkpoint's folder, wherever they lie. */
  async names(): Promise<string[]> {
    return (await this.#allEntries()).map(({ name }) => name);
  }

  /** The entries of a session's folder before the write, wherever they lie. */
  entries(session: string): Promise<TreeEntry[]> {
    return this.#allEntries(session);
  }

  /** The names that a session's transcript gets: a writer goes on with those that are there. */
  async transcriptNames(session: string): Promise<TranscriptNames> {
    if (!this.#usesGenerations()) return OUR_NAMES;
    return (await (await this.#openGenerations()).namesFor(this.id, session)) ?? OUR_NAMES;
  }

  /**
   * The content of a metadata file before it is changed; `undefined` where there is none. Throws a `BadObjectError` where it
   * is there, but absent from the repository, or too large to be read whole.
   */
  async fileToEdit(path: string): Promise<Buffer | undefined> {
    const folders = path.split('/');
    const name = folders.pop();
    const entry = (await this.#homeEntries(...folders))?.find((one) => one.name === name && !isTreeMode(one.mode));
    if (entry === undefined) return undefined;
    const [document] = await readDocuments(this.#repo, [entry.id]);
    const where = this.#options.layout.place(this.id, path).path;
    if (document instanceof TooLargeError) {
      throw new BadObjectError(entry.id, `${where} can't be changed: ${document.reason}`, document.hint);
    }
    if (document !== undefined) return document;
    const message = `${where} can't be changed, since it is absent from this repository (${entry.id})`;
    throw new BadObjectError(entry.id, message, fetchObjectHint(entry.id));
  }

  /** How the summary lists a session after the edits: the files that lie where the summary does. */
  async listed(session: string): Promise<SummarySession> {
    const files = new Set((await this.entries(session)).map(({ name }) => name));
    for (const [path, edit] of this.#edits) {
      const name = path.startsWith(`${session}/`) ? path.slice(session.length + 1) : '';
      if (edit === null) files.delete(name);
      else files.add(name);
    }
    const at = (name: string) => `/${this.#options.layout.place(this.id, `${session}/${name}`).path}`;
    const path = (...names: string[]) => names.filter((name) => files.has(name)).map(at)[0];
    const isHere = !this.#isInGeneration(`${session}/${TRANSCRIPT_FILE}`);
    return {
      metadata: at(METADATA_FILE),
      ...(isHere && { transcript: path(...TRANSCRIPT_NAMES.map(({ transcript }) => transcript)) }),
      context: path(CONTEXT_FILE),
      ...(isHere && { content_hash: path(CONTENT_HASH_FILE) }),
      // Empty where there is no prompt, as all writers do it.
      prompt: path(PROMPT_FILE) ?? '',
    };
  }

  edit(edits: TreeEdits): void {
    for (const [path, edit] of edits) this.#edits.set(path, edit);
  }

  /** Puts a file at a path. */
  write(path: string, content: Buffer): void {
    this.#edits.set(path, { mode: FILE_MODE, id: this.writer.add('blob', content) });
  }

  /** Has a layout with generations start one where there is none yet, also where nothing goes to it. */
  startGeneration(): void {
    this.#startsGeneration = this.#usesGenerations();
  }

  /** Makes the commits and the moves of refs, by `identity`, the value of a commit's `author` line. The objects wait in `writer`. */
  async commit(message: string, identity: string): Promise<{ commit: ObjectId; refs: readonly RefUpdate[] }> {
    const { ref, old, tip, root, folder } = this.#home;
    const makeCommit = (tree: ObjectId, parents: readonly ObjectId[], text = message): ObjectId => {
      const headers = [`author ${identity}`, `committer ${identity}`];
      const content = { tree, parents, headers, message: Buffer.from(text, 'utf8').toString('latin1') };
      return this.writer.add('commit', serializeCommit(content));
    };
    const inGeneration = new Map([...this.#edits].filter(([path]) => this.#isInGeneration(path)));
    const here = [...this.#edits].filter(([path]) => !inGeneration.has(path));
    const edits = new Map(here.map(([path, edit]) => [[...folder, path].join('/'), edit]));
    const tree = await editTree(this.#repo, this.writer, root, edits);
    const first = this.#options.layout.branch?.firstMessage;
    const start = () => (first === undefined ? [] : [makeCommit(this.writer.add('tree', Buffer.alloc(0)), [], first)]);
    const commit = makeCommit(tree, tip === null ? start() : [tip]);
    const update = { ref, old, new: commit };
    if (inGeneration.size === 0 && !this.#startsGeneration) return { commit, refs: [update] };
    await this.writer.flush(); // a rotation reads the times of all sessions, that of this write as well
    const generations = await this.#openGenerations();
    return { commit, refs: [...(await generations.put(this.id, inGeneration, commit, makeCommit)), update] };
  }

  #isInGeneration(path: string): boolean {
    return this.#options.layout.place(this.id, plainPath(path)).ref === 'a generation';
  }

  #usesGenerations(): boolean {
    return this.#isInGeneration(`0/${TRANSCRIPT_FILE}`);
  }

  async #openGenerations(): Promise<GenerationWriter> {
    this.#generations ??= GenerationWriter.open(this.#repo, this.writer, this.#options.generations);
    const generations = await this.#generations;
    // A checkpoint that is not at home is in no archive either: they are not searched for it.
    if ((await this.#homeEntries()) === undefined) generations.isNew(this.id);
    return generations;
  }

  async #allEntries(...path: string[]): Promise<TreeEntry[]> {
    const here = (await this.#homeEntries(...path)) ?? [];
    if (!this.#usesGenerations()) return here;
    const generations = await this.#openGenerations();
    const names = new Set(here.map(({ name }) => name));
    return [...here, ...(await generations.entries(this.id, ...path)).filter(({ name }) => !names.has(name))];
  }

  /** The entries of a folder at home; `undefined` where there is no such folder. */
  async #homeEntries(...path: string[]): Promise<TreeEntry[] | undefined> {
    const { root, folder } = this.#home;
    return root === null ? undefined : entriesAt(this.#repo, root, [...folder, ...path]);
  }
}
