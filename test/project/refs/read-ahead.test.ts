import { setTimeout } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hashObject, type ObjectId } from '../../../src/git/object-id.ts';
import type { Repository } from '../../../src/git/repository.ts';
import { allFolders } from '../../../src/layout/checkpoint-walk.ts';
import { CheckpointTrees } from '../../../src/project/refs/checkpoint-trees.ts';
import { projectRefsHistory } from '../../../src/project/refs/refs-history.ts';
import { histories, materialize } from '../../fixtures/arbitraries.ts';
import { withTempDir } from '../../fixtures/git.ts';
import { assertProperty, withRepository } from '../../migrate/support.ts';

/** The same repository, whose answers come late, now one and then another first. */
function late(repo: Repository): Repository {
  let asked = 0;
  return new Proxy(repo, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (name !== 'readObjects' && name !== 'visitObjects')
        return typeof value === 'function' ? value.bind(target) : value;
      return async (...args: never[]) => {
        await setTimeout((++asked * 7) % 5);
        return value.apply(target, args);
      };
    },
  });
}

async function imagesOf(repo: Repository, tip: ObjectId, atOnce: number) {
  const commits = await repo.walk({ tips: [tip] });
  const only = new Set((await allFolders(repo, tip)).keys());
  const made = new Map<ObjectId, string>();
  const sink = {
    add: (type: 'blob' | 'commit' | 'tree' | 'tag', content: Buffer) => {
      const id = hashObject(repo.objectFormat, type, content);
      made.set(id, type);
      return id;
    },
  };
  const trees = new CheckpointTrees(repo, sink);
  const options = { repo, sink, trees, commits, base: undefined, only, onCommit: () => undefined, atOnce };
  const { tip: state, images } = await projectRefsHistory(options);
  const ofTip = [...state.shards].flatMap(([, shard]) =>
    shard.entries === undefined ? [] : [...shard.held].map(([id, { image }]) => [id, image] as const),
  );
  return { ofTip: new Map(ofTip), images: new Map(images), made };
}

test('what is read ahead, in whatever batches and however late, gives the same images', () =>
  assertProperty(
    fc.asyncProperty(
      histories({ deletions: true, maxOperations: 25 }),
      fc.integer({ min: 1, max: 4 }),
      (history, atOnce) =>
        withTempDir(async (temp) => {
          const { dir, tip } = materialize(history, temp);
          await withRepository(dir, 'native', async (repo) => {
            const expected = await imagesOf(repo, tip as ObjectId, Number.POSITIVE_INFINITY);
            expect(await imagesOf(late(repo), tip as ObjectId, atOnce)).toEqual(expected);
          });
        }),
    ),
    100,
  ));
