import { type FieldChange, type FieldWeight, isEmpty, ruleFor } from './field-rules.ts';
import { compareValues, shownValues } from './value-differences.ts';

/** A field that differs, and whether that loses data. `field` is its place, as `token_usage.input_tokens`. */
export interface WeighedField {
  readonly field: string;
  /** The member at the top that it is in. */
  readonly member: string;
  readonly change: FieldChange;
  readonly weight: FieldWeight;
  /** An error that is a note in a session that Entire's V2 client wrote. */
  readonly isHabit?: boolean;
  /** The values as JSON text, cut; absent on a side that has none. */
  readonly old?: string;
  readonly new?: string;
}

/** Where more places than this differ within one field, the field as a whole is what differs. */
const MAX_PLACES = 20;

type Fields = Readonly<Record<string, unknown>>;

/** The fields in which two metadata objects differ, weighed by the rules; none where all values mean the same. */
export function compareFields(v1: Fields, v2: Fields): WeighedField[] {
  const names = [...new Set([...Object.keys(v1), ...Object.keys(v2)])];
  return names.flatMap((name) => {
    const found = compareField(name, only(v1, name), only(v2, name));
    if (!ruleFor(name).isHabit?.(v1, v2)) return found;
    return found.map((one) => (one.weight === 'error' ? { ...one, isHabit: true } : one));
  });
}

/** The object with this member alone, or with none; without a prototype, whose members (`constructor`) are nobody's fields. */
function only(fields: Fields, name: string): Fields {
  const member: Record<string, unknown> = Object.create(null);
  if (Object.hasOwn(fields, name)) member[name] = fields[name];
  return member;
}

function compareField(name: string, ours: Fields, theirs: Fields): WeighedField[] {
  const rule = ruleFor(name);
  const places = [...compareValues(ours, theirs, '')].filter(
    ({ expected, actual }) => !(isEmpty(expected) && isEmpty(actual)),
  );
  if (places.length === 0) return [];
  const change = isEmpty(ours[name]) ? 'added' : isEmpty(theirs[name]) ? 'lost' : 'changed';
  const whole = shownValues(ours[name], theirs[name]);
  if (change === 'changed' && rule.isSame !== undefined) {
    const weight = rule.isSame(ours[name], theirs[name]) ? 'note' : rule.changed;
    return [{ field: name, member: name, change, weight, ...whole }];
  }
  const weighed = places.map(({ field, expected, actual }): WeighedField => {
    const kind = isEmpty(expected) ? 'added' : isEmpty(actual) ? 'lost' : 'changed';
    return { field, member: name, change: kind, weight: rule[kind], ...shownValues(expected, actual) };
  });
  if (weighed.length <= MAX_PLACES) return weighed;
  const weight = weighed.some((one) => one.weight === 'error') ? 'error' : 'note';
  return [{ field: name, member: name, change, weight, ...whole }];
}
