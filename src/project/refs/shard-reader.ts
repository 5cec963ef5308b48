import { BadObjectError } from '../../git/errors.ts';
import { idsOf, type ObjectId, rawIdLength } from '../../git/object-id.ts';
import { assertTree } from '../../git/read-trees.ts';
import type { Repository } from '../../git/repository.ts';
import type { TreeEntry } from '../../git/tree.ts';
import { checkpointsIn } from '../../layout/checkpoint-walk.ts';
import { sharedEnds, TreeSequence } from '../tree-sequence.ts';
import type { Folder } from './checkpoint-trees.ts';

/** A version of a shard folder that is to be read. */
export interface WantedShard {
  readonly name: string;
  readonly id: ObjectId;
  /** Its folders are needed only where a later version has others. */
  readonly isBefore: boolean;
}

/**
 * Reads the versions of V1's shard folders one after the other. Each resembles the one before, so that only what differs is parsed,
 * and only the checkpoints that differ are told to need a tree.
 */
export class ShardReader {
  readonly #repo: Repository;
  readonly #sequences = new Map<string, { readonly parser: TreeSequence; last: readonly TreeEntry[] | undefined }>();

  constructor(repo: Repository) {
    this.#repo = repo;
  }

  /** The entries of these versions by name and id, and the checkpoint folders of which the trees are needed. */
  async read(wanted: readonly WantedShard[]) {
    const objects = await this.#repo.readObjects(idsOf(wanted));
    const versions = new Map<string, readonly TreeEntry[]>();
    const folders: Folder[] = [];
    wanted.forEach(({ name, id, isBefore }, i) => {
      const sequence = this.#sequence(name);
      const entries = this.#parse(sequence.parser, name, id, assertTree(id, objects[i]));
      const [front, back] = sharedEnds(sequence.last ?? [], entries);
      if (sequence.last !== undefined || !isBefore) {
        for (const version of [sequence.last ?? [], entries]) {
          for (const one of checkpointsIn(name, version.slice(front, version.length - back))) folders.push(one);
        }
      }
      sequence.last = entries;
      versions.set(name + id, entries);
    });
    return { versions, folders };
  }

  #sequence(name: string) {
    let sequence = this.#sequences.get(name);
    if (sequence === undefined) {
      sequence = { parser: new TreeSequence(rawIdLength(this.#repo.objectFormat)), last: undefined };
      this.#sequences.set(name, sequence);
    }
    return sequence;
  }

  #parse(parser: TreeSequence, name: string, id: ObjectId, content: Buffer): readonly TreeEntry[] {
    try {
      return parser.parse(content);
    } catch (error) {
      throw new BadObjectError(id, `${name} in V1: the tree ${id} can't be read: ${(error as Error).message}`);
    }
  }
}
