import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { BadObjectError, GitError, LARGEST_READ } from '../../../src/git/errors.ts';
import { emptyTreeId, hashObject, type ObjectId, type ObjectType, startHash } from '../../../src/git/object-id.ts';
import { readDocuments } from '../../../src/git/read-usable.ts';
import type { ObjectWriter, Repository } from '../../../src/git/repository.ts';
import { compareEntries, parseTree, serializeTree } from '../../../src/git/tree.ts';
import { cutShort, flipInPack } from '../../fixtures/damaged-objects.ts';
import { IS_LONG, IS_THOROUGH } from '../../fixtures/scale.ts';
import type { GitRepo } from '../git-repo.ts';
import { ABSENT, describeContract, rejection } from './suite.ts';

async function expectSame(repository: Repository, expected: ReadonlyMap<ObjectId, Buffer>): Promise<void> {
  const objects = await repository.readObjects([...expected.keys()]);
  const infos = await repository.objectInfo([...expected.keys()]);
  for (const [index, [id, content]] of [...expected].entries()) {
    expect(objects[index]?.id).toBe(id);
    expect(objects[index]?.content.equals(content), `${id} (${content.length} bytes)`).toBe(true);
    expect(infos[index]).toMatchObject({ type: objects[index]?.type, size: content.length });
  }
}

/** Versions of a text, each the one before with a line more: a repack makes deltas of them. */
function versions(repo: GitRepo, count: number): Map<ObjectId, Buffer> {
  const expected = new Map<ObjectId, Buffer>();
  let text = '';
  for (let n = 0; n < count; n++) {
    text += `line ${n} ${randomBytes(40).toString('hex')}\n`;
    expected.set(repo.blob(text), Buffer.from(text));
  }
  for (const content of [Buffer.alloc(0), Buffer.from('\0'), randomBytes(100_000)])
    expected.set(repo.blob(content), content);
  return expected;
}

function storeOf(repo: GitRepo): { loose: number; packs: number } {
  const count = repo.git(['count-objects', '-v']);
  const number = (key: string) => Number(new RegExp(`^${key}: (\\d+)$`, 'm').exec(count)?.[1]);
  return { loose: number('count'), packs: number('packs') };
}

function takeBlobs(writer: ObjectWriter, count: number): Map<ObjectId, Buffer> {
  const taken = new Map<ObjectId, Buffer>();
  for (let n = 0; n < count; n++) {
    const content = Buffer.from(`object ${n}\n`.repeat(1 + (n % 40)));
    taken.set(writer.add('blob', content), content);
  }
  return taken;
}

