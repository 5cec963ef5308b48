import * as v from 'valibot';
import { SCHEMA_VERSION } from '../../src/commands/envelope.ts';
import { KNOWN_ERRORS } from '../../src/commands/exit-codes.ts';

const ErrorDocument = v.object({
  code: v.pipe(v.picklist(Object.keys(KNOWN_ERRORS)), v.description('docs/errors.md explains each.')),
  message: v.pipe(v.string(), v.description('Why, for people; its wording may change.')),
  hint: v.pipe(v.nullable(v.string()), v.description('What to do about it.')),
  state: v.optional(
    v.pipe(
      v.string(),
      v.description('Which refs have moved, read back after the error; absent where none was to move.'),
    ),
  ),
  doing: v.pipe(
    v.nullable(v.string()),
    v.description('What was being done; `null` where nothing had begun, or after wrong usage.'),
  ),
  details: v.optional(v.pipe(v.string(), v.description('With `--verbose`: the error as Node shows it.'))),
});

const Engine = v.object({
  name: v.picklist(['native', 'isomorphic']),
  version: v.pipe(v.nullable(v.string()), v.description('What it is, with its version: `git 2.39.5`.')),
});

/** The document that a command prints with `--json`, with a schema for its own result in it. */
export function documentOf(command: string, result: v.GenericSchema, description: string) {
  return v.pipe(
    v.object({
      schemaVersion: v.pipe(
        v.literal(SCHEMA_VERSION),
        v.description('Rises when a key goes away or changes its meaning; new keys may come without.'),
      ),
      command: v.pipe(v.literal(command), v.description("The command's words after `ckpt`.")),
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
      result: v.pipe(v.nullable(result), v.description('`null` where the command failed.')),
      error: v.pipe(v.nullable(ErrorDocument), v.description('Why the command failed; `null` where it did not.')),
    }),
    v.title(`ckpt ${command} --json`),
    v.description(description),
  );
}
