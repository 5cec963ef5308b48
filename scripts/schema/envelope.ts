import * as v from 'valibot';
import { SCHEMA_VERSION } from '../../src/commands/envelope.ts';
import { code, text, word } from './pieces.ts';

const ErrorDocument = v.object({
  code: code('A stable name; docs/errors.md explains each.'),
  message: v.pipe(v.string(), v.description('Why, for people; its wording may change.')),
  hint: v.pipe(v.nullable(v.string()), v.description('What to do about it.')),
  state: v.optional(text('Which refs have moved, read back after the error; absent where none was to move.')),
  doing: v.pipe(
    v.nullable(v.string()),
    v.description('What was being done; `null` where nothing had begun, or after wrong usage.'),
  ),
  details: v.optional(v.pipe(v.string(), v.description('With `--verbose`: the error as Node shows it.'))),
});

const Engine = v.object({
  name: word(['native', 'isomorphic'], 'Its name, as `--engine` takes it.'),
  version: v.pipe(v.nullable(v.string()), v.description('What it is, with its version: `git 2.39.5`.')),
});

/** A schema of an object, or of one of several, each with a title. */
type ResultSchema = v.ObjectSchema<v.ObjectEntries, undefined>;
type ResultSchemas = ResultSchema | v.UnionSchema<ResultSchema[], undefined>;

/**
 * The document that a command prints with `--json`: the members of its own result, or the error, beside those of all documents.
 * Without a command: the document of any command that failed.
 */
export function documentOf(command?: string, result?: ResultSchemas): v.GenericSchema {
  const common = {
    schemaVersion: v.pipe(
      v.literal(SCHEMA_VERSION),
      v.description('Rises when a key goes away or changes its meaning; new keys may come without.'),
    ),
    command: v.pipe(
      command === undefined ? v.string() : v.literal(command),
      v.description("The command's words after `ckpt`."),
    ),
    ckptVersion: v.pipe(v.string(), v.description("This program's version.")),
    engine: v.pipe(v.nullable(Engine), v.description('What read the repository; `null` where none was opened.')),
    repository: v.pipe(
      v.nullable(v.string()),
      v.description('The work tree, or the git directory where there is none; `null` where none was opened.'),
    ),
    durationMs: v.pipe(v.number(), v.integer(), v.minValue(0), v.description('Milliseconds.')),
    ok: v.pipe(v.boolean(), v.description('All is well: the exit code is 0.')),
    exitCode: v.pipe(v.picklist([0, 1, 2, 3, 130, 143]), v.description('What the process ends with.')),
    warnings: v.pipe(v.array(v.string()), v.description('For people, each once.')),
  };
  const failed = v.object({
    ...common,
    error: v.pipe(ErrorDocument, v.description('Why the command failed; `null` where it did not.')),
  });
  if (command === undefined || result === undefined) return v.pipe(failed, v.title('ckpt --json, where it fails'));
  const form = ({ entries }: ResultSchema) => v.object({ ...common, error: v.null(), ...entries });
  const forms =
    result.type === 'union'
      ? result.options.map((option) => v.pipe(form(option), v.title(v.getTitle(option) ?? '')))
      : [form(result)];
  return v.pipe(
    v.union([...forms, failed]),
    v.title(`ckpt ${command} --json`),
    v.description('What all documents have in common, and what this command has to say or why it failed.'),
  );
}
