import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { BadObjectError } from '../git/errors.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { Ref, Repository } from '../git/repository.ts';
import { withHeldAlone } from '../layout/held-alone-view.ts';
import type { LayoutName, View } from '../layout/layout.ts';
import { isMadeOf, isRestAlone, layoutOf, openSecondBranch, openViews } from '../layout/layouts.ts';
import { countSessions, readableFolders } from '../layout/readable.ts';
import { SECOND_BRANCH_REF } from '../layout/ref-names.ts';
import { readDeletedCheckpoints } from '../project/refs/deleted-checkpoints.ts';
import { laggingCheckpoints } from './lagging.ts';

/** Where one layout stands beside the others. */
export interface LayoutStanding {
  readonly layout: LayoutName;
  /** The ref that is read, or what those of many have in common. */
  readonly where: string;
  /** The commit that the ref is at; `null` where each checkpoint has a ref. */
  readonly commit: ObjectId | null;
  /** Whether it is the branch in V1's shape below the refs of the other layouts. */
  readonly isSecondV1: boolean;
  /** Whether the others are measured against it: the primary layout, or the first that is here where that is not. */
  readonly isSource: boolean;
  readonly checkpointCount: number;
  readonly sessionCount: number;
  /** Checkpoints that no other layout here has. */
  readonly onlyHereCount: number;
  /** Checkpoints that the source lacks and that were not deleted on purpose; 0 for the source. */
  readonly notInSourceCount: number;
  /** Checkpoints of the source that it lacks, or has in another state; `null` for the source itself, and for a second V1. */
  readonly behindCount: number | null;
  /** Checkpoints that can't be read. */
  readonly unreadableCount: number;
}

/** All layouts that are here, and what of them can't be read at all, with the reason. */
export interface Standings {
  readonly standings: readonly LayoutStanding[];
  readonly unreadable: readonly { readonly layout: LayoutName; readonly where: string; readonly reason: string }[];
}

interface Held {
  readonly view: View;
  readonly ids: readonly CheckpointId[];
  readonly folders: ReadonlyMap<CheckpointId, ObjectId>;
  readonly sessionCount: number;
  readonly unreadableCount: number;
}

/**
 * How the layouts that are here stand to each other: by the IDs of their checkpoints, and by the ids of trees. `behindSplit` says how many
 * V1 checkpoints V2 lacks, where V1 is the source, which its own trailer says. Costs batches of reading, however many refs there are;
 * summaries are read where V1 and git-refs are compared, transcripts never.
 */
export async function readStandings(
  repo: Repository,
  refs: readonly Ref[],
  primary: LayoutName,
  behindSplit: number | undefined,
): Promise<Standings> {
  const second = openSecondBranch(repo, refs);
  const views = [
    ...openViews(repo, refs)
      .filter((view) => !isRestAlone(view))
      .map((view) => withHeldAlone(repo, view)),
    ...(second === undefined ? [] : [second]),
  ];
  const held: Held[] = [];
  const unreadable: Array<Standings['unreadable'][number]> = [];
  for (const view of views) {
    try {
      held.push(await readHeld(repo, view));
    } catch (error) {
      if (!(error instanceof BadObjectError)) throw error;
      unreadable.push({ layout: view.layout, where: view.where, reason: error.message });
    }
  }
  const source = held.find(({ view }) => view !== second && view.layout === primary) ?? held[0];
  const deleted = await readDeletedCheckpoints(repo.commonDir);
  const standings: LayoutStanding[] = [];
  for (const one of held) {
    const { view, ids, folders: _, ...counts } = one;
    const others = new Set(held.flatMap((other) => (other === one ? [] : other.ids)));
    const inSource = new Set(source?.ids);
    const staysAway = (id: CheckpointId) => source !== undefined && hasRefPerCheckpoint(source) && deleted.has(id);
    standings.push({
      layout: view.layout,
      where: view.where,
      commit: hasRefPerCheckpoint(one) ? null : (view.tips[0] ?? null),
      isSecondV1: isSecond(view),
      isSource: one === source,
      checkpointCount: ids.length,
      ...counts,
      onlyHereCount: ids.filter((id) => !others.has(id)).length,
      notInSourceCount: ids.filter((id) => !inSource.has(id) && !staysAway(id)).length,
      behindCount:
        source === undefined || isSecond(view) ? null : await behind(repo, source, one, { deleted, behindSplit }),
    });
  }
  return { standings, unreadable };
}

function isSecond({ where }: View): boolean {
  return where === SECOND_BRANCH_REF;
}

function hasRefPerCheckpoint({ view }: Held): boolean {
  return layoutOf(view.layout).hasRefPerCheckpoint;
}

async function readHeld(repo: Repository, view: View): Promise<Held> {
  const ids = await view.ids();
  const { read, unreadable } = await readableFolders(view, ids);
  const { sessions, unreadable: closed } = await countSessions(repo, read);
  const gone = new Set(closed);
  const folders = new Map([...read].filter(([id]) => !gone.has(id)));
  return { view, ids, folders, sessionCount: sessions, unreadableCount: unreadable.size + closed.length };
}

async function behind(
  repo: Repository,
  source: Held,
  target: Held,
  { deleted, behindSplit }: { deleted: ReadonlySet<CheckpointId>; behindSplit: number | undefined },
): Promise<number | null> {
  if (target === source) return null;
  const [from, to] = [source.view.layout, target.view.layout];
  const known = isMadeOf({ from, to }) && !isSecond(source.view) ? behindSplit : undefined;
  if (known !== undefined) return known;
  const there = new Set(target.ids);
  const missing = source.ids.filter((id) => !there.has(id) && !(hasRefPerCheckpoint(target) && deleted.has(id)));
  const both = source.ids.filter((id) => source.folders.has(id) && target.folders.has(id));
  const lagging = await laggingCheckpoints(repo, source, target, both);
  return missing.length + lagging.length;
}
