import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LARGEST_READ } from '../../src/git/errors.ts';
import { ObjectStore } from '../../src/git/isomorphic/object-store.ts';
import { packOf } from '../../src/git/isomorphic/smart-http/outgoing-pack.ts';
import type { ObjectId } from '../../src/git/object-id.ts';
import { IS_LONG } from '../fixtures/scale.ts';
import { GitRepo } from './git-repo.ts';

const MIB = 2 ** 20;

describe('a pack that goes out', () => {
  let repo: GitRepo;

  beforeEach(() => {
    repo = new GitRepo();
  });

  afterEach(() => repo.remove());

  /** The largest piece of a pack with these objects, which git then has in a repository of its own. */
  async function largestPieceOf(ids: readonly ObjectId[]): Promise<number> {
    const objects = new ObjectStore({ commonDir: repo.gitPath(), objectsDir: repo.gitPath('objects') });
    const pieces: Buffer[] = [];
    for await (const piece of packOf(objects, ids)) pieces.push(piece);
    objects.close();
    const pack = join(repo.root, 'out.pack');
    writeFileSync(pack, Buffer.concat(pieces));
    repo.git(['index-pack', pack]);
    const listed = repo.git(['verify-pack', '-v', pack]);
    for (const id of ids) expect(listed).toContain(id);
    return Math.max(...pieces.map(({ length }) => length));
  }

  const large = IS_LONG ? LARGEST_READ.blob + MIB : 8 * MIB;

  test('comes in small pieces, however large its blobs are, and however they are stored', async () => {
    const random = randomBytes(large);
    const ids = [random, Buffer.alloc(large, 'a'), Buffer.concat([random, Buffer.from('more')])].map((content) =>
      repo.blob(content),
    );
    ids.push(repo.tree({ small: 'small' }), repo.blob('small'));
    expect(await largestPieceOf(ids)).toBeLessThan(MIB);
    repo.git(['pack-objects', '-q', repo.gitPath('objects/pack/pack')], `${ids.join(' a\n')}\n`);
    repo.git(['prune-packed']);
    expect(await largestPieceOf(ids)).toBeLessThan(MIB);
    // A delta whose base does not go along.
    expect(await largestPieceOf(ids.slice(0, 1))).toBeLessThan(MIB);
    expect(await largestPieceOf(ids.slice(2, 3))).toBeLessThan(MIB);
  });
});
