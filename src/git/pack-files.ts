import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { despitePrune } from './despite-prune.ts';
import { during } from './git-failure.ts';
import type { KeptPacks } from './kept-packs.ts';
import { packFolder } from './pack-folder.ts';
import { packIndexOf } from './pack-index-writer.ts';
import type { PackEntry } from './pack-writer.ts';
import type { Repository } from './repository.ts';
import { sharedModeOf } from './shared-mode.ts';
import { syncFolder } from './sync-folder.ts';

/** Where a pack is stored, and whose configuration says who may read it. */
export type PackHome = Pick<Repository, 'commonDir' | 'objectsDir' | 'config'>;

/** A pack that is to be stored. Each method may be called again: a `git prune` can delete what was written first. */
export interface StoredPack {
  /** The whole pack in pieces, of which the last one is its checksum. */
  packStream(): Iterable<Buffer>;
  /** Every entry, by offset. */
  entries(): Iterable<PackEntry>;
}

/**
 * Stores a pack with its index, without a look at what is in the store already: a damaged object there is not in the way. The pack
 * comes first, its index last: a pack without an index is not seen by anyone.
 */
export function writePackFiles(repo: PackHome, pack: StoredPack, kept: KeptPacks): Promise<void> {
  return despitePrune(() => during(`writing objects to ${repo.commonDir}`, () => write(repo, pack, kept)));
}

async function write(repo: PackHome, pack: StoredPack, kept: KeptPacks): Promise<void> {
  const folder = packFolder(repo.objectsDir);
  const shared = await sharedModeOf(repo);
  await shared.makeFolder(folder);
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
    await writeSynced(indexFile, packIndexOf(pack.entries(), checksum));
    await Promise.all([shared.file(packFile), shared.file(indexFile)]);
    const baseName = `pack-${checksum.toString('hex')}`;
    const name = join(folder, baseName);
    await kept.keep(baseName);
    await rename(packFile, `${name}.pack`);
    await rename(indexFile, `${name}.idx`);
    await syncFolder(folder);
  } finally {
    await Promise.all([rm(packFile, { force: true }), rm(indexFile, { force: true })]);
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
