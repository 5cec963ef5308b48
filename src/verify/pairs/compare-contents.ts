import { type CheckpointId, shardPath } from '../../checkpoint/checkpoint-id.ts';
import type { ProgressListener } from '../../checkpoint/progress.ts';
import { COMPACT_NAMES } from '../../checkpoint/transcript.ts';
import { compareCheckpoints } from '../../compare/compare-checkpoints.ts';
import type { Difference } from '../../compare/difference.ts';
import type { SplitCheckpoint } from '../../compare/split-views.ts';
import { batches } from '../../git/batches.ts';
import { BadObjectError } from '../../git/errors.ts';
import type { Repository } from '../../git/repository.ts';
import type { View } from '../../layout/layout.ts';
import { agreeing, LAYOUT_NAMES } from '../../layout/layout-names.ts';
import { layoutOf } from '../../layout/layouts.ts';
import { readableCheckpoints } from '../../layout/readable.ts';
import { generationName } from '../../layout/ref-names.ts';
import { explain, explainPruned } from '../explain.ts';
import { type Finding, finding } from '../finding.ts';
import { foundList } from '../finding-list.ts';
import { wordsOf } from '../pair-words.ts';
import { unreadableCheckpoint } from './checkpoint-findings.ts';

/** Two layouts that are there, and what to know of them. */
export interface ViewPair {
  readonly repo: Repository;
  readonly from: View;
  readonly to: View;
  /** The number of the generation that the transcripts of a checkpoint were pruned with. */
  readonly prunedWith: ReadonlyMap<CheckpointId, number>;
  readonly onEvent: ProgressListener;
}

/**
 * Compares checkpoints that two layouts have by what they hold: sessions are paired by their IDs, files looked for under the names of any
 * layout, metadata compared by fields. What the target lacks or has otherwise is an error, what it has besides a note.
 */
export async function compareContents(pair: ViewPair, ids: readonly CheckpointId[]): Promise<Finding[]> {
  const findings = foundList();
  let done = 0;
  for (const batch of batches(ids, BATCH)) {
    for (const each of await compareBatch(pair, batch)) findings.push(each);
    done += batch.length;
    pair.onEvent({ kind: 'progress', phase: 'compare coverage', done, total: ids.length });
  }
  return findings.all();
}

/** What is staged of a batch is in memory: two small trees and a summary a checkpoint. */
const BATCH = 250;

async function compareBatch(pair: ViewPair, ids: readonly CheckpointId[]): Promise<Finding[]> {
  const { repo, from, to } = pair;
  const layouts = { from: from.layout, to: to.layout };
  const sources = await readableCheckpoints(from, ids);
  const targets = await readableCheckpoints(to, ids);
  const findings = foundList();
  for (const [view, { unreadable }] of [[from, sources] as const, [to, targets] as const]) {
    for (const [id, reason] of unreadable) findings.push(unreadableCheckpoint(view, id, reason, layouts));
  }
  const sides = [
    { view: from, read: sources.read },
    { view: to, read: targets.read },
  ] as const;
  for await (const { ours, theirs, found } of compareCheckpoints(repo, ...sides, ids)) {
    for (const each of prunedOnBothSides(pair, ours, theirs)) findings.push(each);
    if (found instanceof BadObjectError) {
      findings.push(unreadableCheckpoint(to, ours.view.id, found.message, layouts));
    } else {
      for (const one of found) findings.push(explainIn(pair, one));
    }
  }
  return findings.all();
}

/**
 * Sessions of V2 that lost their transcripts and came without them to the other layout: nothing differs, but nothing has them. The
 * manifest says so, or V2 has still the hash of the compact transcript that was made of one.
 */
function prunedOnBothSides(
  { from, to, prunedWith }: ViewPair,
  ours: SplitCheckpoint,
  theirs: SplitCheckpoint,
): Finding[] {
  const [isFrom, isTo] = [from, to].map(({ layout }) => layoutOf(layout).hasGenerations);
  if (!isFrom && !isTo) return [];
  const [v2, other] = isFrom ? [ours, theirs] : [theirs, ours];
  const { id } = v2.view;
  const has = new Map(other.facts.sessions.map(({ sessionId, hasTranscript }) => [sessionId, hasTranscript]));
  const paths = new Set(v2.view.files.map(({ path }) => path));
  const number = prunedWith.get(id);
  return v2.facts.sessions.flatMap(({ name, sessionId, hasTranscript }) => {
    const wasThere = number !== undefined || paths.has(`${name}/${COMPACT_NAMES.contentHash}`);
    if (hasTranscript || !wasThere || sessionId === undefined || has.get(sessionId) !== false) return [];
    const lacking = other === theirs ? to.layout : from.layout;
    const where = number === undefined ? 'is gone from V2' : `was pruned with generation ${generationName(number)}`;
    const message = `the transcript of session ${name} of ${id} ${where}, and ${LAYOUT_NAMES[lacking]} ${agreeing(lacking, 'does', 'do')} not have it either`;
    const place = { ref: v2.view.at.name, path: `${shardPath(id)}/${name}`, checkpoint: id, session: name };
    return [finding('TRANSCRIPT_PRUNED', message, { ...place, from: from.layout, to: to.layout })];
  });
}

/** Says what a difference is, at the place that it has in the target. */
function explainIn({ from, to, prunedWith }: ViewPair, difference: Difference): Finding {
  const layouts = { from: from.layout, to: to.layout };
  const { kind, part, checkpoint } = difference;
  const pruned = kind === 'checkpoint' && part === 'full' && checkpoint ? prunedWith.get(checkpoint) : undefined;
  if (pruned !== undefined) return { ...explainPruned(difference, pruned), ...layouts };
  return { ...explain(placedIn(to, difference), 'foreign', wordsOf(layouts)), ...layouts };
}

/** A difference with the ref and path that the layout has for it; comparing gives every layout the paths of V2. */
export function placedIn(to: View, difference: Difference): Difference {
  const { checkpoint } = difference;
  const { hasGenerations, hasRefPerCheckpoint, place: placeIn } = layoutOf(to.layout);
  if (checkpoint === undefined || hasGenerations) return difference;
  const below = difference.path.slice(shardPath(checkpoint).length + 1);
  const place = placeIn(checkpoint, below);
  const path = below === '' ? place.path.replace(/\/$/, '') : place.path;
  return { ...difference, ref: hasRefPerCheckpoint ? place.ref : to.where, path };
}
