import * as v from 'valibot';
import * as piece from './pieces.ts';
import { count, flag, list, orNull, text, textOrNull, word } from './pieces.ts';

export const Sample = v.object({
  dir: text('The folder, as it was named.'),
  ref: text('The V1 branch.'),
  commit: piece.objectId('The commit that it is at.'),
  counts: v.pipe(
    v.object({ commits: count('Commits.'), checkpoints: count('Checkpoints.'), sessions: count('Sessions.') }),
    v.description('What it holds.'),
  ),
});

const sessionPlace = v.object({
  checkpoint: piece.checkpoint,
  session: text("The name of the session's folder in V2."),
});

export const Migrate = v.object({
  status: word(
    ['no-v1', 'no-source', 'up-to-date', 'differs', 'v2-ahead', 'migrated', 'planned'],
    'How it ended. `differs`: nothing was to be added, but the target does not hold all that the source does. `v2-ahead`: V2 was made of a newer V1. `planned`: a dry run.',
  ),
  mode: orNull(
    v.picklist(['first', 'incremental', 'foreign', 'rewritten', 'rebuild']),
    'How V1 to V2 went about it; `null` where there was nothing to do, and between other layouts.',
  ),
  source: piece.sourceOrNull,
  target: piece.target,
  refs: piece.refs,
  counts: v.pipe(
    v.object({
      commits: count('Commits that were projected or made.'),
      checkpoints: v.optional(count('To V2: checkpoints that are new or have changed.')),
      sessions: v.optional(count('To V2: sessions that are new or have changed.')),
      generations: v.optional(count('To V2: archived generations that there are now.')),
      changedGenerations: v.optional(count('To V2: generations that this run archived or changed.')),
      currentCheckpoints: v.optional(count('To V2: checkpoints in `full/current` now.')),
      prunedCheckpoints: v.optional(
        count(
          'To V2, where nothing was to be done: checkpoints of V1 whose transcripts were pruned with their archives.',
        ),
      ),
      created: v.optional(count('To git-refs: checkpoints that got a ref.')),
      advanced: v.optional(count('To git-refs: checkpoints whose refs go on from an earlier run.')),
      replaced: v.optional(
        count('To git-refs: checkpoints whose refs were made of another V1, and are kept as a backup.'),
      ),
      added: v.optional(count("To git-refs: checkpoints of which another writer's ref lacked what V1 has.")),
      foreign: v.optional(count("To git-refs: checkpoints of which another writer's ref has what V1 has.")),
      ahead: v.optional(count('To git-refs: checkpoints whose refs were made of a newer V1.')),
      same: v.optional(count('To git-refs: checkpoints whose refs are what they have to be.')),
      deleted: v.optional(count('To git-refs: checkpoints that were deleted here, and stay away.')),
      restored: v.optional(count('To V1: checkpoints that it lacked.')),
      joined: v.optional(count('To V1: checkpoints of which it lacked sessions, or what these have become.')),
    }),
    v.description('What was migrated; which keys there are depends on the target.'),
  ),
  oddities: list(
    v.object({
      code: piece.code('A stable name; docs/findings.md explains each.'),
      description: text('What it is.'),
      count: count('How often it was met.'),
      checkpoints: piece.checkpoints('The checkpoints that have it, each once.'),
    }),
    'What is unusual in V1 and was carried over unchanged.',
  ),
  withoutTranscript: list(
    sessionPlace,
    'From V2, to V1 or git-refs: sessions that came without a transcript, since V2 has none of them: pruned, or never written.',
  ),
  startsCounted: list(
    sessionPlace,
    'From V2: sessions whose `checkpoint_transcript_start`, which V2 counted in the compact transcript, was counted in the raw one.',
  ),
  startsLeftOut: list(
    sessionPlace,
    'From V2: sessions whose `checkpoint_transcript_start` could not be counted in the raw transcript, and was left out.',
  ),
  leftCheckpoints: piece.checkpoints(
    'To V1: checkpoints that V1 has otherwise than the source, or has less of, and keeps so. `ckpt repair` takes what the source has.',
  ),
  here: piece.layouts('Where there is no V1 to read: the layouts that are here.'),
  backup: piece.backup,
  dryRun: piece.dryRun,
});

export const Rotate = v.object({
  status: word(['rotated', 'planned', 'nothing-to-do'], 'How it ended.'),
  reason: orNull(v.picklist(['no-current', 'empty', 'not-full']), 'Why there is nothing to do.'),
  maxCheckpoints: count('Checkpoints in a full generation.'),
  force: flag('What does not fill a generation was to be archived too.'),
  generations: list(
    v.object({
      number: count('Its number.'),
      ref: text('Its ref.'),
      commit: piece.objectId('The commit that the ref is at.'),
      checkpointCount: count('Checkpoints in it.'),
      oldest: textOrNull('The least `created_at` of its sessions, as it was written.'),
      newest: textOrNull('The greatest one.'),
    }),
    'What was archived, from the oldest to the newest.',
  ),
  currentCheckpointCount: count('Checkpoints in `full/current` now.'),
  refs: piece.refs,
  dryRun: piece.dryRun,
});