describeContract('reading objects', ({ newRepo, open }) => {
  test.each(['loose', 'packed', 'packed, at its start'])(
    'a damaged object is an error that names it, and what else is asked for comes (%s)',
    async (where) => {
      const repo = newRepo();
      const [first, damaged, last] = ['first', 'damaged', 'last'].map((text) => {
        const content = `${randomBytes(300).toString('hex')} ${text}`;
        repo.setRef(`refs/keep/${text}`, repo.commit(text, [], repo.tree({ [text]: content })));
        return repo.blob(content);
      }) as [ObjectId, ObjectId, ObjectId];
      if (where === 'loose') cutShort(repo.gitPath(), damaged);
      else flipInPack(repo.gitPath(), damaged, { atStart: where !== 'packed' });
      const repository = await open(repo);
      const [before, broken, after] = await Promise.allSettled([
        repository.readObjects([first]),
        repository.readObjects([first, damaged, last]),
        repository.readObjects([last]),
      ]);
      expect([before, after]).toMatchObject([first, last].map((id) => ({ value: [{ id, type: 'blob' }] })));
      expect(broken).toMatchObject({ reason: { code: 'BAD_OBJECT', id: damaged } });
      expect(await repository.readObjects([last])).toMatchObject([{ id: last }]);
    },
  );

  test('loose, packed and delta objects, absent ones and repeated ids, in their order', async () => {
    const repo = newRepo();
    const expected = versions(repo, 60);
    const repository = await open(repo);
    await expectSame(repository, expected);

    repo.git([
      'update-ref',
      'refs/keep',
      repo.commit(
        'all',
        [],
        repo.git(['mktree'], [...expected.keys()].map((id, n) => `100644 blob ${id}\t${n}\n`).join('')) as ObjectId,
      ),
    ]);
    repo.git(['repack', '-adq', '--depth=50', '--window=60']);
    repo.git(['prune-packed']);
    expect(storeOf(repo)).toMatchObject({ loose: 0, packs: 1 });
    const pack = readdirSync(repo.gitPath('objects/pack')).find((name) => name.endsWith('.idx'));
    expect(repo.git(['verify-pack', '-v', repo.gitPath('objects/pack', pack ?? '')])).toMatch(
      /^chain length = \d+: \d+ objects$/m,
    );
    await expectSame(repository, expected);
    await expectSame(await open(repo), expected);

    const [one, two] = [...expected.keys()] as [ObjectId, ObjectId];
    expect(await repository.absentObjects([...expected.keys()])).toEqual(new Set());
    expect(await repository.absentObjects([two, ABSENT, one, ABSENT, two])).toEqual(new Set([ABSENT]));
    expect(await repository.absentObjects([])).toEqual(new Set());
    const mixed = await repository.readObjects([two, ABSENT, one, ABSENT, two]);
    expect(mixed.map((object) => object?.id)).toEqual([two, undefined, one, undefined, two]);
    expect((await repository.objectInfo([ABSENT, one])).map((info) => info?.type)).toEqual([undefined, 'blob']);
    expect(await repository.readObjects([])).toEqual([]);
  });

  test('an object that is asked for many times, as the one content of many files, has an answer for each', async () => {
    const repo = newRepo();
    const id = repo.blob('one for all');
    const many = Array.from({ length: 100_000 }, () => id);
    const repository = await open(repo);
    const infos = await repository.objectInfo(many);
    expect(infos).toHaveLength(many.length);
    expect(infos.every((info) => info?.size === 11)).toBe(true);
  });

  test('an object that another process wrote after the repository was opened', async () => {
    const repo = newRepo();
    const repository = await open(repo);
    expect(await repository.readObjects([hashObject('sha1', 'blob', Buffer.from('late'))])).toEqual([undefined]);
    const late = repo.blob('late');
    expect((await repository.readObjects([late]))[0]?.content.toString()).toBe('late');
    repo.setRef('refs/keep', repo.commit('packed'));
    repo.git(['repack', '-adq']);
    repo.git(['prune-packed']);
    const tip = repo.git(['rev-parse', 'refs/keep']) as ObjectId;
    expect((await repository.readObjects([tip]))[0]?.type).toBe('commit');
  });

  test('a damaged object is not an absent one, loose or packed', async () => {
    const repo = newRepo();
    const ids = ['one', 'cut', 'emptied'].map((text) => repo.blob(`${text}\n`.repeat(1000))) as ObjectId[];
    const [one, cut, emptied] = ids as [ObjectId, ObjectId, ObjectId];
    const fileOf = (id: ObjectId) => repo.gitPath('objects', id.slice(0, 2), id.slice(2));
    for (const id of [cut, emptied]) chmodSync(fileOf(id), 0o644);
    writeFileSync(fileOf(cut), 'garbage');
    writeFileSync(fileOf(emptied), '');
    const repository = await open(repo);
    for (const id of [cut, emptied]) {
      for (const asked of [[id], [one, ABSENT, id]]) {
        for (const error of [
          await rejection(repository.readObjects(asked)),
          await rejection(repository.visitObjects(asked, () => undefined)),
        ]) {
          expect(error).toBeInstanceOf(BadObjectError);
          expect(error.id).toBe(id);
          expect(error.message).toContain('is damaged');
        }
      }
    }
    expect((await repository.readObjects([ABSENT, one])).map((object) => object?.id)).toEqual([undefined, one]);

    const pack = repo.git(['pack-objects', '-q', repo.gitPath('objects', 'pack', 'pack')], `${one}\n`);
    repo.git(['prune-packed']);
    const file = repo.gitPath('objects', 'pack', `pack-${pack}.pack`);
    chmodSync(file, 0o644);
    const bytes = readFileSync(file);
    bytes.fill(0xff, 16, bytes.length - 20);
    writeFileSync(file, bytes);
    await expect((await open(repo)).readObjects([one])).rejects.toBeInstanceOf(GitError);
  });

  test('what a pack had that ends anywhere is absent or damaged, in no words of Node', async () => {
    const repo = newRepo();
    const ids = Array.from({ length: 8 }, (_, i) => repo.blob(randomBytes(200 + i))) as ObjectId[];
    const pack = repo.git(['pack-objects', '-q', repo.gitPath('objects', 'pack', 'pack')], `${ids.join('\n')}\n`);
    repo.git(['prune-packed']);
    const file = repo.gitPath('objects', 'pack', `pack-${pack}.pack`);
    chmodSync(file, 0o644);
    const whole = readFileSync(file);
    for (let length = 0; length < whole.length; length += 97) {
      writeFileSync(file, whole.subarray(0, length));
      const outcome = await (await open(repo)).readObjects(ids).catch((error) => error);
      if (Array.isArray(outcome)) expect(outcome, `${length} bytes`).toContain(undefined);
      else expect(outcome, `${length} bytes`).toBeInstanceOf(GitError);
      expect(String(outcome), `${length} bytes`).not.toMatch(/out of range|undefined|NaN|ERR_/);
    }
  });

  test.each(['garbage', 'the content of another'])(
    'what is stored over a damaged object is read in its place, by those too who have read it (%s)',
    async (how) => {
      const repo = newRepo();
      const content = Buffer.from('one\n'.repeat(1000));
      const id = repo.blob(content.toString()) as ObjectId;
      const file = repo.gitPath('objects', id.slice(0, 2), id.slice(2));
      chmodSync(file, 0o644);
      writeFileSync(file, how === 'garbage' ? how : deflateSync('blob 5\0other'));
      const repository = await open(repo);
      const streamed = async () => {
        const bytes: Buffer[] = [];
        for await (const part of repository.streamContents([id])) if (part.kind === 'bytes') bytes.push(part.bytes);
        return Buffer.concat(bytes);
      };
      await repository.readObjects([id]).catch(() => undefined);
      await repository.objectInfo([id]).catch(() => undefined);
      expect((await streamed()).equals(content)).toBe(false);
      const writer = repository.objectWriter({ overDamaged: true });
      expect(writer.add('blob', content)).toBe(id);
      await writer.flush();
      await expectSame(repository, new Map([[id, content]]));
      expect((await streamed()).equals(content)).toBe(true);
    },
  );

  test('of an object whose file is empty there is no type and size, though it is not absent', async () => {
    const repo = newRepo();
    const [id, sound] = [repo.blob('one\n'), repo.blob('two\n')] as [ObjectId, ObjectId];
    const file = repo.gitPath('objects', id.slice(0, 2), id.slice(2));
    chmodSync(file, 0o644);
    writeFileSync(file, '');
    const repository = await open(repo);
    expect(await repository.objectInfo([id, sound])).toEqual([undefined, { type: 'blob', size: 4 }]);
    expect(await repository.absentObjects([id, sound, ABSENT])).toEqual(new Set([ABSENT]));
  });

  test('the empty tree is known, whether it is stored or not', async () => {
    const repo = newRepo();
    const repository = await open(repo);
    const id = emptyTreeId('sha1');
    expect(await repository.readObjects([id, ABSENT])).toEqual([
      { id, type: 'tree', content: Buffer.alloc(0) },
      undefined,
    ]);
    expect(await repository.objectInfo([id])).toMatchObject([{ type: 'tree', size: 0 }]);
    expect(await repository.absentObjects([id, ABSENT])).toEqual(new Set([ABSENT]));
  });

  test.runIf(IS_THOROUGH)('a blob of 30 MB comes in pieces, loose and packed; a stream may be left early', async () => {
    const repo = newRepo();
    repo.git(['config', 'core.compression', '0']);
    const content = Buffer.concat(Array.from({ length: 30 }, () => randomBytes(1024 * 1024)));
    const wanted = createHash('sha256').update(content).digest('hex');
    const id = repo.blob(content);
    const readAll = async () => {
      const repository = await open(repo);
      const hash = createHash('sha256');
      let largest = 0;
      let total = 0;
      for await (const piece of (await repository.streamBlob(id)) ?? []) {
        hash.update(piece);
        largest = Math.max(largest, piece.length);
        total += piece.length;
      }
      expect(total).toBe(content.length);
      expect(hash.digest('hex')).toBe(wanted);
      expect(largest).toBeLessThan(content.length / 10);
      for await (const piece of (await repository.streamBlob(id)) ?? []) {
        expect(piece.equals(content.subarray(0, piece.length))).toBe(true);
        break;
      }
      expect((await repository.objectInfo([id]))[0]).toMatchObject({ type: 'blob', size: content.length });
      expect(await repository.streamBlob(ABSENT)).toBeUndefined();
    };
    await readAll();
    repo.git(['update-ref', 'refs/keep', id]);
    repo.git(['repack', '-adq']);
    repo.git(['prune-packed']);
    expect(storeOf(repo)).toMatchObject({ loose: 0, packs: 1 });
    await readAll();
  });

  const types = (IS_LONG ? ['commit', 'tag', 'tree', 'blob'] : ['commit', 'tag']) as ObjectType[];
  test.each(types)('a %s as large as any that is read whole is read, a larger one is named', async (type) => {
    const repo = newRepo();
    const made = (bytes: number) =>
      repo.git(['hash-object', '-w', '-t', type, '--literally', '--stdin'], Buffer.alloc(bytes, 'a')) as ObjectId;
    const [held, large] = [made(LARGEST_READ[type]), made(LARGEST_READ[type] + 1)];
    const [small, last] = [repo.blob('small'), repo.blob('last')];
    for (const isPacked of [false, true]) {
      if (isPacked) {
        repo.git(['pack-objects', '-q', repo.gitPath('objects/pack/pack')], `${held}\n${large}\n${small}\n`);
        repo.git(['prune-packed']);
      }
      const repository = await open(repo);
      expect((await repository.readObjects([held]))[0]?.content).toHaveLength(LARGEST_READ[type]);
      const error = await rejection(repository.readObjects([small, large, last]));
      expect(error).toMatchObject({ code: 'TOO_LARGE', id: large });
      expect(error.message).toContain(`${LARGEST_READ[type] + 1} bytes`);
      expect(await readDocuments(repository, [small, large, ABSENT, last, large])).toMatchObject([
        Buffer.from('small'),
        { id: large },
        undefined,
        Buffer.from('last'),
        { id: large },
      ]);
      expect(await repository.objectInfo([large])).toEqual([{ type, size: LARGEST_READ[type] + 1 }]);
    }
  });

  test.runIf(IS_LONG)('what is streamed has no bound, also where it is a delta', async () => {
    const repo = newRepo();
    const size = LARGEST_READ.blob + (1 << 20);
    const content = Buffer.alloc(size, randomBytes(1 << 20));
    const [base, delta] = [repo.blob(content), repo.blob(Buffer.concat([content, Buffer.from('more')]))];
    repo.git(['pack-objects', '-q', repo.gitPath('objects/pack/pack')], `${base} a\n${delta} a\n`);
    repo.git(['prune-packed']);
    const repository = await open(repo);
    for (const id of [base, delta]) {
      const hash = startHash('sha1', { type: 'blob', size: id === base ? size : size + 4 });
      for await (const piece of (await repository.streamBlob(id)) ?? []) hash.update(piece);
      expect(hash.digest('hex')).toBe(id);
    }
  });

  test('small blobs stream too: empty, and stored as a delta', async () => {
    const repo = newRepo();
    const expected = versions(repo, 20);
    repo.git([
      'update-ref',
      'refs/keep',
      repo.commit(
        'all',
        [],
        repo.git(['mktree'], [...expected.keys()].map((id, n) => `100644 blob ${id}\t${n}\n`).join('')) as ObjectId,
      ),
    ]);
    for (const isPacked of [false, true]) {
      if (isPacked) repo.git(['repack', '-adq', '--depth=50']);
      const repository = await open(repo);
      for (const [id, content] of expected) {
        const pieces: Buffer[] = [];
        for await (const piece of (await repository.streamBlob(id)) ?? [Buffer.from('absent')]) pieces.push(piece);
        expect(Buffer.concat(pieces).equals(content)).toBe(true);
      }
    }
  });
});

