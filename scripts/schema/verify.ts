import * as v from 'valibot';
import { SEVERITIES } from '../../src/verify/severity.ts';
import * as piece from './pieces.ts';
import { count, flag, list, orNull, text, word } from './pieces.ts';
import { atRemote } from './remote.ts';

const fingerprint = v.pipe(
  v.string(),
  v.regex(/^[0-9a-f]{32}$/),
  v.description('The same for the same finding in every run, on every machine.'),
);
const PLACE = {
  ref: v.optional(text('The ref that it was found on.')),
  checkpoint: v.optional(piece.checkpoint),
  session: v.optional(text("The name of the session's folder in V1; in V2, where V1 has no such session.")),
  v2Session: v.optional(text('The name of that folder in V2, where it is another one there.')),
  path: v.optional(text("From the root of the ref's tree.")),
  field: v.optional(text('In a metadata file, for example `sessions[0].prompt`.')),
  change: v.optional(
    word(
      ['lost', 'changed', 'added'],
      'How a field differs: `lost` is in V1 and not in V2, `added` the other way round.',
    ),
  ),
  old: v.optional(text('The value of the field in V1, as JSON text, cut after some 120 characters.')),
  new: v.optional(text('The value that it has instead.')),
  cause: v.optional(text('The ref of the generation whose loss or pruning this follows from: a finding of its own.')),
  object: v.optional(text('The object that is absent or damaged.')),
  otherPaths: v.optional(list(v.string(), 'Further paths at which that object is needed.')),
  from: v.optional(piece.layout('The layout that was compared with another; absent where these are V1 and V2.')),
  to: v.optional(piece.layout('The layout that should have what it has; absent where these are V1 and V2.')),
  commit: v.optional(
    text("The V1 commit whose image it is about; for `COMMIT_UNKNOWN` the one on `main`; for `TRAILER_…` the user's."),
  ),
  remote: v.optional(text('The remote that it is about, where the user has named one.')),
  isWithoutV1: v.optional(flag('V1 would help, and it is not here.')),
  isPushOff: v.optional(flag('Pushing would help, and the settings forbid it (`push_sessions: false`).')),
};
const FINDING = {
  // No list of the codes: a new one is not a new version of the schema.
  code: piece.code('A stable name; docs/findings.md explains each.'),
  severity: word(SEVERITIES, 'How much it weighs.'),
  message: text('What is wrong, for people; its wording may change.'),
  ...PLACE,
  line: v.optional(count('In the file at `path`, from 1 on; of a transcript in several pieces, in the whole.')),
};
const more = v.optional(count('How many more there are like it, which are counted and stand in no list.'));
const Finding = v.object({ ...FINDING, more });

const Judged = v.object({
  ...FINDING,
  more,
  status: word(
    ['new', 'known', 'ignored'],
    '`known`: the baseline has it; `ignored`: `--ignore` names it. Neither fails.',
  ),
  fails: flag('It makes the run fail.'),
  fingerprint,
});

const severityCounts = {
  errors: count('Findings of severity `error`, known and ignored ones with them.'),
  warnings: count('The same for `warning`.'),
};

const Gate = v.object({
  failOn: word(SEVERITIES, 'The least severity that fails.'),
  failing: count('Findings that fail.'),
  known: count('Findings that the baseline has.'),
  ignored: count('Findings that `--ignore` names.'),
  baseline: piece.textOrNull('The file of the baseline as it was named.'),
  resolved: list(
    v.object({
      code: piece.code('The code of the finding.'),
      ...PLACE,
      line: v.optional(v.pipe(v.number(), v.description('In the file at `path`.'))),
      fingerprint,
    }),
    'What the baseline has, this run looked for, and is not there any more.',
  ),
});

