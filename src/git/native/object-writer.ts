import { despitePrune } from '../despite-prune.ts';
import type { KeptPacks } from '../kept-packs.ts';
import type { ObjectFormat, ObjectId, ObjectType } from '../object-id.ts';
import { type PackHome, writePackFiles } from '../pack-files.ts';
import { PackBuilder } from '../pack-writer.ts';
import type { DeltaBase, ObjectWriter } from '../repository.ts';
import type { GitProgram } from './program.ts';

/** What `index-pack` keeps of unpacked objects, a thread: the longest chains of ours have 50 trees of some 10 KB. By default 96 MB. */
const BASE_CACHE = 'core.deltaBaseCacheLimit=16m';

/**
 * Hands new objects to git as a pack, with `index-pack --stdin`. It takes trees whose blobs are absent, which `fast-import`
 * would refuse.
 */
export class NativeObjectWriter implements ObjectWriter {
  readonly #git: GitProgram;
  readonly #format: ObjectFormat;
  readonly #kept: KeptPacks;
  readonly #onFlush: () => Promise<void>;
  readonly #files: PackHome | undefined;
  #pack: PackBuilder;

  /**
   * `onFlush` is called when objects have been stored. `files` is the git directory where its files are to be written without git, which
   * compares what it stores with what is there and stops at a damaged object.
   */
  constructor(
    git: GitProgram,
    format: ObjectFormat,
    kept: KeptPacks,
    onFlush: () => Promise<void>,
    files?: PackHome | undefined,
  ) {
    this.#files = files;
    this.#git = git;
    this.#kept = kept;
    this.#onFlush = onFlush;
    this.#format = format;
    this.#pack = new PackBuilder(format);
  }

  get pending(): number {
    return this.#pack.size;
  }

  add(type: ObjectType, content: Buffer, similarTo?: DeltaBase): ObjectId {
    return this.#pack.add(type, content, similarTo);
  }

  async flush(): Promise<void> {
    const pack = this.#pack;
    if (pack.size === 0) return;
    if (this.#files === undefined) await despitePrune(() => this.#giveToGit(pack));
    else await writePackFiles(this.#files, pack, this.#kept);
    this.#pack = new PackBuilder(this.#format);
    await this.#onFlush();
  }

  async #giveToGit(pack: PackBuilder): Promise<void> {
    // Ctrl-C in a terminal must not hit it half-way: it would leave a part of a pack behind.
    const command = ['-c', BASE_CACHE, 'index-pack', '--stdin', `--keep=${this.#kept.line}`];
    const { stdout } = await this.#git.run(command, { input: pack.packStream(), detached: true });
    await this.#noteKept(stdout.toString('latin1'));
  }

  /** `index-pack` answers `keep <hash>` where it made the `.keep` file, `pack <hash>` where there was one. */
  async #noteKept(answer: string): Promise<void> {
    const [made, hash = ''] = answer.trim().split('\t');
    if (made === 'keep') this.#kept.noteKept(`pack-${hash}`);
    else await this.#kept.keep(`pack-${hash}`);
  }
}
