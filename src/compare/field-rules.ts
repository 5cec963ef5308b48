import { parseInstant } from '../checkpoint/instant.ts';

/** How a field differs: `lost` is in V1 and not in V2, `added` in V2 and not in V1. */
export type FieldChange = 'lost' | 'changed' | 'added';

/** Whether a difference loses data (`error`) or not (`note`). */
export type FieldWeight = 'error' | 'note';

/** What is made of a field that differs in a V2 of another writer. */
export interface FieldRule {
  /** The names at the top of a metadata file or summary that it is for; none: every other one. */
  readonly fields: readonly string[];
  readonly lost: FieldWeight;
  readonly changed: FieldWeight;
  readonly added: FieldWeight;
  /** Why, and what counts as the same. */
  readonly why: string;
  /** True where two values that are not equal mean the same. */
  readonly isSame?: (v1: unknown, v2: unknown) => boolean;
}

/** The member of a session's metadata that says where in its transcript the checkpoint begins, in lines. */
export const START_FIELD = 'checkpoint_transcript_start';

/**
 * The rules, by the field's name. A value that is empty (`null`, `""`, `0`, `false`, `[]`, `{}`) means the same as none, since
 * writers leave empty fields out. `docs/verify.md` has this table; a test compares them.
 */
export const FIELD_RULES: readonly FieldRule[] = [
  {
    fields: ['cli_version'],
    lost: 'note',
    changed: 'note',
    added: 'note',
    why: 'The version of the program that wrote it.',
  },
  {
    fields: ['checkpoints_count', 'steps_count', 'save_step_count'],
    lost: 'note',
    changed: 'note',
    added: 'note',
    why: 'Counters, which programs keep in different ways.',
  },
  {
    fields: ['checkpoint_version', 'migration_source_commit'],
    lost: 'note',
    changed: 'note',
    added: 'note',
    why: 'Marks of the program that wrote or migrated it.',
  },
  {
    fields: ['created_at'],
    lost: 'error',
    changed: 'error',
    added: 'note',
    why: 'Generations are dated by it. Another spelling of the same moment is a note.',
    isSame: isSameMoment,
  },
  {
    fields: ['files_touched'],
    lost: 'error',
    changed: 'error',
    added: 'note',
    why: 'A set: another order, paths listed once, and more paths are a note.',
    isSame: hasAllOf,
  },
  {
    fields: [START_FIELD],
    lost: 'error',
    changed: 'error',
    added: 'note',
    why: 'A place in the transcript. Where a V2 that Entire wrote is one side, which counts lines of the compact transcript, every difference is a note.',
  },
  {
    fields: ['sessions'],
    lost: 'note',
    changed: 'note',
    added: 'note',
    why: 'Paths of files, which are looked for themselves. A session that V1 lists and V2 does not is `SESSION_UNLISTED`; an entry that holds more than paths, and is not there, an error.',
  },
  { fields: [], lost: 'error', changed: 'error', added: 'note', why: 'Data: whatever it is, V1 has it.' },
];

/** The rule for a field at the top of a metadata file. */
export function ruleFor(name: string): FieldRule {
  const rule = FIELD_RULES.find(({ fields }) => fields.includes(name)) ?? FIELD_RULES.at(-1);
  if (rule === undefined) throw new Error('there are no rules');
  return rule;
}

/** True for a value that means the same as none. */
export function isEmpty(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return value === undefined || value === null || value === '' || value === 0 || value === false;
}

function isSameMoment(v1: unknown, v2: unknown): boolean {
  const instant = parseInstant(v1);
  return instant !== undefined && instant === parseInstant(v2);
}

function hasAllOf(v1: unknown, v2: unknown): boolean {
  if (!Array.isArray(v1) || !Array.isArray(v2)) return false;
  const known = new Set(v2);
  return v1.every((path) => known.has(path));
}
