import fc from 'fast-check';
import { expect, test } from 'vitest';
import { commitText, parseCommitText, serializeCommit } from '../../src/git/commit.ts';
import { hashObject, type ObjectId } from '../../src/git/object-id.ts';
import type { WalkedCommit } from '../../src/git/repository.ts';
import { commitImage } from '../../src/project/commit-image.ts';
import { RunningComparison } from '../../src/verify/running-comparison.ts';

interface Stored extends WalkedCommit {
  readonly text: string;
}

/** Which parents a commit has among those before it, and what is wrong with its image. */
const node = fc.record({
  parents: fc.uniqueArray(fc.nat(20), { maxLength: 2 }),
  damage: fc.constantFrom('', '', '', 'absent', 'author', 'twice', 'parents'),
});
const TREE = 'a'.repeat(40) as ObjectId;

function stored(parents: readonly ObjectId[], author: string, message: string): Stored {
  return restored(commitText({ tree: TREE, parents, headers: [`author ${author} 1 +0000`], message }));
}

function restored(text: string): Stored {
  const commit = parseCommitText(text);
  return { id: hashObject('sha1', 'commit', serializeCommit(commit)), parents: commit.parents, text };
}

/** A history of V1, and one of `main` that comes from it with some damage; both with parents before children. */
function histories(nodes: ReadonlyArray<{ parents: readonly number[]; damage: string }>) {
  const v1: Stored[] = [];
  const main: Stored[] = [];
  const imageOf = new Map<ObjectId, ObjectId>();
  for (const [i, { parents, damage }] of nodes.entries()) {
    const above = parents.flatMap((at) => v1[at]?.id ?? []);
    const commit = stored(above, 'A <a@b>', `commit ${i}\n`);
    v1.push(commit);
    if (damage === 'absent') continue;
    const parsed = parseCommitText(commit.text);
    const wanted = damage === 'parents' ? [] : above.flatMap((id) => imageOf.get(id) ?? []);
    const image = commitImage(commit.id, parsed, TREE, wanted);
    const isOther = damage === 'author';
    const made = restored(commitText(isOther ? { ...image, headers: ['author B <b@b> 1 +0000'] } : image));
    imageOf.set(commit.id, made.id);
    main.push(made);
    if (damage === 'twice') main.push(restored(commitText({ ...image, tree: 'b'.repeat(40) as ObjectId })));
  }
  return { v1, main };
}

test('what is found of histories does not depend on which commits come first', () => {
  const found = new Set<string>();
  fc.assert(
    fc.property(fc.array(node, { maxLength: 12 }), fc.array(fc.boolean()), (nodes, turns) => {
      const { v1, main } = histories(nodes);
      const inOrder = new RunningComparison(v1);
      for (const one of main) inOrder.takeImage(one, one.text);
      for (const one of v1) inOrder.takeOriginal(one, Buffer.from(one.text));
      const mixed = new RunningComparison(v1);
      const [images, originals] = [[...main], [...v1]];
      for (let at = 0; images.length + originals.length > 0; at++) {
        const image = turns[at % (turns.length || 1)] !== false ? images.shift() : undefined;
        if (image !== undefined) mixed.takeImage(image, image.text);
        const original = image === undefined ? originals.shift() : undefined;
        if (original !== undefined) mixed.takeOriginal(original, Buffer.from(original.text));
        else if (image === undefined) for (const one of images.splice(0)) mixed.takeImage(one, one.text);
      }
      expect(mixed.findings()).toEqual(inOrder.findings());
      for (const { code } of inOrder.findings()) found.add(code);
    }),
    { numRuns: 100 },
  );
  expect([...found].sort()).toEqual([
    'COMMIT_AUTHOR_CHANGED',
    'COMMIT_DUPLICATED',
    'COMMIT_MISSING',
    'COMMIT_PARENTS_CHANGED',
  ]);
});
