import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const TEST = resolve(import.meta.dirname, '..');
const SRC = resolve(TEST, '../src');

/** What is not about one room: what tests share, and tests of the program as a whole. */
const OTHERS = ['attacks', 'ci', 'docs', 'fixtures', 'golden', 'live', 'rules', 'setup', 'stress'];

const foldersOf = (dir: string): string[] =>
  readdirSync(dir, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));

const ROOMS = foldersOf(SRC);

const TESTS = ROOMS.filter((room) => existsSync(join(TEST, room))).flatMap((room) =>
  readdirSync(join(TEST, room), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.test\.tsx?$/.test(path))
    .map((path) => ({ room, path: `${room}/${path}` })),
);

/** The files that a file imports by a relative path, but for types alone. */
function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8').replace(/^import type [^;]*;/gm, '');
  const paths = [...text.matchAll(/(?:from|import) '(\.[^']+)'/g)];
  return paths.map(([, path = '']) => resolve(dirname(file), path));
}

/** The rooms whose files a test imports, itself or through files beside it. */
function roomsOf(file: string, seen = new Set<string>()): Set<string> {
  seen.add(file);
  const rooms = new Set<string>();
  for (const path of importsOf(file)) {
    if (path.startsWith(`${SRC}/`)) rooms.add(path.slice(SRC.length + 1).split('/')[0] as string);
    else if (path.startsWith(`${dirname(file)}/`) && existsSync(path) && !seen.has(path)) {
      for (const room of roomsOf(path, seen)) rooms.add(room);
    }
  }
  return rooms;
}

test('each folder of tests is a room of the source, or one of a short list', () => {
  expect(foldersOf(TEST).filter((name) => !ROOMS.includes(name) && !OTHERS.includes(name))).toEqual([]);
});

test('each room of the source has its folder of tests', () => {
  expect(ROOMS.filter((room) => !existsSync(join(TEST, room)))).toEqual([]);
});

test('a test that imports from the source lies in the folder of a room that it imports from', () => {
  const astray = TESTS.filter(({ room, path }) => {
    const rooms = roomsOf(join(TEST, path));
    const isOfRooms = importsOf(join(TEST, path)).some((file) => file.startsWith(`${SRC}/`));
    return isOfRooms && !rooms.has(room);
  });
  expect(astray.map(({ path }) => path)).toEqual([]);
});
