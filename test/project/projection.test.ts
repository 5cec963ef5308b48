import { expect, test } from 'vitest';
import { parseCommit } from '../../src/git/commit.ts';
import type { ObjectId } from '../../src/git/object-id.ts';
import { hashingSink, Projection } from '../../src/project/projection.ts';
import { git } from '../fixtures/git.ts';
import { V1_REF } from '../fixtures/v1-builder.ts';
import { id, prepare, update } from '../migrate/checkpoints.ts';
import { overlay } from '../migrate/overlay.ts';
import { ENGINES, withRepository } from '../migrate/support.ts';

test.each(ENGINES)('each tree and each summary is read once, however many commits have it (%s)', async (engine) => {
  const { dir, v1 } = prepare(12);
  v1.finalize(id(3), 0, 'complete\n');
  update(dir, v1);
  await withRepository(dir, engine, async (repo) => {
    const asked: ObjectId[] = [];
    const recording = overlay(repo, {
      readObjects: (ids) => {
        asked.push(...ids);
        return repo.readObjects(ids);
      },
      visitObjects: (ids, visit) => {
        asked.push(...ids);
        return repo.visitObjects(ids, visit);
      },
    });
    const commits = await repo.walk({ tips: [v1.tip as ObjectId] });
    const objects = await repo.readObjects(commits.map((commit) => commit.id));
    const roots = objects.map((object) => parseCommit(object?.content ?? Buffer.alloc(0)).tree);
    const projection = new Projection(recording, hashingSink(repo.objectFormat));
    // In several steps, as a migration takes a long history, and each root once more in the end.
    const projected = [];
    for (const root of roots) projected.push(...(await projection.projectRoots([root])));
    const again = await projection.projectRoots(roots);
    expect(again.map(({ main }) => main)).toEqual(projected.map(({ main }) => main));
    const inner = asked.filter((object) => !roots.includes(object));
    expect(inner.length).toBeGreaterThan(commits.length);
    expect(inner).toHaveLength(new Set(inner).size);
    // All that has to be read: the trees and the summaries of the history, and no other blob.
    const listed = git(dir, 'rev-list', '--objects', V1_REF).split('\n');
    const trees = git(dir, 'log', '--format=%T', V1_REF).split('\n');
    const needed = listed.flatMap((line) => {
      const [object = '', path = ''] = line.split(' ');
      const isSummary = /^[0-9a-f]{2}\/[0-9a-f]{10}\/metadata\.json$/.test(path);
      const isFolder = /^[0-9a-f]{2}(?:\/[0-9a-f]{10}(?:\/\d+)?)?$/.test(path);
      return (isSummary || isFolder) && !trees.includes(object) ? [object] : [];
    });
    expect([...inner].sort()).toEqual([...new Set(needed)].sort());
  });
});
