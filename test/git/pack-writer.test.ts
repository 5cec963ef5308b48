import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { ObjectFormat, ObjectId, ObjectType } from '../../src/git/object-id.ts';
import { copyInsertDelta } from '../../src/git/pack-delta.ts';
import { packIndexOf } from '../../src/git/pack-index-writer.ts';
import { PackBuilder } from '../../src/git/pack-writer.ts';
import { SealedSlabs } from '../../src/git/sealed-slabs.ts';
import { tempDir } from '../fixtures/temp.ts';
import { GitRepo } from './git-repo.ts';

let repo: GitRepo;
afterEach(() => repo?.remove());

const SIZES = [0, 1, 15, 16, 159, 160, 161, 5_000, 20_000, 300_000, 3_000_000];

/** Blobs of many sizes, and a file that grows and changes 120 times, each version handed over as similar to the one before. */
function fill(builder: PackBuilder): Map<ObjectId, Buffer> {
  const expected = new Map<ObjectId, Buffer>();
  const take = (type: ObjectType, content: Buffer, similarTo?: { id: ObjectId; content: Buffer }): ObjectId => {
    const id = builder.add(type, content, similarTo);
    expected.set(id, content);
    return id;
  };
  for (const size of SIZES) {
    take('blob', randomBytes(size));
    take('blob', Buffer.alloc(size, 'abc'));
  }
  let content: Buffer = randomBytes(70_000);
  let id = take('blob', content);
  for (let version = 0; version < 120; version++) {
    const at = (version * 577) % content.length;
    const next = Buffer.concat([content.subarray(0, at), randomBytes(version * 3), content.subarray(at + 40)]);
    id = take('blob', next, { id, content });
    content = next;
  }
  return expected;
}

function checksumSize(format: ObjectFormat): number {
  return format === 'sha1' ? 20 : 32;
}

function expectContents(expected: Map<ObjectId, Buffer>): void {
  const output = repo.gitBytes(['cat-file', '--batch'], `${[...expected.keys()].join('\n')}\n`);
  const wanted = [...expected].flatMap(([id, content]) => [`${id} blob ${content.length}\n`, content, '\n']);
  expect(output.equals(Buffer.concat(wanted.map((part) => Buffer.from(part))))).toBe(true);
}

