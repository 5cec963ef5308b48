import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs';
import { brokenRef, GitError } from '../errors.ts';
import { isObjectId, type ObjectId, type RefName } from '../object-id.ts';
import type { Ref } from '../repository.ts';
import type { RepositoryLocation } from '../repository-location.ts';
import { type PackedRefs, readPackedRefs } from './packed-refs.ts';
import { compareNames, isRefName, refPath } from './ref-names.ts';

/** Git's own bound on symbolic refs that point at one another. */
const MAX_SYMBOLIC = 5;

/** The largest file of a loose ref that is read, in bytes: a ref's name has 4096 at most. */
const LARGEST_REF = 8 * 1024;

/** What a loose ref's file says: an object id, or the name of another ref. */
type LooseRef = { readonly id: ObjectId } | { readonly target: RefName };

/** Where symbolic refs end: `id` is `undefined` when there is no ref of that name. `isLoose`: it is a file of its own. */
export interface ResolvedRef {
  readonly name: RefName;
  readonly id: ObjectId | undefined;
  readonly isLoose: boolean;
}

/**
 * Reads refs: a loose one, which is a file, wins over a packed one. Files are read synchronously: they are small, there may be thousands,
 * and a turn of the event loop for each costs many times what reading it does.
 */
export class RefReader {
  readonly #location: RepositoryLocation;

  constructor(location: RepositoryLocation) {
    this.#location = location;
  }

  /** Follows a ref to its end. Throws a `GitError` for a ref that is broken. `packed` may be given where it is known. */
  async resolve(name: RefName, packed?: PackedRefs): Promise<ResolvedRef> {
    let current = name;
    for (let depth = 0; depth <= MAX_SYMBOLIC; depth++) {
      if (!isRefName(current)) return { name: current, id: undefined, isLoose: false };
      const loose = this.#readLoose(current);
      if (loose === undefined) {
        // The packed refs come second: packing a ref writes them before it deletes the file.
        const refs = packed ?? (await readPackedRefs(this.#location.commonDir));
        return { name: current, id: refs.get(current)?.id, isLoose: false };
      }
      if ('id' in loose) return { name: current, id: loose.id, isLoose: true };
      current = loose.target;
    }
    throw brokenRef(name, 'symbolic refs point at one another');
  }

  /** As `Repository.listRefs` says. Symbolic refs that lead nowhere are left out, as git does. */
  async list(prefixes: readonly string[]): Promise<Ref[]> {
    const wanted = prefixes.length === 0 ? ['refs/'] : prefixes;
    const files = new Set<RefName>();
    for (const prefix of wanted) this.#collect(prefix.replace(/\/+$/, ''), files);
    const names = [...files].filter((name) => isRefName(name) && wanted.some((prefix) => matches(name, prefix)));
    const loose = names.map((name) => [name, this.#readLoose(name)] as const);
    // The packed refs come second, as in `resolve`: a file that is gone since then is a ref that was packed.
    const packed = await readPackedRefs(this.#location.commonDir);
    const found = new Map<RefName, ObjectId | undefined>();
    for (const prefix of wanted) {
      for (const [name, { id }] of packed.startingWith(prefix)) if (matches(name, prefix)) found.set(name, id);
    }
    for (const [name, ref] of loose) {
      if (ref !== undefined) found.set(name, 'id' in ref ? ref.id : (await this.resolve(ref.target)).id);
    }
    const refs: Ref[] = [];
    for (const [name, id] of found) if (id !== undefined && isRefName(name)) refs.push({ name, id });
    return refs.sort((a, b) => compareNames(a.name, b.name));
  }

  /** The names of the files at and below a path: loose refs, and what git left lying about. */
  async looseNames(path: RefName): Promise<RefName[]> {
    const names = new Set<RefName>();
    if (!isAbsent(refPath(this.#location, path))) this.#collect(path, names);
    return [...names].filter(isRefName);
  }

  #collect(path: string, names: Set<RefName>): void {
    if (path.split('/').includes('..')) return;
    let entries: Dirent[] = [];
    try {
      entries = readdirSync(refPath(this.#location, path), { withFileTypes: true });
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException;
      if (code === 'ENOTDIR') names.add(path);
      else if (code !== 'ENOENT') throw new GitError(`${path} can't be listed: ${message}`, { cause });
    }
    for (const entry of entries) {
      const name = `${path}/${entry.name}`;
      if (entry.isDirectory()) this.#collect(name, names);
      else names.add(name);
    }
  }

  #readLoose(name: RefName): LooseRef | undefined {
    const path = refPath(this.#location, name);
    let text: string;
    try {
      const stats = statSync(path, { throwIfNoEntry: false });
      if (stats === undefined || stats.isDirectory()) return undefined;
      // A pipe would be waited for, and a device has no end.
      if (!stats.isFile()) throw brokenRef(name, 'it is not a regular file');
      if (stats.size > LARGEST_REF) throw brokenRef(name, `its file has ${stats.size} bytes`);
      text = readFileSync(path, 'utf8');
    } catch (cause) {
      if (cause instanceof GitError) throw cause;
      const { code = '', message } = cause as NodeJS.ErrnoException;
      if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(code)) return undefined;
      throw new GitError(`${name} can't be read: ${message}`, { cause });
    }
    const target = /^ref:\s*(\S+)\s*$/.exec(text)?.[1];
    if (target !== undefined) return { target };
    const id = text.trimEnd();
    if (!isObjectId(id)) throw brokenRef(name, `its file holds ${JSON.stringify(text.slice(0, 60))}`);
    return { id };
  }
}

/** Looked at first: most of thousands of refs have no file, and an error for each takes five times what looking does. */
function isAbsent(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) === undefined;
}

/** Git's rule (for-each-ref): exactly that name, or a folder that the name is in. */
function matches(name: RefName, prefix: string): boolean {
  return prefix.endsWith('/') ? name.startsWith(prefix) : name === prefix || name.startsWith(`${prefix}/`);
}
