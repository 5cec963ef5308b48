import { trailerValues } from '../checkpoint/trailers.ts';
import { type AnnouncedWrite, announcedWrite } from '../checkpoint/write-subject.ts';
import { isCommit, parseCommit } from '../git/commit.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { Repository } from '../git/repository.ts';
import type { View } from '../layout/layout.ts';
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
  if (view.layout !== 'refs') return writesOf(repo, view.tips.slice(0, 1), MAX_COMMITS);
  // New checkpoints of git-refs have ULIDs, which begin with their time; IDs of hex digits came from V1.
  const tips = new Map(view.refs.map(({ name, id }) => [checkpointOfRef(name), id]));
  const newest = [...tips.keys()].filter((id) => id !== undefined && id.length > 12).sort();
  const writes: RecentWrite[] = [];
  for (const id of newest.reverse().slice(0, MAX_CHECKPOINTS)) {
    writes.push(...(await writesOf(repo, [tips.get(id) as ObjectId], MAX_COMMITS_EACH)));
  }
  return writes;
}

/** What the commits say that are reached from some first, in the order in which they are reached. */
async function writesOf(repo: Repository, tips: readonly ObjectId[], most: number): Promise<RecentWrite[]> {
  const writes: RecentWrite[] = [];
  const seen = new Set(tips);
  let open = [...tips];
  while (open.length > 0 && seen.size < most) {
    const parents: ObjectId[] = [];
    for (const commit of await repo.readObjects(open)) {
      if (commit?.type !== 'commit' || !isCommit(commit.content)) continue;
      const { message, parents: above } = parseCommit(commit.content);
      const write = writeOf(message);
      if (write !== undefined) writes.push(write);
      for (const id of above) if (!seen.has(id)) parents.push(id);
      for (const id of above) seen.add(id);
    }
    open = parents;
  }
  return writes;
}

function writeOf(message: string): RecentWrite | undefined {
  const write = announcedWrite(message);
  return (
    write && { ...write, session: write.kind === 'write' ? trailerValues(message, 'Entire-Session')[0] : undefined }
  );
}
