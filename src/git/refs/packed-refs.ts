import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GitError } from '../errors.ts';
import { isObjectId, type ObjectId, type RefName } from '../object-id.ts';
import { compareNames } from './ref-names.ts';

/** A line of `packed-refs`, with what a tag object there leads to, so that git need not open it. */
export interface PackedRef {
  readonly id: ObjectId;
  readonly peeled: ObjectId | undefined;
}

/** The refs in `packed-refs`, by name. */
export interface PackedRefs {
  readonly refs: ReadonlyMap<RefName, PackedRef>;
  /** Whether a tag that has no `peeled` is known to have none: true for all that git wrote since 2012. */
  readonly isFullyPeeled: boolean;
}

const HEADER = '# pack-refs with: peeled fully-peeled sorted ';

/** Where the packed refs of a repository lie. */
export function packedRefsPath(commonDir: string): string {
  return join(commonDir, 'packed-refs');
}

/** Reads `packed-refs`; no file means no refs. Throws a `GitError` for a line that can't be understood, or has no end. */
export async function readPackedRefs(commonDir: string): Promise<PackedRefs> {
  const path = packedRefsPath(commonDir);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw new GitError(`${path} can't be read: ${error.message}`, { cause: error });
  });
  const refs = new Map<RefName, PackedRef>();
  const isFullyPeeled = text === '' || /^# pack-refs with:.* fully-peeled /.test(text);
  let last: RefName | undefined;
  const lines = text.split('\n');
  // As for git: the rest of a name that was cut off is the name of another ref.
  const unfinished = lines.pop() ?? '';
  if (unfinished !== '') throw malformed(path, unfinished);
  for (const line of lines) {
    if (line === '' || line.startsWith('#')) continue;
    if (line.startsWith('^')) {
      const ref = last === undefined ? undefined : refs.get(last);
      const peeled = line.slice(1);
      if (last === undefined || ref === undefined || !isObjectId(peeled)) throw malformed(path, line);
      refs.set(last, { ...ref, peeled });
      continue;
    }
    const space = line.indexOf(' ');
    const id = line.slice(0, space);
    last = line.slice(space + 1);
    if (!isObjectId(id) || /[ \t\r]/.test(last)) throw malformed(path, line);
    refs.set(last, { id, peeled: undefined });
  }
  return { refs, isFullyPeeled };
}

/** A packed ref in the folder of that name, as `refs/a/b` in `refs/a`; `undefined` where there is none. */
export function packedBelow({ refs }: PackedRefs, folder: RefName): RefName | undefined {
  const names = sortedNames(refs);
  let [low, high] = [0, names.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareNames(names[middle] as RefName, `${folder}/`) < 0) low = middle + 1;
    else high = middle;
  }
  return names[low]?.startsWith(`${folder}/`) === true ? names[low] : undefined;
}

const sorted = new WeakMap<PackedRefs['refs'], readonly RefName[]>();

function sortedNames(refs: PackedRefs['refs']): readonly RefName[] {
  const names = sorted.get(refs) ?? [...refs.keys()].sort(compareNames);
  sorted.set(refs, names);
  return names;
}

/** The text of a `packed-refs` with these refs, in git's order and with git's header. */
export function formatPackedRefs(refs: PackedRefs['refs']): string {
  const lines = [HEADER];
  for (const [name, { id, peeled }] of [...refs].sort(([a], [b]) => compareNames(a, b))) {
    lines.push(`${id} ${name}`);
    if (peeled !== undefined) lines.push(`^${peeled}`);
  }
  return `${lines.join('\n')}\n`;
}

function malformed(path: string, line: string): GitError {
  return new GitError(`${path} has a line that is not a ref: ${JSON.stringify(line.slice(0, 100))}`, {
    hint: ['Look at it with: ', ['git', 'fsck']],
  });
}
