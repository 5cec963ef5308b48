import { parseCommit } from '../../commit.ts';
import { type ObjectId, type ObjectType, rawIdLength, toObjectId } from '../../object-id.ts';
import { isSubmoduleMode, parseTree } from '../../tree.ts';

/** The objects that an object names. `isCutOff`: a commit at which a shallow clone ends. Throws a `RangeError` or `TypeError` for content that is not what it should be. */
export function linksOf(type: ObjectType, content: Buffer, isCutOff: boolean): ObjectId[] {
  if (type === 'tree') {
    const entries = parseTree(content, rawIdLength('sha1'));
    return entries.flatMap(({ mode, id }) => (isSubmoduleMode(mode) ? [] : id));
  }
  if (type === 'commit') {
    const { tree, parents } = parseCommit(content);
    return isCutOff ? [tree] : [tree, ...parents];
  }
  if (type === 'tag') return [toObjectId(/^object (\S+)\n/.exec(content.toString('latin1'))?.[1] ?? '')];
  return [];
}
