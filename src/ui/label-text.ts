import type { ListedCheckpoint } from '../inspect/list-checkpoints.ts';
import { clip, widthOf } from './clip.ts';
import { sanitize } from './sanitize.ts';

/** What stands between the prompt and what sets the checkpoint apart. */
const SEPARATOR = ' · ';

/**
 * A label within so many columns. Where no commit names the checkpoint, its end sets it apart from others with the same prompt: the
 * prompt is cut before the end is, which takes half of the room at most where the prompt needs the other half.
 */
export function labelText({ label, commits }: Pick<ListedCheckpoint, 'label' | 'commits'>, columns: number): string {
  const text = sanitize(label ?? '');
  const at = commits[0]?.subject ? -1 : text.lastIndexOf(SEPARATOR);
  if (at < 0 || widthOf(text) <= columns) return clip(text, columns);
  const end = clip(text.slice(at), Math.max(Math.floor(columns / 2), columns - widthOf(text.slice(0, at))));
  return clip(text.slice(0, at), columns - widthOf(end)) + end;
}
