import { rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { BadObjectError } from '../../src/git/errors.ts';
import type { ObjectId } from '../../src/git/object-id.ts';
import { ObjectOverlay } from '../../src/git/object-overlay.ts';
import { uniteHistories } from '../../src/remote/unite/merge-histories.ts';
import { clientWrite, idOf } from '../fixtures/entire-client.ts';
import { git, gitBytes, initRepository } from '../fixtures/git.ts';
import { runs } from '../fixtures/scale.ts';
import { tempDir } from '../fixtures/temp.ts';
import { shardPath, transcriptText } from '../fixtures/v1-builder.ts';
import { withRepository } from '../migrate/support.ts';

const ID = idOf('both');
const FOLDER = shardPath(ID);
let dir: string;

/** A V1 with one checkpoint, and branches that start from it. */
beforeEach(() => {
  dir = initRepository({ dir: join(tempDir(), 'clone') });
  clientWrite(dir, { id: ID, session: 'first', ref: 'refs/heads/base' });
});

function branch(name: string): string {
  const ref = `refs/heads/${name}`;
  git(dir, 'update-ref', ref, 'refs/heads/base');
  return ref;
}

/** Writes or deletes files of a checkpoint, as a client that is not right might. */
function change(ref: string, files: Readonly<Record<string, string | null>>, at: number): void {
  const lines = [`commit ${ref}`, `committer Bob <bob@example.com> ${at} +0000`, 'data 4', 'odd', `from ${ref}^0`];
  for (const [name, text] of Object.entries(files)) {
    if (text === null) lines.push(`D ${FOLDER}/${name}`);
    else lines.push(`M 100644 inline ${FOLDER}/${name}`, `data ${Buffer.byteLength(text)}`, text);
  }
  gitBytes(dir, ['fast-import', '--quiet'], { input: `${lines.join('\n')}\n` });
}

/** Unites two commits, and stores what comes of it. */
function unite(one: string, other: string): Promise<string> {
  const [a, b] = [one, other].map((name) => git(dir, 'rev-parse', name)) as [ObjectId, ObjectId];
  return withRepository(dir, 'native', async (repo) => {
    const objects = new ObjectOverlay(repo);
    const writer = repo.objectWriter();
    const { tip, kind } = await uniteHistories(repo, objects, a, b);
    if (kind === 'merged') objects.store(tip, writer);
    await writer.flush();
    return tip;
  });
}

/** As `unite`, in both orders, which must give the same. */
async function uniteBoth(one: string, other: string): Promise<string> {
  const tip = await unite(one, other);
  expect(await unite(other, one)).toBe(tip);
  return tip;
}

/** The transcripts of a commit, by checkpoint and session: by the ID that its metadata says, else by the folder's name. */
function transcripts(commit: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const path of git(dir, 'ls-tree', '-r', '--name-only', commit).split('\n')) {
    if (!path.endsWith('/full.jsonl')) continue;
    const folder = path.slice(0, -'/full.jsonl'.length);
    const metadata = JSON.parse(git(dir, 'show', `${commit}:${folder}/metadata.json`));
    const session = metadata.session_id ?? `folder ${folder.slice(14)}`;
    const key = `${folder.slice(0, 13)} ${session}`;
    expect(found[key], `${key} lies there twice`).toBeUndefined();
    found[key] = gitBytes(dir, ['show', `${commit}:${path}`]).toString();
  }
  return found;
}

function sessionsListed(commit: string): string[] {
  const summary = JSON.parse(git(dir, 'show', `${commit}:${FOLDER}/metadata.json`));
  return summary.sessions.map(({ metadata }: { metadata: string }) => metadata.split('/').at(-2)).sort();
}

