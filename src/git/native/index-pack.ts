import { despitePrune } from '../despite-prune.ts';
import type { KeptPacks } from '../kept-packs.ts';
import type { PackBuilder } from '../pack-writer.ts';
import type { GitProgram } from './program.ts';

/** What `index-pack` keeps of unpacked objects, a thread: the longest chains of ours have 50 trees of some 10 KB. By default 96 MB. */
const BASE_CACHE = 'core.deltaBaseCacheLimit=16m';

/** Hands a pack to git with `index-pack --stdin`. It takes trees whose blobs are absent, which `fast-import` would refuse. */
export function indexPack(git: GitProgram, pack: PackBuilder, kept: KeptPacks): Promise<void> {
  return despitePrune(async () => {
    // Ctrl-C in a terminal must not hit it half-way: it would leave a part of a pack behind.
    const command = ['-c', BASE_CACHE, 'index-pack', '--stdin', `--keep=${kept.line}`];
    const { stdout } = await git.run(command, { input: pack.packStream(), detached: true });
    // It answers `keep <hash>` where it made the `.keep` file, `pack <hash>` where there was one.
    const [made, hash = ''] = stdout.toString('latin1').trim().split('\t');
    if (made === 'keep') kept.noteKept(`pack-${hash}`);
    else await kept.keep(`pack-${hash}`);
  });
}