describeContract('trees', ({ newRepo, open }) => {
  test('odd names and modes are carried over unchanged', async () => {
    const repo = newRepo();
    const blob = repo.blob('x');
    const names = [
      'a b',
      'ü',
      '\xff\xfe latin1',
      'new\nline',
      'tab\t',
      '"quoted"',
      '-dash',
      'a',
      'a.b',
      'a0',
      '\x1b[31m',
      '.hidden',
    ];
    const entries = names.map((name, n) => `${n % 2 === 0 ? '100644' : '100755'} blob ${blob}\t${name}\0`);
    entries.push(`120000 blob ${blob}\tlink\0`, `160000 commit ${ABSENT}\tsubmodule\0`);
    entries.push(`40000 tree ${repo.tree({ inner: 'y' })}\ta-folder\0`, `40000 tree ${repo.tree({ z: 'z' })}\ta1\0`);
    const id = repo.git(['mktree', '-z', '--missing'], Buffer.from(entries.join(''), 'latin1')) as ObjectId;
    const repository = await open(repo);
    const [object] = await repository.readObjects([id]);
    expect(object?.type).toBe('tree');
    const parsed = parseTree(object?.content ?? Buffer.alloc(0), 20);
    expect(parsed).toHaveLength(names.length + 4);
    expect(new Set(parsed.map(({ mode }) => mode))).toEqual(new Set(['100644', '100755', '120000', '160000', '40000']));
    expect([...parsed].reverse().sort(compareEntries)).toEqual(parsed);
    expect(serializeTree(parsed).equals(object?.content ?? Buffer.alloc(0))).toBe(true);

    const writer = repository.objectWriter();
    expect(writer.add('tree', serializeTree(parsed))).toBe(id);
    const fewer = writer.add('tree', serializeTree(parsed.filter(({ name }) => name !== 'a')));
    await writer.flush();
    const listed = (tree: string) => repo.gitBytes(['ls-tree', '-z', tree]).toString('latin1').split('\0');
    expect(listed(fewer)).toEqual(listed(id).filter((line) => !line.endsWith('\ta')));
    repo.git(['fsck', '--strict', '--no-dangling']);
  });
});