describe('a checkpoint that both have changed', () => {
  test('with another session each: both are there, and listed', async () => {
    const [ann, bob] = [branch('ann'), branch('bob')];
    clientWrite(dir, { id: ID, session: 'ann', number: 1, ref: ann, at: 1_750_000_100 });
    clientWrite(dir, { id: ID, session: 'bob', number: 1, ref: bob, at: 1_750_000_200 });
    const tip = await uniteBoth(ann, bob);
    expect(Object.keys(transcripts(tip)).map((key) => key.split(' ')[1])).toEqual(['first', 'ann', 'bob']);
    expect(sessionsListed(tip)).toEqual(['0', '1', '2']);
  });

  test.each([
    ['earlier', 1_750_000_150],
    ['later', 1_750_000_300],
  ])('the summary of the one that wrote %s is damaged: the other one lists all', async (_, at) => {
    const [ann, bob] = [branch('ann'), branch('bob')];
    clientWrite(dir, { id: ID, session: 'ann', number: 1, ref: ann, at: 1_750_000_100 });
    clientWrite(dir, { id: ID, session: 'bob', number: 1, ref: bob, at: 1_750_000_200 });
    if (at < 1_750_000_200) change(ann, { 'metadata.json': '{"sessions": [' }, at);
    else change(bob, { 'metadata.json': '{"sessions": [' }, at);
    const tip = await uniteBoth(ann, bob);
    expect(Object.keys(transcripts(tip))).toHaveLength(3);
    expect(sessionsListed(tip)).toEqual(['0', '1', '2']);
  });

  test('a session without an ID on either side: both stay', async () => {
    const [ann, bob] = [branch('ann'), branch('bob')];
    change(ann, { '1/metadata.json': '{}', '1/full.jsonl': transcriptText('ann', 3) }, 1_750_000_100);
    change(bob, { '2/metadata.json': '{}', '2/full.jsonl': transcriptText('bob', 3) }, 1_750_000_200);
    clientWrite(dir, { id: ID, session: 'bob', number: 1, ref: bob, at: 1_750_000_300 });
    const tip = await uniteBoth(ann, bob);
    const texts = Object.values(transcripts(tip));
    expect(texts).toHaveLength(4);
    expect(texts).toEqual(expect.arrayContaining([transcriptText('ann', 3), transcriptText('bob', 3)]));
  });

  test('one has lost its transcript and metadata: what the other has of the session counts', async () => {
    const [ann, bob] = [branch('ann'), branch('bob')];
    clientWrite(dir, { id: ID, session: 'first', ref: ann, at: 1_750_000_100, finalize: true });
    change(bob, { '0/full.jsonl': null }, 1_750_000_200);
    const tip = await uniteBoth(ann, bob);
    expect(Object.values(transcripts(tip))).toEqual(Object.values(transcripts(ann)));
  });

  test("a tree of one's is not there: an error, and nothing is made", async () => {
    const [ann, bob] = [branch('ann'), branch('bob')];
    clientWrite(dir, { id: ID, session: 'ann', number: 1, ref: ann, at: 1_750_000_100 });
    clientWrite(dir, { id: ID, session: 'bob', number: 1, ref: bob, at: 1_750_000_200 });
    const tree = git(dir, 'rev-parse', `${bob}:${FOLDER}`);
    rmSync(join(dir, '.git/objects', tree.slice(0, 2), tree.slice(2)));
    const refs = git(dir, 'for-each-ref');
    await expect(unite(ann, bob)).rejects.toBeInstanceOf(BadObjectError);
    expect(git(dir, 'for-each-ref')).toBe(refs);
  });
});

describe('histories are united', () => {
  /** Each clone writes, in turn, a new checkpoint, another session of the one that all have, or more lines of its session. */
  const anyWork = fc.array(fc.tuple(fc.constantFrom('ann', 'bob', 'cat'), fc.constantFrom('new', 'join', 'finalize')), {
    minLength: 2,
    maxLength: 7,
  });

  test('in any order, in whatever pairs, and again: the same contents, of which nothing is missing', async () => {
    await fc.assert(
      fc.asyncProperty(anyWork, async (works) => {
        const refs = Object.fromEntries(['ann', 'bob', 'cat'].map((name) => [name, branch(name)]));
        const own = new Map<string, { id: string; session: string; number: number }>();
        works.forEach(([name, work], i) => {
          const ref = refs[name] as string;
          const at = 1_750_000_000 + 10 * i;
          const mine = own.get(name);
          if (work === 'finalize') {
            if (mine !== undefined) clientWrite(dir, { ...mine, ref, at, finalize: true });
            return;
          }
          const id = work === 'join' ? ID : idOf(`${name} ${i}`);
          const folders = git(dir, 'ls-tree', '--name-only', ref, `${shardPath(id)}/`).match(/\/\d+$/gm) ?? [];
          const write = { id, session: `${name} ${i}`, number: folders.length };
          clientWrite(dir, { ...write, ref, at });
          own.set(name, write);
        });
        const [ann, bob, cat] = [refs.ann, refs.bob, refs.cat] as [string, string, string];
        const before = git(dir, 'for-each-ref');
        const both = await uniteBoth(ann, bob);
        expect(await unite(both, both)).toBe(both);
        expect(await uniteBoth(both, ann)).toBe(both);
        const left = transcripts(await uniteBoth(both, cat));
        const right = transcripts(await uniteBoth(ann, await unite(bob, cat)));
        expect(right).toEqual(left);
        const all = Object.assign({}, ...[ann, bob, cat].map(transcripts));
        expect(Object.keys(left).sort()).toEqual(Object.keys(all).sort());
        expect(git(dir, 'for-each-ref')).toBe(before);
      }),
      { numRuns: runs(24) },
    );
  });
});
