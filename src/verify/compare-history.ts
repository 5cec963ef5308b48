import { idsOf, type ObjectId } from '../git/object-id.ts';
import { readAhead } from '../git/read-ahead.ts';
import type { Repository, WalkedCommit } from '../git/repository.ts';
import type { Finding } from './finding.ts';
import { RunningComparison } from './running-comparison.ts';

/** What the comparison of the histories says. */
export interface HistoryComparison {
  readonly commits: number;
  readonly findings: readonly Finding[];
}

/**
 * Compares V1's history with that of `main`: each V1 commit has one image, with its author, committer, dates and message, and
 * the images of its parents as parents. An image is compared as a whole; only one that differs is taken apart.
 */
export async function compareHistory(
  repo: Repository,
  branchTip: ObjectId,
  main: ObjectId,
  onProgress: (done: number, total: number) => void,
): Promise<HistoryComparison> {
  const [v1, v2] = await Promise.all([repo.walk({ tips: [branchTip] }), repo.walk({ tips: [main] })]);
  const comparison = new RunningComparison(v1);
  const total = v1.length + v2.length;
  // Side by side: an image mostly comes about when its commit does, so that few of either wait for the other.
  const originals = readAhead(repo, idsOf(v1));
  const images = readAhead(repo, idsOf(v2));
  let done = 0;
  for (let isOpen = true; isOpen; ) {
    const [ofMain, ofBranch] = [await images.next(), await originals.next()];
    for (const [i, object] of (ofMain.value?.objects ?? []).entries()) {
      comparison.takeImage(v2[(ofMain.value?.at ?? 0) + i] as WalkedCommit, object?.content.toString('latin1'));
    }
    for (const [i, object] of (ofBranch.value?.objects ?? []).entries()) {
      if (object !== undefined)
        comparison.takeOriginal(v1[(ofBranch.value?.at ?? 0) + i] as WalkedCommit, object.content);
    }
    done += (ofMain.value?.objects.length ?? 0) + (ofBranch.value?.objects.length ?? 0);
    isOpen = ofMain.done !== true || ofBranch.done !== true;
    if (isOpen) onProgress(done, total);
  }
  return { commits: v1.length, findings: comparison.findings() };
}
