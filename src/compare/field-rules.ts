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
  /**
   * True where Entire's V2 client, which wrote each session to V1 and to V2 by itself, makes the difference in these two objects. In
   * a session that it wrote, what is an error else is a note.
   */
  readonly isHabit?: (v1: Fields, v2: Fields) => boolean;
}

type Fields = Readonly<Record<string, unknown>>;

/** The member of a session's metadata that says where in its transcript the checkpoint begins, in lines. */
export const START_FIELD = 'checkpoint_transcript_start';

/** The older name of that member. Entire writes the same number to both in V1, and none of this name in V2. */
const OLD_START_FIELD = 'transcript_lines_at_start';

/** So far apart are the times at most that Entire's V2 client took for the two layouts, one after the other, in nanoseconds. */
const MAX_APART = 2_000_000_000n;

/**
 * The rules, by the field's name. A value that is empty (`null`, `""`, `0`, `false`, `[]`, `{}`) means the same as none, since
 * writers leave empty fields out. `docs/findings.md` has this table; a test compares them.
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
    why: 'Generations are dated by it. Another spelling of the same moment is a note; so is up to 2 s in a session that the V2 client of Entire wrote, which took the time once for each layout.',
    isSame: isSameMoment,
    isHabit: isStampedTwice,
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
    isHabit: () => true,
  },
  {
    fields: [OLD_START_FIELD],
    lost: 'error',
    changed: 'error',
    added: 'note',
    why: `The older name of \`${START_FIELD}\`, which the V2 client of Entire leaves out. In a session that it wrote that is a note, if V1 has the same number under both names.`,
    isHabit: (v1, v2) => isEmpty(v2[OLD_START_FIELD]) && Object.is(v1[OLD_START_FIELD], v1[START_FIELD]),
  },
  {
    fields: ['prompt_attributions'],
    lost: 'error',
    changed: 'error',
    added: 'note',
    why: 'Left out by those V2 clients of Entire that took the time once for each layout. In a session with two such times that is a note.',
    isHabit: (v1, v2) => isEmpty(v2.prompt_attributions) && isStampedTwice(v1, v2),
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

/** True where the times differ, and by so little that one run of a program took both. */
function isStampedTwice(v1: Fields, v2: Fields): boolean {
  const [one, other] = [parseInstant(v1.created_at), parseInstant(v2.created_at)];
  if (one === undefined || other === undefined || one === other) return false;
  return (one < other ? other - one : one - other) <= MAX_APART;
}

function hasAllOf(v1: unknown, v2: unknown): boolean {
  if (!Array.isArray(v1) || !Array.isArray(v2)) return false;
  const known = new Set(v2);
  return v1.every((path) => known.has(path));
}
