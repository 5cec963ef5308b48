import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { git, gitBytes } from '../fixtures/git.ts';
import { type Content, objectId, storeObjects, toBytes } from '../fixtures/objects.ts';

/** A file as it lies in a tree; its mode is 100644 where only the content is given. */
export type Entry = Content | { readonly mode: string; readonly id: string };

/** Stores a blob and returns its id. */
export function blob(dir: string, content: Content): string {
  return object(dir, 'blob', toBytes(content));
}

/** Takes an object out of a repository, as if it had never been fetched. */
export function removeObject(dir: string, id: string): void {
  const objects = git(dir, 'rev-parse', '--git-path', 'objects');
  const folder = join(dir, objects);
  const packs = join(folder, 'pack');
  for (const name of existsSync(packs) ? readdirSync(packs).filter((file) => file.endsWith('.pack')) : []) {
    const moved = join(folder, name);
    renameSync(join(packs, name), moved);
    rmSync(join(packs, name.replace(/pack$/, 'idx')));
    gitBytes(dir, ['unpack-objects', '-q'], { input: readFileSync(moved) });
    rmSync(moved);
  }
  rmSync(join(folder, id.slice(0, 2), id.slice(2)));
}

/** The file at a path. */
export function entryAt(dir: string, ref: string, path: string): { mode: string; id: string } {
  const [mode = '', , id = ''] = git(dir, 'ls-tree', ref, path).split(/[ \t]/);
  if (id === '') throw new Error(`${ref} has no ${path}`);
  return { mode, id };
}

/** The text of the file at a path. */
export function textAt(dir: string, ref: string, path: string): string {
  return gitBytes(dir, ['cat-file', 'blob', `${ref}:${path}`]).toString();
}

/** A tree like that of `ref` (a tree-ish), with other files; `null` takes away a file, or a folder with all that is in it. */
export function treeWith(dir: string, ref: string, files: Readonly<Record<string, Entry | null>>): string {
  const index = join(dir, 'damage-index');
  const run = (args: string[], input = '') =>
    gitBytes(dir, args, { input, env: { GIT_INDEX_FILE: index } })
      .toString()
      .trim();
  run(['read-tree', ref]);
  const lines = Object.entries(files).flatMap(([path, entry]) => {
    if (entry === null) return run(['ls-files', '-z', '--', path]).split('\0').filter(Boolean).map(removal);
    const { mode, id } = typeof entry === 'string' || Buffer.isBuffer(entry) ? regular(dir, entry) : entry;
    return [`${mode} ${id}\t${path}\0`];
  });
  if (lines.length === 0) throw new Error(`${ref} has none of ${Object.keys(files).join(', ')}`);
  run(['update-index', '-z', '--index-info'], lines.join(''));
  const tree = run(['write-tree', '--missing-ok']);
  rmSync(index);
  return tree;
}

/** Replaces the commit at a ref by one like it, whose tree has other files. */
export function editTip(dir: string, ref: string, files: Readonly<Record<string, Entry | null>>): void {
  replaceTip(dir, ref, (commit) => ({ ...commit, tree: treeWith(dir, ref, files) }));
}

/** An entry of a tree, its name in latin1. */
export interface RawEntry {
  readonly mode: string;
  readonly name: string;
  readonly id: string;
}

/** Writes the folder at a path of a ref again, entry by entry, as git itself would not write it, and those that it lies in. */
export function rewriteFolder(
  dir: string,
  ref: string,
  path: string,
  change: (entries: readonly RawEntry[]) => readonly RawEntry[],
): void {
  const rewrite = (tree: string, [name, ...below]: readonly string[]): string => {
    const entries = readTree(dir, tree);
    if (name === undefined) return writeTree(dir, change(entries));
    if (!entries.some((entry) => entry.name === name)) throw new Error(`${ref} has no ${path}`);
    return writeTree(
      dir,
      entries.map((entry) => (entry.name === name ? { ...entry, id: rewrite(entry.id, below) } : entry)),
    );
  };
  replaceTip(dir, ref, (commit) => ({ ...commit, tree: rewrite(commit.tree, path.split('/').filter(Boolean)) }));
}

