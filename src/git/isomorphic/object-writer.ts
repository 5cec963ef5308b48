import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { during } from '../failure.ts';
import type { KeptPacks } from '../kept-packs.ts';
import type { ObjectFormat, ObjectId, ObjectType } from '../object-id.ts';
import { PackBuilder } from '../pack-writer.ts';
import type { DeltaBase, ObjectWriter } from '../repository.ts';
import { syncFolder } from '../sync-folder.ts';
import type { ObjectStore } from './object-store.ts';
import { packIndexOf } from './pack-index-writer.ts';

/** Stores new objects with Node alone: one pack with its index. */
export class IsomorphicObjectWriter implements ObjectWriter {
  readonly #commonDir: string;
  readonly #objects: ObjectStore;
  readonly #format: ObjectFormat;
  readonly #kept: KeptPacks;
  #pack: PackBuilder;

  constructor(commonDir: string, objects: ObjectStore, format: ObjectFormat, kept: KeptPacks) {
    this.#kept = kept;
    this.#commonDir = commonDir;
    this.#objects = objects;
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
    await during(`writing objects to ${this.#commonDir}`, () => this.#writePack(pack));
    this.#pack = new PackBuilder(this.#format);
  }

  /** The pack first, its index last: a pack without an index is not seen by anyone. */
  async #writePack(pack: PackBuilder): Promise<void> {
    const folder = join(this.#commonDir, 'objects', 'pack');
    await mkdir(folder, { recursive: true });
    const aside = (kind: string) => join(folder, `tmp_${kind}_${randomBytes(6).toString('hex')}`);
    const packFile = aside('pack');
    const indexFile = aside('idx');
    try {
      let checksum: Buffer = Buffer.alloc(0);
      const pieces = pack.packStream();
      await writeSynced(
        packFile,
        (function* () {
          for (const piece of pieces) {
            checksum = piece;
            yield piece;
          }
        })(),
      );
      await writeSynced(indexFile, [packIndexOf(pack.entries(), checksum)]);
      const baseName = `pack-${checksum.toString('hex')}`;
      const name = join(folder, baseName);
      await this.#kept.keep(baseName);
      await rename(packFile, `${name}.pack`);
      await rename(indexFile, `${name}.idx`);
      await syncFolder(folder);
    } finally {
      await Promise.all([rm(packFile, { force: true }), rm(indexFile, { force: true })]);
    }
    await this.#objects.refresh();
  }
}

async function writeSynced(path: string, pieces: Iterable<Buffer>): Promise<void> {
  const file = await open(path, 'wx', 0o444);
  try {
    for (const piece of pieces) await file.writeFile(piece);
    await file.sync();
  } finally {
    await file.close();
  }
}