describe.each<ObjectFormat>(['sha1', 'sha256'])('a pack of %s', (format) => {
  const init = () => new GitRepo([`--object-format=${format}`]);

  test('is another one each time, of the same objects', () => {
    repo = init();
    const [one, other] = [new PackBuilder(format), new PackBuilder(format)];
    const ids = SIZES.map((size) => [one, other].map((builder) => builder.add('blob', Buffer.alloc(size, 'x')))[0]);
    const packs = [one, other].map((builder) => Buffer.concat([...builder.packStream()]));
    expect(packs[0]?.equals(packs[1] as Buffer)).toBe(false);
    for (const pack of packs) repo.git(['index-pack', '--stdin', '--strict'], pack);
    expect(readdirSync(join(repo.dir, '.git/objects/pack')).filter((name) => name.endsWith('.pack'))).toHaveLength(2);
    expectContents(new Map(SIZES.map((size, i) => [ids[i] as ObjectId, Buffer.alloc(size, 'x')])));
  });

  test.each([
    ['in memory', undefined],
    ['partly on disk', 2_000_000],
    ['on disk', 0],
  ])('git index-pack takes it and gives the contents back: %s', (_name, memoryLimit) => {
    repo = init();
    const builder = new PackBuilder(format, memoryLimit);
    const expected = fill(builder);
    expect(builder.size).toBe(expected.size);
    repo.git(['index-pack', '--stdin', '--strict'], Buffer.concat([...builder.packStream()]));
    expectContents(expected);

    const packs = readdirSync(join(repo.dir, '.git/objects/pack')).filter((name) => name.endsWith('.idx'));
    expect(packs).toHaveLength(1);
    const listed = repo.git(['verify-pack', '-v', join('.git/objects/pack', packs[0] ?? '')]).split('\n');
    const depths = listed
      .filter((line) => /^[0-9a-f]+ blob/.test(line))
      .map((line) => Number(line.split(/\s+/)[5] ?? 0));
    expect(Math.max(...depths)).toBe(50);
    expect(depths.filter((depth) => depth > 0).length).toBeGreaterThan(110);
  });

  test('git unpack-objects takes it', () => {
    repo = init();
    const builder = new PackBuilder(format);
    const expected = fill(builder);
    repo.git(['unpack-objects', '-q', '--strict'], Buffer.concat([...builder.packStream()]));
    expectContents(expected);
  });

  test('its index is the one that git makes, byte for byte', () => {
    repo = init();
    for (const fillIn of [fill, () => new Map<ObjectId, Buffer>()]) {
      const builder = new PackBuilder(format, 2_000_000);
      const count = fillIn(builder).size;
      const path = join(repo.root, `${count}.pack`);
      const pack = Buffer.concat([...builder.packStream()]);
      writeFileSync(path, pack);
      repo.git(['index-pack', '-o', join(repo.root, `${count}.idx`), path]);
      const index = Buffer.concat([...packIndexOf(builder.entries(), pack.subarray(-checksumSize(format)))]);
      expect(index.equals(readFileSync(join(repo.root, `${count}.idx`)))).toBe(true);
    }
  });

  test('its index says where objects are beyond 2 and 4 GiB, also of ids that begin alike', () => {
    repo = init();
    const offsets = [12, 2 ** 31 - 1, 2 ** 31, 2 ** 32 + 7, 2 ** 40];
    const id = (n: number) => `abcdabcd${(7 * n) % 11}`.padEnd(2 * checksumSize(format), '5') as ObjectId;
    const entries = offsets.map((offset, n) => ({ id: id(n), offset, bytes: Buffer.from(`${n}`) }));
    const index = Buffer.concat([...packIndexOf(entries, Buffer.alloc(checksumSize(format)))]);
    const shown = repo.git(['show-index', `--object-format=${format}`], index).split('\n');
    const crcOf = (bytes: Buffer) => crc32(bytes).toString(16).padStart(8, '0');
    const listed = entries.map((entry) => `${entry.offset} ${entry.id} (${crcOf(entry.bytes)})`);
    expect(shown).toEqual(listed.sort((a, b) => ((a.split(' ')[1] ?? '') < (b.split(' ')[1] ?? '') ? -1 : 1)));
  });
});

describe('what does not fit into memory', () => {
  const slabs = ['first', 'second', 'third'].map((text) => Buffer.from(text));
  const useTemporary = (folder: string) => {
    vi.stubEnv('TMPDIR', folder);
    onTestFinished(() => void vi.unstubAllEnvs());
  };

  test('leaves no file with a name, and can be read more than once', () => {
    const folder = tempDir();
    useTemporary(folder);
    const sealed = new SealedSlabs(8);
    for (const slab of slabs) sealed.push(slab);
    expect(readdirSync(folder)).toEqual([]);
    for (let time = 0; time < 2; time++) expect([...sealed]).toEqual(slabs);
  });

  test('stays there where no file can be written', () => {
    useTemporary('/nowhere/at/all');
    const sealed = new SealedSlabs(0);
    for (const slab of slabs) sealed.push(slab);
    expect([...sealed]).toEqual(slabs);
  });
});

test('a delta is made only where it is less than half of the content', () => {
  const base = Buffer.from('a'.repeat(100));
  expect(copyInsertDelta(base, Buffer.from(`${'a'.repeat(50)}b${'a'.repeat(50)}`))?.length).toBeLessThan(20);
  expect(copyInsertDelta(base, randomBytes(100))).toBeUndefined();
  expect(copyInsertDelta(base, Buffer.alloc(0))).toBeUndefined();
});
