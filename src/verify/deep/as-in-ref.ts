import { shardPath } from '../../checkpoint/checkpoint-id.ts';
import { checkpointOfRef } from '../../layout/ref-names.ts';
import type { Finding } from '../finding.ts';

/** A finding in git-refs names paths as they are in the checkpoint's ref. */
export function asInRef(found: Finding): Finding {
  const id = found.ref === undefined ? undefined : checkpointOfRef(found.ref);
  if (id === undefined) return found;
  const folder = `${shardPath(id)}/`;
  const below = (path: string) => (path.startsWith(folder) ? path.slice(folder.length) : path);
  const path = found.path === undefined ? {} : { path: below(found.path) };
  const others = found.otherPaths === undefined ? {} : { otherPaths: found.otherPaths.map(below) };
  return { ...found, ...path, ...others, message: found.message.replaceAll(folder, '') };
}