export const Verify = v.object({
  source: piece.sourceOrNull,
  target: v.pipe(
    v.object({
      layout: piece.layout('The layout that is compared with it.'),
      refs: list(
        v.object({ ref: text('Its full name.'), commit: piece.objectId('The commit that it is at.') }),
        'Its refs: of V2 `main`, `full/current` and the archives.',
      ),
    }),
    v.description('What is compared with it.'),
  ),
  pairs: list(
    v.object({
      from: piece.layout('The layout that is the source.'),
      to: piece.layout('The layout that should have what it has.'),
      checkpointCount: count('Checkpoints of the source that were compared.'),
      sessionCount: count('Sessions of the source that were compared.'),
      commitCount: count('V1 commits whose images were looked for.'),
      deletedCount: count('Checkpoints that were deleted here, and stay away from git-refs.'),
      errorCount: count('Findings of severity `error`.'),
      warningCount: count('The same for `warning`.'),
      noteCount: count('The same for `note`.'),
    }),
    'The layouts that were compared; none where only one is here.',
  ),
  scope: orNull(
    v.object({
      checkpoints: piece.checkpoints('The IDs of the checkpoints that were looked at.'),
      commitCount: count("The user's commits whose trailers were read; 0 where no range was given."),
    }),
    'What was looked at; `null`: everything.',
  ),
  counts: v.pipe(
    v.object({
      commits: count('V1 commits whose image was looked for; 0 where the history was not compared.'),
      checkpoints: count('Checkpoints that were compared.'),
      sessions: count('Sessions that were compared.'),
      generations: count('Archived generations.'),
      currentCheckpoints: count('Checkpoints in `full/current`.'),
      prunedTranscripts: count('Transcripts of V1 that V2 has no more, since their generation was pruned.'),
      ...severityCounts,
      notes: count('The same for `note`.'),
    }),
    v.description('What was compared, and what was found.'),
  ),
  deep: v.optional(
    v.pipe(
      v.object({
        transcriptCount: count('Transcripts in V2, raw and compact.'),
        objectCount: count('Distinct objects of both layouts that were read and compared with their ids.'),
        bytes: count('Bytes in them.'),
      }),
      v.description('What `--deep` has read.'),
    ),
  ),
  remote: v.optional(atRemote('What `--remote` has found; nothing else is compared then.')),
  unlistedCount: count(
    'Findings that are counted and stand in no list, since too many are alike: `more` of one that does counts them.',
  ),
  findings: list(Judged, 'What was found: of findings that are alike, no more than 25,000.'),
  gate: v.pipe(Gate, v.description('What decided whether the run passes.')),
});

const repaired = {
  status: word(['nothing-to-do', 'nothing-mended', 'repaired', 'planned'], 'How it ended.'),
  source: piece.sourceOrNull,
  target: piece.target,
  mended: list(
    v.object({
      code: piece.code('The code of the findings.'),
      meaning: text('What it means.'),
      count: count('How many findings are mended.'),
      checkpoints: piece.checkpoints('The checkpoints that they are about, each once.'),
    }),
    'What is mended, by code.',
  ),
  left: list(
    v.object({
      finding: v.pipe(Finding, v.description('One of them.')),
      reason: text('Why it stays.'),
      remedy: text('What to do about it.'),
    }),
    'Errors and warnings that stay.',
  ),
  refs: piece.refs,
  backup: piece.backup,
  verified: orNull(
    v.object({
      counts: v.pipe(v.object(severityCounts), v.description('How many.')),
      findings: list(Finding, 'Errors and warnings.'),
    }),
    'What verify says afterwards; `null` in a dry run.',
  ),
  dryRun: piece.dryRun,
};

export const Repair = v.object({
  ...repaired,
  others: list(
    v.object({
      ...repaired,
      warnings: list(v.string(), 'Warnings about this one; those about the first are `warnings` of the document.'),
    }),
    'Without flags: what was done to the other layouts, each after those before it.',
  ),
});

export const Diff = v.object({
  checkpoint: piece.checkpoint,
  from: piece.layout('The layout that was compared with another.'),
  to: piece.layout('The layout that should have what it has.'),
  layouts: piece.layouts('The layouts that have the checkpoint: these two, and any other.'),
  renumbered: list(
    v.object({ from: text('The number in the one.'), to: text('The number in the other.') }),
    'Sessions that have another number in the layout that should have them.',
  ),
  files: list(
    v.object({
      part: word(['summary', 'metadata', 'prompts', 'transcript', 'content hash', 'other'], 'What the file is.'),
      path: text("From the checkpoint's folder."),
      targetPath: v.optional(text('In the layout that should have it, where that is another path.')),
      ref: text('The ref of the layout that should have it; of a file that it lacks, the ref of the other one.'),
      change: word(['lost', 'changed', 'added'], '`lost`: `from` alone has it. `added`: `to` alone has it.'),
      patch: v.optional(text('The unified diff, the side of `from` first.')),
      isCut: v.optional(flag('Only a part of the difference is in `patch`.')),
      note: v.optional(text('What a patch cannot say.')),
    }),
    'The files that differ, in the order of their paths.',
  ),
});
