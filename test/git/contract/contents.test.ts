import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ObjectId } from '../../../src/git/object-id.ts';
import type { Repository } from '../../../src/git/repository.ts';
import { missize } from '../../fixtures/damaged-objects.ts';
import type { GitRepo } from '../git-repo.ts';
import { ABSENT, describeContract } from './suite.ts';

/** What came of one object: its type and content, or that it is absent or damaged. */
type Outcome = 'absent' | 'damaged' | `${string} ${string}`;

/** What the stream says of each id, and that it says it in the order of a stream: start, bytes up to the size, end. */
async function streamed(repository: Repository, ids: readonly ObjectId[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  let open: { index: number; type: string; size: number; parts: Buffer[] } | undefined;
  for await (const part of repository.streamContents(ids)) {
    expect(outcomes[part.index]).toBeUndefined();
    if (part.kind === 'start') {
      expect(open).toBeUndefined();
      open = { index: part.index, type: part.type, size: part.size, parts: [] };
    } else if (part.kind === 'bytes') {
      expect(open?.index).toBe(part.index);
      open?.parts.push(Buffer.from(part.bytes));
    } else if (part.kind === 'end') {
      const content = Buffer.concat(open?.parts ?? []);
      expect([open?.index, open?.size]).toEqual([part.index, content.length]);
      outcomes[part.index] = `${open?.type} ${hashOf(content)}`;
      open = undefined;
    } else {
      if (part.kind === 'damaged') expect(part.reason).not.toBe('');
      outcomes[part.index] = part.kind;
      open = undefined;
    }
  }
  expect(open).toBeUndefined();
  return outcomes;
}

function hashOf(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** What git says of these objects. */
function expected(repo: GitRepo, ids: readonly ObjectId[]): Outcome[] {
  return ids.map((id): Outcome => {
    const type = repo.git(['cat-file', '-t', id]);
    return `${type} ${hashOf(repo.gitBytes(['cat-file', type, id]))}`;
  });
}

function repack(repo: GitRepo, tip: ObjectId): void {
  repo.setRef('refs/keep', tip);
  repo.git(['repack', '-adq', '--depth=50']);
  repo.git(['prune-packed']);
}

describeContract('contents in pieces', ({ newRepo, open }) => {
  test('objects of every type, loose, packed and as deltas, absent ones and repeated ids', async () => {
    const repo = newRepo();
    const text = randomBytes(30_000).toString('hex');
    const files = { a: text, b: `${text}more`, empty: '', line: '\n', own: 'blob 4\0text\n' };
    const tree = repo.tree(files);
    const commit = repo.commit('one', [], tree);
    repo.git(['tag', '-a', '-m', 'a tag', 'tagged', commit]);
    const tag = repo.git(['rev-parse', 'refs/tags/tagged']) as ObjectId;
    const blobs = Object.values(files).map((content) => repo.blob(content));
    const ids = [commit, ...blobs, tree, tag, blobs[2] as ObjectId, commit];
    const asGitSays = expected(repo, ids);
    const repository = await open(repo);
    expect(await streamed(repository, ids)).toEqual(asGitSays);
    expect(await streamed(repository, [ABSENT, commit, ABSENT])).toEqual(['absent', asGitSays[0], 'absent']);
    expect(await streamed(repository, [])).toEqual([]);
    repack(repo, tag);
    expect(await streamed(await open(repo), ids)).toEqual(asGitSays);
  });

  test('a large object comes in pieces; a stream that is left early spoils no other', async () => {
    const repo = newRepo();
    repo.git(['config', 'core.compression', '0']);
    const large = repo.blob(randomBytes(8 << 20));
    const small = [repo.blob('one'), repo.blob('two')];
    const repository = await open(repo);
    let largest = 0;
    for await (const part of repository.streamContents([large])) {
      if (part.kind === 'bytes') largest = Math.max(largest, part.bytes.length);
    }
    expect(largest).toBeGreaterThan(0);
    expect(largest).toBeLessThan(2 << 20);
    for await (const part of repository.streamContents([large, ...small])) if (part.kind === 'bytes') break;
    const ids = [...small, large];
    const together = await Promise.all([streamed(repository, ids), streamed(repository, small)]);
    expect(together).toEqual([expected(repo, ids), expected(repo, small)]);
  });

  test('a damaged object is said to be that, and the stream goes on', async () => {
    const repo = newRepo();
    const ids = ['first', 'cut off', 'emptied', 'last'].map((text) => repo.blob(text.repeat(400)));
    const fileOf = (id = '') => repo.gitPath('objects', id.slice(0, 2), id.slice(2));
    const [first, cut, emptied, last] = ids;
    const asGitSays = expected(repo, ids);
    for (const id of [cut, emptied]) chmodSync(fileOf(id), 0o644);
    const content = readFileSync(fileOf(cut));
    writeFileSync(fileOf(cut), content.subarray(0, content.length - 20));
    writeFileSync(fileOf(emptied), '');
    const order = [first, cut, ABSENT, emptied, last] as ObjectId[];
    const wanted = [asGitSays[0], 'damaged', 'absent', 'damaged', asGitSays[3]];
    const repository = await open(repo);
    expect(await streamed(repository, order)).toEqual(wanted);
    expect(await streamed(repository, order)).toEqual(wanted);
  });

  test.each([1, 51, 5_000_000, -1, -7])(
    'an object whose file says %i bytes more than it has is damaged',
    async (by) => {
      const repo = newRepo();
      const blobs = ['first', 'a small text', 'L'.repeat(3 << 20), 'last'].map((text) => repo.blob(text));
      const tree = repo.tree({ file: 'text' });
      const commit = repo.commit('a commit', [], tree);
      repo.git(['tag', '-a', '-m', 'a tag', 'tagged', commit]);
      const tag = repo.git(['rev-parse', 'refs/tags/tagged']) as ObjectId;
      const [first, small, large, last] = blobs as [ObjectId, ObjectId, ObjectId, ObjectId];
      const [firstGood, lastGood] = expected(repo, [first, last]);
      const wrong = [small, large, tree, commit, tag];
      for (const id of wrong) missize(repo.gitPath(), id, by);
      const repository = await open(repo);
      // Git makes commits, trees and tags as long as they say: who reads them compares them with their ids.
      const outcomes = (await streamed(repository, [first, ...wrong, last])).map((outcome) =>
        /^(commit|tree|tag) /.test(outcome) ? 'damaged' : outcome,
      );
      expect(outcomes).toEqual([firstGood, ...wrong.map(() => 'damaged'), lastGood]);
      for (const id of wrong) {
        const error = { code: 'BAD_OBJECT', id };
        await expect(repository.readObjects([id]), 'alone').rejects.toMatchObject(error);
        const among = [repository.readObjects([first, id, last]), repository.readObjects([last])];
        expect(await Promise.allSettled(among)).toMatchObject([{ reason: error }, { value: [{ id: last }] }]);
        await expect(repository.visitObjects([id, first], () => undefined)).rejects.toMatchObject(error);
      }
      for (const id of [small, large]) {
        const read = async () => {
          for await (const _ of (await repository.streamBlob(id)) ?? []);
        };
        await expect(read()).rejects.toMatchObject({ code: 'BAD_OBJECT', id });
      }
    },
  );

  test('a partial clone is asked for nothing, and its promisor remote is known', async () => {
    const repo = newRepo();
    const tip = repo.commit('tip');
    repo.setRef('refs/heads/main', tip);
    repo.git(['config', 'uploadpack.allowFilter', 'true']);
    const partial = join(repo.root, 'partial');
    repo.git(['clone', '--quiet', '--filter=blob:none', '--bare', '-o', 'upstream', `file://${repo.dir}`, partial]);
    const ids = [repo.git(['rev-parse', 'main:file']), tip] as ObjectId[];
    const repository = await open(repo, { dir: partial });
    const before = repo.git(['-C', partial, 'count-objects', '-v']);
    for (let round = 0; round < 2; round++) {
      expect(await streamed(repository, ids)).toEqual(['absent', ...expected(repo, [tip])]);
    }
    expect(repo.git(['-C', partial, 'count-objects', '-v'])).toBe(before);
    expect(await repository.promisorRemote()).toBe('upstream');
    expect(await repository.promisedObjects([ABSENT])).toEqual(new Set([ABSENT]));
  });

  test('no promisor remote: a whole repository, with a remote or without', async () => {
    const repo = newRepo();
    expect(await (await open(repo)).promisorRemote()).toBeUndefined();
    expect(await (await open(repo)).promisedObjects([ABSENT])).toEqual(new Set());
    repo.git(['remote', 'add', 'origin', 'https://example.com/promisor.git']);
    expect(await (await open(repo)).promisorRemote()).toBeUndefined();
    repo.git(['config', 'remote.origin.promisor', 'false']);
    expect(await (await open(repo)).promisorRemote()).toBeUndefined();
  });

  test('the promisor remote of older and newer configurations', async () => {
    for (const [key, value] of [
      ['remote.Up Stream.promisor', 'true'],
      ['remote.Up Stream.promisor', 'yes'],
      ['remote.Up Stream.promisor', '1'],
      ['extensions.partialClone', 'Up Stream'],
    ] as const) {
      const repo = newRepo();
      repo.git(['remote', 'add', 'origin', 'https://example.com/a.git']);
      repo.git(['config', key, value]);
      expect(await (await open(repo)).promisorRemote()).toBe('Up Stream');
    }
  });
});
