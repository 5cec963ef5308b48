import { parseCommit } from './commit.ts';
import { BadObjectError } from './errors.ts';
import { isObjectId, type ObjectId, type ObjectType, rawIdLength } from './object-id.ts';
import type { GitObject } from './repository.ts';
import { isSubmoduleMode, isTreeMode, parseTree } from './tree.ts';

/** An object that another one names, and what that one says it is. */
export interface Link {
  readonly id: ObjectId;
  readonly type: ObjectType;
}

/**
 * The objects that an object names, in its order: a tree's entries without submodules, a commit's tree and parents, a tag's target.
 * `isCutOff`: a commit at which a shallow clone ends. Throws a `BadObjectError`, `RangeError` or `TypeError` for content that is not
 * what it should be.
 */
export function linksOf({ id, type, content }: GitObject, isCutOff = false): Link[] {
  if (type === 'tree') return linksOfTree(content, rawIdLength(id.length === 40 ? 'sha1' : 'sha256'));
  if (type === 'commit') {
    const { tree, parents } = parseCommit(content);
    const links: Link[] = [{ id: tree, type: 'tree' }];
    return isCutOff ? links : [...links, ...parents.map((parent) => ({ id: parent, type }))];
  }
  return type === 'tag' ? [targetOfTag(id, content)] : [];
}

function linksOfTree(content: Buffer, idLength: number): Link[] {
  const links: Link[] = [];
  for (const { mode, id } of parseTree(content, idLength)) {
    if (!isSubmoduleMode(mode)) links.push({ id, type: isTreeMode(mode) ? 'tree' : 'blob' });
  }
  return links;
}

const TYPES: readonly string[] = ['commit', 'tree', 'blob', 'tag'] satisfies ObjectType[];

/** What a tag's first two lines say. Throws a `BadObjectError` where they are not those of a tag. */
export function targetOfTag(tag: ObjectId, content: Buffer): Link {
  const [, id = '', type = ''] = /^object (\S+)\ntype (\S+)\n/.exec(content.toString('latin1')) ?? [];
  if (!isObjectId(id) || !TYPES.includes(type)) throw new BadObjectError(tag, `the tag ${tag} can't be read`);
  return { id, type: type as ObjectType };
}