describeContract('writing objects', ({ newRepo, open }) => {
  test('few objects are stored as a pack, too, which can be kept', async () => {
    const repo = newRepo();
    const repository = await open(repo);
    const writer = repository.objectWriter();
    const taken = takeBlobs(writer, 99);
    takeBlobs(writer, 50);
    expect(writer.pending).toBe(99);
    await writer.flush();
    expect(writer.pending).toBe(0);
    expect(storeOf(repo)).toEqual({ loose: 0, packs: 1 });
    await expectSame(repository, taken);
    repo.git(['fsck', '--strict', '--full', '--no-dangling']);
  });

  test('many objects are stored as one pack', async () => {
    const repo = newRepo();
    const repository = await open(repo);
    const early = await open(repo);
    const writer = repository.objectWriter();
    const taken = takeBlobs(writer, 100);
    await writer.flush();
    expect(storeOf(repo)).toEqual({ loose: 0, packs: 1 });
    await expectSame(repository, taken);
    await expectSame(early, taken);
    repo.git(['fsck', '--strict', '--full', '--no-dangling']);
    const files = readdirSync(repo.gitPath('objects/pack')).filter((name) => /\.(pack|idx)$/.test(name));
    expect(files.map((name) => name.replace(/\..*/, ''))).toEqual(
      [files[0], files[0]].map((name) => name?.replace(/\..*/, '')),
    );
    repo.git([
      'verify-pack',
      ...files.filter((name) => name.endsWith('.idx')).map((name) => repo.gitPath('objects/pack', name)),
    ]);
    expect(readdirSync(repo.gitPath('objects/pack')).filter((name) => name.startsWith('tmp'))).toEqual([]);
  });

  test('commits, trees with deltas, tags, and references to what is absent', async () => {
    const repo = newRepo();
    const repository = await open(repo);
    const writer = repository.objectWriter();
    expect(writer.add('tree', Buffer.alloc(0))).toBe(emptyTreeId('sha1'));
    const expected = new Map<ObjectId, Buffer>();
    let base: { id: ObjectId; content: Buffer } | undefined;
    let parent: ObjectId | undefined;
    for (let n = 0; n < 150; n++) {
      const entries = Array.from({ length: 40 }, (_, k) => ({
        mode: '100644',
        name: `file-${k + 10}`,
        id: hashObject('sha1', 'blob', Buffer.from(`absent ${k === n % 40 ? n : k}`)),
      }));
      const content = serializeTree(entries);
      const tree = writer.add('tree', content, base);
      base = { id: tree, content };
      expected.set(tree, content);
      const header = `tree ${tree}\n${parent === undefined ? '' : `parent ${parent}\n`}`;
      const commit = Buffer.from(`${header}author A <a@b> ${n} +0000\ncommitter A <a@b> ${n} +0000\n\ncommit ${n}\n`);
      parent = writer.add('commit', commit);
      expected.set(parent, commit);
    }
    const tag = Buffer.from(`object ${parent}\ntype commit\ntag v1\ntagger A <a@b> 1 +0000\n\nv1\n`);
    expected.set(writer.add('tag', tag), tag);
    await writer.flush();
    await expectSame(repository, expected);
    for (const [id, content] of expected)
      expect(hashObject('sha1', (await repository.objectInfo([id]))[0]?.type ?? 'blob', content)).toBe(id);
    expect(repo.git(['rev-list', '--count', `${parent}`])).toBe('150');
  });

  test('a writer that is not flushed leaves nothing; one that is can go on', async () => {
    const repo = newRepo();
    const repository = await open(repo);
    takeBlobs(repository.objectWriter(), 300);
    expect(storeOf(repo)).toEqual({ loose: 0, packs: 0 });
    const writer = repository.objectWriter();
    await writer.flush();
    const first = takeBlobs(writer, 3);
    await writer.flush();
    const second = takeBlobs(writer, 5);
    await writer.flush();
    expect(storeOf(repo)).toEqual({ loose: 0, packs: 2 });
    await expectSame(repository, new Map([...first, ...second]));
  });
});
