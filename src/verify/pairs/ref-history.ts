import { commitHeader, type ParsedCommit } from '../../git/commit.ts';
import type { ObjectId } from '../../git/object-id.ts';
import type { ObjectOverlay } from '../../git/object-overlay.ts';
import { originOfImage } from '../../project/commit-image.ts';
import { type Finding, type FindingPlace, finding } from '../finding.ts';

/** Two commits, of which the second should be the first. */
interface CommitPair {
  readonly expected: ObjectId;
  readonly actual: ObjectId;
}

/**
 * Where the history of a checkpoint's ref is not the one that V1 gives it: from the tips down, side by side, where both have as many
 * parents. The trees of the tips are left out: what differs there is looked into elsewhere.
 */
export async function compareRefHistory(
  objects: ObjectOverlay,
  tips: CommitPair,
  place: FindingPlace,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const waiting = [tips];
  const seen = new Set<string>();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.expected === next.actual || seen.has(next.expected + next.actual)) continue;
    seen.add(next.expected + next.actual);
    const [expected, actual] = [await objects.commit(next.expected), await objects.commit(next.actual)];
    const isTip = next === tips;
    for (const each of compareCommits(expected, actual, { isTip, id: next.actual, place })) findings.push(each);
    if (expected.parents.length !== actual.parents.length) continue;
    for (const [i, parent] of expected.parents.entries()) {
      waiting.push({ expected: parent, actual: actual.parents[i] as ObjectId });
    }
  }
  return findings;
}

function compareCommits(
  expected: ParsedCommit,
  actual: ParsedCommit,
  { isTip, id, place }: { isTip: boolean; id: ObjectId; place: FindingPlace },
): Finding[] {
  const origin = originOfImage(expected);
  const at = { ...place, ...(origin === undefined ? {} : { commit: origin }) };
  const names = `the commit ${id} on ${place.ref}`;
  if (originOfImage(actual) === undefined) {
    return [finding('COMMIT_UNKNOWN', `${names} is the image of no V1 commit`, { ...place, commit: id })];
  }
  const found: Finding[] = [];
  if (originOfImage(actual) !== origin && actual.parents.length < expected.parents.length) {
    found.push(finding('COMMIT_MISSING', `the V1 commit ${origin} has no image on ${place.ref}`, at));
    return found;
  }
  if (commitHeader(actual, 'author') !== commitHeader(expected, 'author')) {
    found.push(finding('COMMIT_AUTHOR_CHANGED', `${names} has another author than ${origin}`, at));
  }
  if (commitHeader(actual, 'committer') !== commitHeader(expected, 'committer')) {
    found.push(finding('COMMIT_COMMITTER_CHANGED', `${names} has another committer than ${origin}`, at));
  }
  if (actual.message !== expected.message) {
    found.push(finding('COMMIT_MESSAGE_CHANGED', `${names} has another message than ${origin} gives it`, at));
  }
  if (otherHeaders(actual) !== otherHeaders(expected)) {
    found.push(finding('COMMIT_HEADERS_CHANGED', `${names} has other headers than ${origin} gives it`, at));
  }
  if (actual.parents.length !== expected.parents.length) {
    found.push(finding('COMMIT_PARENTS_CHANGED', `${names} has other parents than ${origin} gives it`, at));
  }
  if (!isTip && actual.tree !== expected.tree) {
    found.push(finding('COMMIT_TREE_CHANGED', `${names} has another tree than ${origin} gives it`, at));
  }
  return found;
}

function otherHeaders({ headers }: ParsedCommit): string {
  return headers.filter((line) => !/^(?:author|committer) /.test(line)).join('\n');
}