export const RestoreLost = v.object({
  status: word(['restored', 'planned'], 'How it ended.'),
  layout: piece.layout('The primary layout, which they were written to.'),
  checkpoints: list(
    v.object({
      checkpoint: piece.checkpoint,
      sessionCount: count('Sessions that came back; of a whole checkpoint, all.'),
      isWhole: flag('The checkpoint was gone; where this is false, sessions of it alone.'),
      deletedBy: orNull(piece.objectId('The commit.'), 'The commit that had deleted it; `null` where a backup has it.'),
      commit: piece.objectId('The last commit that has it, or the one of the backup, which it was read from.'),
    }),
    'What is there again.',
  ),
  refs: piece.refs,
  dryRun: piece.dryRun,
});

const freedFields = { objectCount: count('Objects.'), bytes: count('Bytes on disk, compressed.') };
const freed = (description: string) =>
  orNull(
    v.object({
      ...freedFields,
      inBackups: v.pipe(v.object(freedFields), v.description('The part of it that earlier backups keep.')),
    }),
    description,
  );

const Restore = v.object({
  status: word(['restored'], 'How it ended.'),
  number: count('The number of the archive.'),
  ref: text('Its ref.'),
  commit: piece.objectId('The commit that the ref is at.'),
  backup: text('The ref that it was taken from.'),
  checkpointCount: count('Checkpoints in it.'),
  leftOut: piece.checkpoints('Those whose transcripts another generation has by now, and which were not put back.'),
});

const Plan = v.object({
  status: word(
    ['nothing-to-do', 'planned', 'pruned', 'refused'],
    'How it ended. `refused`: some archives stay, since they would take with them what exists nowhere else.',
  ),
  retention: v.pipe(
    v.object({
      seconds: count('How old an archive may get.'),
      from: word(['flag', 'settings', 'default'], 'What says so; `default`: neither a flag nor a setting.'),
      keep: count('How many of the newest archives stay in any case.'),
    }),
    v.description('Which archives are old.'),
  ),
  isV1Absent: flag("No V1 branch is here: neither a local one nor origin's copy."),
  archives: list(
    v.object({
      number: count('Its number.'),
      ref: text('Its ref.'),
      commit: piece.objectId('The commit that the ref is at.'),
      checkpointCount: count('Checkpoints in it.'),
      newest: textOrNull('The greatest `created_at` of its sessions, as it was written.'),
      newestFrom: orNull(v.picklist(['generation.json', 'main']), 'Where that was read.'),
      ageSeconds: orNull(v.number(), 'Whole seconds since then.'),
      verdict: word(['prune', 'refuse', 'stay'], 'What becomes of it.'),
      stays: orNull(v.picklist(['within-retention', 'kept', 'no-time', 'odd-time', 'unreadable']), 'Why it stays.'),
      onlyHere: piece.checkpoints('The checkpoints with transcripts that exist nowhere else.'),
      frees: freed('What no other ref reaches; `null` where the archive stays, or where it could not be measured.'),
    }),
    'From the oldest to the newest.',
  ),
  frees: freed('What goes altogether; `null` where it could not be measured.'),
  backup: piece.backup,
});

const AtRemote = v.object({
  status: word(
    ['off', 'nothing-to-do', 'planned', 'pruned', 'incomplete'],
    'How it ended; `off`: the settings forbid it.',
  ),
  remote: text('The name under which what the remote has is kept.'),
  archives: list(
    v.object({
      number: count('Its number.'),
      ref: text('Its ref.'),
      commit: piece.objectId('The commit that the ref was at there.'),
      outcome: word(['deleted', 'to-delete', 'refused'], 'What became of it.'),
      reason: textOrNull("The remote's words, where it is still there."),
    }),
    'Archives at the remote that were pruned here.',
  ),
});

/** With `--restore`, with `--remote`, or without. */
export const Prune = v.union([
  v.pipe(Plan, v.title('ckpt prune')),
  v.pipe(Restore, v.title('ckpt prune --restore')),
  v.pipe(AtRemote, v.title('ckpt prune --remote')),
]);

export const DualWrite = v.object({
  mode: word(['v1', 'dual', 'v2'], 'The layouts that the settings name.'),
  checkpoint: textOrNull("The checkpoint's ID; `null` for the mirror."),
  session: textOrNull("The name of the session's folder; `null` for the mirror."),
  refs: piece.refs,
  redactionCount: count('Secrets that were replaced.'),
  v2: word(['ok', 'off', 'failed', 'timeout', 'background'], 'What became of V2.'),
  primary: piece.layout('The layout that is written first, and the source of the others.'),
  targets: list(
    v.object({
      layout: piece.layout('The layout.'),
      outcome: word(['ok', 'failed', 'timeout', 'background'], 'What became of it.'),
    }),
    'The layouts that follow the primary one.',
  ),
  awaited: orNull(
    v.picklist(['nothing', 'arrived', 'missed']),
    "What became of the write that an agent's event announced; `null` where the run was given no event (`--hook`).",
  ),
});
