import * as v from 'valibot';
import { SEVERITIES } from '../src/verify/severity.ts';

const text = (description: string) => v.pipe(v.string(), v.description(description));
const number = (description: string) => v.pipe(v.number(), v.integer(), v.minValue(0), v.description(description));
const flag = (description: string) => v.pipe(v.boolean(), v.description(description));
const objectId = (description: string) =>
  v.pipe(v.string(), v.regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/), v.description(description));
const fingerprint = v.pipe(
  v.string(),
  v.regex(/^[0-9a-f]{32}$/),
  v.description('The same for the same finding in every run, on every machine.'),
);
const severity = (description: string) => v.pipe(v.picklist(SEVERITIES), v.description(description));

const PLACE = {
  ref: v.optional(text('The ref that it was found on.')),
  checkpoint: v.optional(text("The checkpoint's ID.")),
  session: v.optional(text("The name of the session's folder in V1; in V2, where V1 has no such session.")),
  v2Session: v.optional(text('The name of that folder in V2, where it is another one there.')),
  path: v.optional(text("From the root of the ref's tree.")),
  field: v.optional(text('In a metadata file, for example `sessions[0].prompt`.')),
  change: v.optional(
    v.pipe(
      v.picklist(['lost', 'changed', 'added']),
      v.description('How a field differs: `lost` is in V1 and not in V2, `added` in V2 and not in V1.'),
    ),
  ),
  commit: v.optional(
    text(
      "The V1 commit whose image it is about; for `COMMIT_UNKNOWN` the commit on `main`; for `TRAILER_…` the user's.",
    ),
  ),
};

const Finding = v.object({
  // No list of the codes: a new one is no new version of the schema.
  code: v.pipe(v.string(), v.regex(/^[A-Z][A-Z0-9_]*$/), v.description('A stable name; docs/verify.md explains each.')),
  severity: severity('How much it weighs.'),
  message: text('What is wrong, for people; its wording may change.'),
  ...PLACE,
  line: v.optional(number('In the file at `path`, from 1 on; of a transcript in several pieces, in the whole.')),
  status: v.pipe(
    v.picklist(['new', 'known', 'ignored']),
    v.description('`known`: the baseline has it; `ignored`: `--ignore` names it. Neither fails.'),
  ),
  fails: flag('It makes the run fail.'),
  fingerprint,
});

const Counts = v.object({
  commits: number('V1 commits whose image was looked for; 0 where the history was not compared.'),
  checkpoints: number('Checkpoints that were compared.'),
  sessions: number('Sessions that were compared.'),
  generations: number('Archived generations.'),
  currentCheckpoints: number('Checkpoints in `full/current`.'),
  errors: number('Findings of severity `error`, known and ignored ones with them.'),
  warnings: number('The same for `warning`.'),
  notes: number('The same for `note`.'),
});

const Deep = v.pipe(
  v.object({
    transcripts: number('Transcripts in V2, raw and compact.'),
    objects: number('Distinct objects of both layouts that were read and compared with their ids.'),
    bytes: number('Bytes in them.'),
  }),
  v.description('What `--deep` has read.'),
);

const Gate = v.object({
  passed: flag('No finding fails: the exit code is 0.'),
  failOn: severity('The least severity that fails.'),
  failing: number('Findings that fail.'),
  known: number('Findings that the baseline has.'),
  ignored: number('Findings that `--ignore` names.'),
  baseline: v.pipe(v.nullable(v.string()), v.description('The file of the baseline as it was named.')),
  resolved: v.pipe(
    v.array(v.object({ code: v.string(), ...PLACE, fingerprint })),
    v.description('What the baseline has, this run looked for, and is not there any more.'),
  ),
});

/** The document that `ckpt verify --json` prints. `docs/schema/verify.schema.json` is made from it. */
export const VerifyReportSchema = v.pipe(
  v.object({
    schemaVersion: v.pipe(
      v.literal(1),
      v.description('Rises when a key goes away or changes its meaning; new keys may come without.'),
    ),
    consistent: flag('There is no finding of severity `error`, be it known, ignored or new.'),
    scope: v.pipe(
      v.nullable(
        v.object({
          checkpoints: v.array(text('The ID of a checkpoint that was looked at.')),
          commits: number("The user's commits whose trailers were read; 0 where no range was given."),
        }),
      ),
      v.description('What was looked at; `null`: everything.'),
    ),
    v1: v.object({ ref: text('The V1 branch.'), tip: v.nullable(objectId('Its commit; null where V1 is gone.')) }),
    v2: v.object({
      main: v.nullable(objectId('The commit of `main`.')),
      current: v.nullable(objectId('The commit of `full/current`.')),
      archives: v.array(v.object({ ref: v.string(), id: objectId('Its commit.') })),
    }),
    counts: Counts,
    deep: v.optional(Deep),
    findings: v.array(Finding),
    engine: text('What read the repository.'),
    durationMs: number('Milliseconds.'),
    gate: v.pipe(Gate, v.description('Whether the run passes, and what decided it.')),
  }),
  v.title('ckpt verify'),
  v.description('What a verification found.'),
);
