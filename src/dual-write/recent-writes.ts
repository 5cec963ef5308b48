import { trailerValues } from '../checkpoint/trailers.ts';
import { type AnnouncedWrite, announcedWrite } from '../checkpoint/write-subject.ts';
import { tryCommit } from '../git/commit.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { Repository } from '../git/repository.ts';
import type { View } from '../layout/layout.ts';
import { layoutOf } from '../layout/layouts.ts';
import { checkpointOfRef } from '../layout/ref-names.ts';

/** One commit of a layout. */
export interface RecentWrite extends AnnouncedWrite {
  /** The session of a write; commits that finalize name none. */
  readonly session: string | undefined;
}

/** How far back a branch is looked at, in commits: what a turn of an agent wrote is among the last ones. */
const MAX_COMMITS = 200;
/** The same for git-refs, in checkpoints; and the commits of each. */
const MAX_CHECKPOINTS = 50;
const MAX_COMMITS_EACH = 20;

/** The last writes to a layout, the newest first: what its refs show. Commits that are absent end the look. */
export async function recentWrites(repo: Repository, view: View): Promise<RecentWrite[]> {
  if (!layoutOf(view.layout).hasRefPerCheckpoint) return writesOf(repo, view.tips.slice(0, 1), MAX_COMMITS);
  // New checkpoints of git-refs have ULIDs, which begin with their time; IDs of hex digits came from V1.
  const tips = new Map(view.refs.map(({ name, id }) => [checkpointOfRef(name), id]));
  const newest = [...tips.keys()].filter((id) => id !== undefined && id.length > 12).sort();
  const chosen = newest.reverse().slice(0, MAX_CHECKPOINTS);
  return writesOf(
    repo,
    chosen.map((id) => tips.get(id) as ObjectId),
    MAX_COMMITS_EACH,
  );
}

/**
 * What the commits say that are reached from each of some tips: those of the first tip in front, each in the order in which its commits
 * are reached, at most so many a tip. All histories are followed at once, so that many short ones cost a few reads.
 */
async function writesOf(repo: Repository, tips: readonly ObjectId[], most: number): Promise<RecentWrite[]> {
  const histories = tips.map((tip) => ({ writes: [] as RecentWrite[], seen: new Set([tip]), open: [tip] }));
  for (
    let going = histories;
    going.length > 0;
    going = going.filter(({ open, seen }) => open.length > 0 && seen.size < most)
  ) {
    const commits = (await repo.readObjects(going.flatMap(({ open }) => open))).values();
    for (const history of going) {
      const parents: ObjectId[] = [];
      for (const _ of history.open) {
        const commit = tryCommit(commits.next().value);
        if (commit === undefined) continue;
        const { message, parents: above } = commit;
        const write = writeOf(message);
        if (write !== undefined) history.writes.push(write);
        for (const id of above) if (!history.seen.has(id)) parents.push(id);
        for (const id of above) history.seen.add(id);
      }
      history.open = parents;
    }
  }
  return histories.flatMap(({ writes }) => writes);
}

function writeOf(message: string): RecentWrite | undefined {
  const write = announcedWrite(message);
  return (
    write && { ...write, session: write.kind === 'write' ? trailerValues(message, 'Entire-Session')[0] : undefined }
  );
}
