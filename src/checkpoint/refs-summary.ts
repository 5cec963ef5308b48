import { type GoObject, type GoValue, goJson, parseGoJson } from '../json/go-json.ts';
import { type CheckpointId, shardPath } from './checkpoint-id.ts';

/** A checkpoint summary as git-refs have it. */
export interface RefsSummary {
  /** The content that was given, where nothing is to be changed or it is not a JSON object. */
  readonly content: Buffer;
  /** Numbers that Go's encoder would have written as others, and that keep their digits. */
  readonly unheld: readonly string[];
}

/**
 * V1's summary in the form of git-refs: `checkpoint_version` is gone, and the strings in the objects of `sessions[]` are without the
 * checkpoint's shard path in front (`/0/metadata.json`). Where that changes something the whole document is written as Entire's
 * migration writes it, by Go's encoder.
 */
export function refsSummary(content: Buffer, id: CheckpointId): RefsSummary {
  const document = parseGoJson(content);
  const root = document?.root;
  if (!(root instanceof Map)) return { content, unheld: [] };
  const hadVersion = root.delete('checkpoint_version');
  const hadPaths = cutPaths(root.get('sessions'), `"/${shardPath(id)}/`);
  const written = hadVersion || hadPaths ? goJson(root) : undefined;
  return written === undefined ? { content, unheld: [] } : { content: written, unheld: document?.unheld ?? [] };
}

function cutPaths(sessions: GoValue | undefined, start: string): boolean {
  if (!Array.isArray(sessions)) return false;
  let isChanged = false;
  for (const session of sessions) {
    if (!(session instanceof Map)) continue;
    for (const [name, path] of session as GoObject) {
      if (typeof path !== 'string' || !path.startsWith(start)) continue;
      session.set(name, `"/${path.slice(start.length)}`);
      isChanged = true;
    }
  }
  return isChanged;
}
