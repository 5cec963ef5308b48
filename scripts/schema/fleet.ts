import * as v from 'valibot';
import { FLEET_COMMANDS, FleetRow, GRADES } from '../../src/fleet/fleet-row.ts';
import { count, list, orNull, text, textOrNull, word } from './pieces.ts';

/** Where a fleet stands: what all documents about one have. */
const summary = {
  fleet: v.pipe(
    v.object({
      command: word(FLEET_COMMANDS, 'The command.'),
      words: list(v.string(), 'Its flags: what came after `--`.'),
    }),
    v.description('What was run in each repository.'),
  ),
  counts: v.pipe(
    v.object({
      repositories: count('Repositories that have a row.'),
      checkpoints: count('Their checkpoints, as far as they were counted.'),
      good: count('Repositories with nothing left to do.'),
      open: count('Those with something left to do.'),
      none: count('Those without checkpoints.'),
      bad: count('Those in which it failed.'),
    }),
    v.description('Numbers.'),
  ),
  standings: list(
    v.object({
      standing: text('A word of docs/fleet.md.'),
      grade: word(GRADES, 'How good it is.'),
      count: count('Repositories that stand so.'),
    }),
    'Each standing that a repository has, the worst first.',
  ),
  repositories: list(FleetRow, 'By name.'),
};

export const Fleet = v.object({
  ...summary,
  shard: orNull(
    v.object({ index: count('From 1 on.'), total: count('Of how many.') }),
    'The part of the fleet; `null`: all of it.',
  ),
  report: textOrNull('The folder of the report; `null` where none was asked for.'),
  doneBeforeCount: count('Repositories of which the report had a line before.'),
});

export const FleetMerge = v.object({
  ...summary,
  report: textOrNull('The folder that the pages were written to; `null` where none was asked for.'),
  repeatedCount: count('Repositories of which there were several lines: the one that began last counts.'),
});

export const FleetPlan = v.object({
  shards: list(
    v.object({
      shard: text('As `--shard` takes it: `3/16`.'),
      repositories: list(v.string(), 'Its repositories, by name.'),
    }),
    'The shards that have repositories.',
  ),
  matrix: v.pipe(
    v.object({ shard: list(v.string(), 'Each shard.') }),
    v.description('The matrix of a job of GitHub Actions.'),
  ),
});
