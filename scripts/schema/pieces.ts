// Pieces that the schemas of several commands are made of: the vocabulary of the documents that `--json` prints.
import * as v from 'valibot';
import { LAYOUT_WORDS } from '../../src/layout/layout-names.ts';

export const text = (description: string) => v.pipe(v.string(), v.description(description));
/** A number of things: its key ends with `Count`, or it is a member of `counts`. */
export const count = (description: string) =>
  v.pipe(v.number(), v.integer(), v.minValue(0), v.description(description));
export const flag = (description: string) => v.pipe(v.boolean(), v.description(description));
/** A value that may be unknown, or that there may be none of. */
export const orNull = <Schema extends v.GenericSchema>(schema: Schema, description: string) =>
  v.pipe(v.nullable(schema), v.description(description));
export const textOrNull = (description: string) => orNull(v.string(), description);
/** One of some words. */
export const word = <const Words extends readonly string[]>(words: Words, description: string) =>
  v.pipe(v.picklist(words), v.description(description));
export const list = <Schema extends v.GenericSchema>(items: Schema, description: string) =>
  v.pipe(v.array(items), v.description(description));

const objectIdPattern = v.regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/);
export const objectId = (description: string) => v.pipe(v.string(), objectIdPattern, v.description(description));
export const objectIdOrNull = (description: string) => orNull(v.pipe(v.string(), objectIdPattern), description);

export const layout = (description: string) => word(LAYOUT_WORDS, description);
export const layouts = (description: string) => list(v.picklist(LAYOUT_WORDS), description);

export const checkpoint = text("The checkpoint's ID.");
export const checkpoints = (description: string) => list(v.string(), description);
export const code = (description: string) =>
  v.pipe(v.string(), v.regex(/^[A-Z][A-Z0-9_]*$/), v.description(description));
export const commands = list(v.string(), 'Commands that help, as they can be pasted into a shell.');
export const dryRun = flag('Nothing was written.');

/** What a run reads from. */
const source = v.object({
  layout: layout('The layout.'),
  ref: text('The ref that holds it.'),
  commit: objectIdOrNull('The commit that the ref is at; `null` where the layout is gone.'),
});
export const sourceOrNull = orNull(source, 'What is read; `null` where it is not here.');
export const target = v.pipe(v.object({ layout: layout('The layout.') }), v.description('What is written.'));

export const refs = list(
  v.object({
    ref: text('Its full name.'),
    old: objectIdOrNull('Where it was; `null` where it was made.'),
    new: objectIdOrNull('Where it is now; `null` where it was deleted.'),
  }),
  'Each ref that moved, or would move.',
);
export const backup = textOrNull('What the names of the refs begin with that keep what was replaced.');
