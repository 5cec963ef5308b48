import { type CheckpointId, isCheckpointId } from '../checkpoint/checkpoint-id.ts';
import { type GenerationSpan, parseCreatedAt } from '../checkpoint/created-at.ts';
import { type JsonEditor, openJson } from '../json/editor.ts';
import { parseObject } from '../json/read.ts';
import { prettyJson } from '../json/source.ts';

/** What the manifest says of one generation. It stays when the generation is pruned. */
export interface ManifestEntry {
  readonly span: GenerationSpan;
  /** The checkpoints that the generation holds or held, in any order. None where V1 has removed all of them. */
  readonly checkpoints: readonly CheckpointId[];
  /** The id of the archive's tree. */
  readonly tree: string;
  /** True where the archive was removed on purpose. */
  readonly isPruned: boolean;
  /** How often it was brought back after it was pruned: says which of two entries is the later one. */
  readonly restoreCount: number;
}

/** What an entry says besides what its archive holds. */
export type EntryHistory = Pick<ManifestEntry, 'isPruned' | 'restoreCount'>;

/**
 * Which of two entries of one number says later whether the archive is there: that of the archive which was brought back more often, then
 * the one that was pruned. Below 0: the second; 0: they agree.
 */
export function compareHistories(one: EntryHistory | undefined, other: EntryHistory | undefined): number {
  const rank = (entry: EntryHistory | undefined) => (entry?.restoreCount ?? 0) * 2 + (entry?.isPruned === true ? 1 : 0);
  return rank(one) - rank(other);
}

/**
 * The numbers of the archives that V1's order of arrival does not give: pruned or brought back ones, and those that hold another number of
 * checkpoints than `size`, since they were rotated by force or by another program, or since V1 has deleted one. Up to the greatest of them the
 * manifest says which archives there are and what they hold; V1 says it of those after it alone. Without a size the last kind does not count.
 */
export function touchedNumbers(
  entries: ReadonlyMap<number, EntryHistory & Pick<ManifestEntry, 'checkpoints'>>,
  size: number | undefined,
): ReadonlySet<number> {
  const touched = [...entries].filter(([, { isPruned, restoreCount, checkpoints }]) => {
    const isOfAnotherSize = size !== undefined && checkpoints.length > 0 && checkpoints.length !== size;
    return isPruned || restoreCount > 0 || isOfAnotherSize;
  });
  return new Set(touched.map(([number]) => number));
}

/**
 * An entry's file: two-space indent, final newline, IDs sorted, `null` for a time that is not known. Where there was one
 * before, fields that this program does not know keep their bytes.
 */
export function manifestEntryJson(entry: ManifestEntry, before?: Buffer): Buffer {
  const fields = fieldsOf(entry);
  if (before === undefined) return prettyJson(fields);
  const json = editable(before);
  const known = parseObject(before);
  for (const [name, value] of Object.entries({ ...NO_HISTORY, ...fields })) {
    if (JSON.stringify(known[name]) === JSON.stringify(value)) continue;
    if (value === undefined) json.remove([name]);
    else json.set([name], value);
  }
  return json.content;
}

/** Fields that an entry has only where they say something. */
const NO_HISTORY = { pruned: undefined, restore_count: undefined };

function fieldsOf({ span, checkpoints, tree, isPruned, restoreCount }: ManifestEntry): Record<string, unknown> {
  return {
    oldest_checkpoint_at: span.oldest?.text ?? null,
    newest_checkpoint_at: span.newest?.text ?? null,
    checkpoint_count: checkpoints.length,
    checkpoints: [...checkpoints].sort(),
    tree,
    ...(isPruned ? { pruned: true } : {}),
    ...(restoreCount > 0 ? { restore_count: restoreCount } : {}),
  };
}

/** Reads an entry's file. Throws a `SyntaxError` where it is not one: not a JSON object, or a list or an id that can't be one. */
export function parseManifestEntry(content: Buffer): ManifestEntry {
  editable(content);
  const { checkpoints, tree, pruned, restore_count, ...times } = parseObject(content);
  if (!isIdList(checkpoints)) throw new SyntaxError('its checkpoints are not a list of checkpoint IDs');
  if (typeof tree !== 'string' || !/^[0-9a-f]{40,64}$/.test(tree))
    throw new SyntaxError('its tree is not an object id');
  return {
    span: { oldest: parseCreatedAt(times.oldest_checkpoint_at), newest: parseCreatedAt(times.newest_checkpoint_at) },
    checkpoints,
    tree,
    isPruned: pruned === true,
    restoreCount: isCount(restore_count) ? restore_count : 0,
  };
}

/** An entry's file, which the next run may have to edit. Throws a `SyntaxError` where it could not. */
function editable(content: Buffer): JsonEditor {
  const json = openJson(content);
  if ('why' in json) throw new SyntaxError(`it ${json.why}`);
  return json;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}

function isIdList(value: unknown): value is CheckpointId[] {
  return Array.isArray(value) && value.every((id) => typeof id === 'string' && isCheckpointId(id));
}
