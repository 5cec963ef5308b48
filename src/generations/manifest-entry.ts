import { type CheckpointId, isCheckpointId } from '../checkpoint/checkpoint-id.ts';
import { type GenerationSpan, parseCreatedAt } from '../checkpoint/created-at.ts';
import { type JsonPath, withValue } from '../json/edit.ts';

/** What the manifest tells of one generation. It stays when the generation is pruned. */
export interface ManifestEntry {
  readonly span: GenerationSpan;
  /** The checkpoints that the generation holds or held, in any order. None where V1 has removed all of them. */
  readonly checkpoints: readonly CheckpointId[];
  /** The id of the archive's tree. */
  readonly tree: string;
  /** True where the archive was removed on purpose. */
  readonly isPruned: boolean;
}

/**
 * An entry's file: two-space indent, final newline, IDs sorted, `null` for a time that is not known. Where there was one
 * before, fields that this program does not know keep their bytes.
 */
export function manifestEntryJson(entry: ManifestEntry, before?: Buffer): Buffer {
  const fields = fieldsOf(entry);
  if (before === undefined) return Buffer.from(`${JSON.stringify(fields, null, 2)}\n`, 'utf8');
  let text = before.toString('utf8');
  const known = JSON.parse(text) as Record<string, unknown>;
  for (const [name, value] of Object.entries({ pruned: undefined, ...fields })) {
    const path: JsonPath = [name];
    if (JSON.stringify(known[name]) !== JSON.stringify(value)) text = withValue(text, path, value);
  }
  return Buffer.from(text, 'utf8');
}

function fieldsOf({ span, checkpoints, tree, isPruned }: ManifestEntry): Record<string, unknown> {
  return {
    oldest_checkpoint_at: span.oldest?.text ?? null,
    newest_checkpoint_at: span.newest?.text ?? null,
    checkpoint_count: checkpoints.length,
    checkpoints: [...checkpoints].sort(),
    tree,
    ...(isPruned ? { pruned: true } : {}),
  };
}

/** Reads an entry's file. Throws a `SyntaxError` where it is none: no JSON object, or a list or an id that can't be one. */
export function parseManifestEntry(content: Buffer): ManifestEntry {
  const value: unknown = JSON.parse(content.toString('utf8'));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new SyntaxError('it holds no object');
  const { checkpoints, tree, pruned, ...times } = value as Record<string, unknown>;
  if (!isIdList(checkpoints)) throw new SyntaxError('its checkpoints are no list of checkpoint IDs');
  if (typeof tree !== 'string' || !/^[0-9a-f]{40,64}$/.test(tree)) throw new SyntaxError('its tree is no object id');
  return {
    span: { oldest: parseCreatedAt(times.oldest_checkpoint_at), newest: parseCreatedAt(times.newest_checkpoint_at) },
    checkpoints,
    tree,
    isPruned: pruned === true,
  };
}

function isIdList(value: unknown): value is CheckpointId[] {
  return Array.isArray(value) && value.every((id) => typeof id === 'string' && isCheckpointId(id));
}