function readTree(dir: string, id: string): RawEntry[] {
  const entries: RawEntry[] = [];
  const bytes = gitBytes(dir, ['cat-file', 'tree', id]);
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(0, at);
    const [mode = '', ...name] = bytes.toString('latin1', at, end).split(' ');
    at = end + 21;
    entries.push({ mode, name: name.join(' '), id: bytes.toString('hex', end + 1, at) });
  }
  return entries;
}

/** Stores a tree with these entries, in this order. */
export function writeTree(dir: string, entries: readonly RawEntry[]): string {
  const parts = entries.map(({ mode, name, id }) => [
    Buffer.from(`${mode} ${name}\0`, 'latin1'),
    Buffer.from(id, 'hex'),
  ]);
  return object(dir, 'tree', Buffer.concat(parts.flat()));
}

/** Changes the JSON object at a path of a ref; it is written in the usual form. */
export function editJson(dir: string, ref: string, path: string, change: (value: Json) => void): void {
  const value: Json = JSON.parse(textAt(dir, ref, path));
  change(value);
  editTip(dir, ref, { [path]: `${JSON.stringify(value, null, 2)}\n` });
}

// biome-ignore lint/suspicious/noExplicitAny: what a test changes in a JSON value
type Json = any;

/** A commit taken apart, in latin1. Written apart from `src/`, so that tests do not test it against itself. */
export interface RawCommit {
  readonly tree: string;
  readonly parents: readonly string[];
  /** The lines after the parents. */
  readonly headers: readonly string[];
  readonly message: string;
}

export function readCommit(dir: string, id: string): RawCommit {
  const text = gitBytes(dir, ['cat-file', 'commit', id]).toString('latin1');
  const end = text.indexOf('\n\n');
  const lines = text.slice(0, end).split('\n');
  const value = (line: string) => line.slice(line.indexOf(' ') + 1);
  return {
    tree: value(lines[0] ?? ''),
    parents: lines.filter((line) => line.startsWith('parent ')).map(value),
    headers: lines.filter((line) => !/^(?:tree|parent) /.test(line)),
    message: text.slice(end + 2),
  };
}

export function writeCommit(dir: string, { tree, parents, headers, message }: RawCommit): string {
  const lines = [`tree ${tree}`, ...parents.map((id) => `parent ${id}`), ...headers];
  return object(dir, 'commit', Buffer.from(`${lines.join('\n')}\n\n${message}`, 'latin1'));
}

/** Replaces the commit at a ref by another one. */
export function replaceTip(dir: string, ref: string, change: (commit: RawCommit) => RawCommit): void {
  git(dir, 'update-ref', ref, writeCommit(dir, change(readCommit(dir, ref))));
}

/** A header line with another value, or with a part of it replaced. */
export function withHeader(commit: RawCommit, key: string, change: (value: string) => string): RawCommit {
  const headers = commit.headers.map((line) =>
    line.startsWith(`${key} `) ? `${key} ${change(line.slice(key.length + 1))}` : line,
  );
  return { ...commit, headers };
}

/**
 * Writes the history of a ref again. `change` gives what a commit becomes, its parents rewritten already: itself, several in a
 * line (they get their parents here where these are left out), or none, in whose place its first parent stands.
 */
export function rewriteHistory(
  dir: string,
  ref: string,
  change: (commit: RawCommit) => ReadonlyArray<RawCommit | ((parent: string) => RawCommit)>,
): void {
  const images = new Map<string, string>();
  let last = '';
  for (const id of git(dir, 'rev-list', '--topo-order', '--reverse', ref).split('\n')) {
    const original = readCommit(dir, id);
    const parents = original.parents.map((parent) => images.get(parent) ?? parent);
    last = parents[0] ?? '';
    for (const next of change({ ...original, parents })) {
      last = writeCommit(dir, typeof next === 'function' ? next(last) : next);
    }
    images.set(id, last);
  }
  git(dir, 'update-ref', ref, last);
}

function object(dir: string, type: 'blob' | 'tree' | 'commit', content: Buffer): string {
  storeObjects(dir, [{ type, content }], { as: 'loose' });
  return objectId(type, content);
}

function regular(dir: string, content: Content) {
  return { mode: '100644', id: blob(dir, content) };
}

const removal = (path: string) => `0 ${'0'.repeat(40)}\t${path}\0`;
