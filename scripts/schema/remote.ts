import * as v from 'valibot';
import * as piece from './pieces.ts';
import { count, flag, list, text, textOrNull, word } from './pieces.ts';

const remote = text('The name under which what the remote has is kept.');
const united = list(
  v.object({
    ref: text('Its full name.'),
    layout: piece.layout('The layout that it belongs to.'),
    change: word(
      ['created', 'forwarded', 'taken-over', 'merged', 'projected', 'deleted'],
      "It was not here; the remote's went on from it; it was rewritten there, and what was here is kept as a backup; both had gone on; V2 or a git-ref, made of V1; an archive that is gone there.",
    ),
    old: piece.objectIdOrNull('Where it was; `null` where it was made.'),
    new: piece.objectIdOrNull('Where it is now; `null` where it was deleted.'),
  }),
  'Each local ref that moved.',
);

export const Fetch = v.object({
  status: word(['up-to-date', 'fetched', 'planned', 'set-up', 'removed'], 'How it ended.'),
  remote,
  refspecs: list(v.string(), 'What `--setup` has written for `git fetch`, or `--remove` has taken out; else none.'),
  fetched: list(
    v.object({
      ref: text('Its name at the remote.'),
      old: piece.objectIdOrNull('Where it was when it was fetched last; `null`: never.'),
      new: piece.objectIdOrNull('Where it is now; `null` where it is gone.'),
    }),
    'Each ref of the remote that has moved since the last fetch.',
  ),
  united,
  mergedCheckpoints: piece.checkpoints('Checkpoints that both sides had changed.'),
  backup: textOrNull('The ref that keeps a V1 which was replaced.'),
  dryRun: piece.dryRun,
});

export const Push = v.object({
  status: word(
    ['off', 'up-to-date', 'pushed', 'planned', 'incomplete'],
    'How it ended; `off`: the settings forbid it.',
  ),
  remote,
  refs: list(
    v.object({
      ref: text('Its full name.'),
      layout: piece.layout('The layout that it belongs to.'),
      old: piece.objectIdOrNull('Where it was at the remote; `null` where it was not there.'),
      new: piece.objectId('Where it is here.'),
      outcome: word(
        ['pushed', 'to-push', 'refused', 'diverged'],
        'What became of it; `diverged`: the remote has something that is not here.',
      ),
      reason: textOrNull("The remote's words."),
    }),
    'Each ref that the remote lacked.',
  ),
  united,
  objectCount: count('Objects that were to be sent at most.'),
  byteCount: count('Their bytes, as stored here.'),
  dryRun: piece.dryRun,
});

/** What was asked of a remote, and what came of it. */
export const atRemote = (description: string) =>
  v.pipe(
    v.object({
      name: text('Its name, or its URL without credentials.'),
      isNamed: flag('The user has named it.'),
      branchesOf: piece.textOrNull('The remote whose branches were read; `null` where a range of commits was given.'),
      branchCount: count('Its branches, without those of checkpoints.'),
      isAskedFor: flag('The user has named the checkpoints: those of commits were not looked for.'),
      commitCount: count('Commits that name a checkpoint.'),
      namedCount: count('Checkpoints that have to be there: those that commits name, or that were asked for.'),
      arrivedCount: count('Those of them that the remote has.'),
      missingCount: count('Those that it does not have.'),
      unknownCount: count('Those that it may have, where this clone cannot look.'),
      queuedCount: count(
        "Checkpoints on the push queue of Entire's client that the remote does not have as they are here.",
      ),
      layouts: list(
        v.object({
          layout: piece.layout('The layout.'),
          inStepCount: count('Refs that are the same here and there.'),
          onlyHereCount: count('Refs that are here alone.'),
          onlyThereCount: count('Refs that are there alone.'),
          aheadCount: count("Refs that go on from the remote's."),
          behindCount: count('Refs from which the remote goes on.'),
          divergedCount: count('Refs with which both have gone on.'),
          unknownCount: count('Refs of which this clone cannot tell.'),
        }),
        'The layouts that are here or there.',
      ),
    }),
    v.description(description),
  );
