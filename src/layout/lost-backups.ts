import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { batches } from '../git/batches.ts';
import { BadObjectError } from '../git/errors.ts';
import type { Ref, Repository } from '../git/repository.ts';
import { describeCheckpoints, sessionIdsOf } from './describe-checkpoints.ts';
import type { CheckpointView, View } from './layout.ts';
import { openViews } from './layouts.ts';
import type { LostCheckpoint } from './lost-checkpoints.ts';
import { openLost } from './lost-view.ts';
import { BACKUP_PREFIX, originOfBackup } from './ref-names.ts';

/** A layout as a backup keeps it, and the real names of the refs, by those that the view has. */
export interface KeptView {
  readonly view: View;
  readonly names: ReadonlyMap<string, string>;
}

/**
 * What backups have (of refs that a migration, a repair or a fetch has replaced) and no layout here has any more: checkpoints, and sessions
 * by their IDs. The newest backup that has one counts, and none for what is known to be lost already. A backup that can't be read is
 * passed over.
 */
export async function findInBackups(
  repo: Repository,
  kept: readonly KeptView[],
  here: readonly View[],
  lostAlready: readonly LostCheckpoint[],
): Promise<LostCheckpoint[]> {
  const lost: LostCheckpoint[] = [];
  if (kept.length === 0) return [];
  const whole = new Set(lostAlready.flatMap(({ id, isWhole }) => (isWhole ? [id] : [])));
  const known = new SessionsHere(repo, here);
  for (const one of lostAlready.filter(({ isWhole }) => !isWhole)) {
    await known.has(one.id);
    known.add(one.id, (await known.idsIn(openLost(repo, [one]), one.id)).values());
  }
  for (const one of kept) {
    try {
      const found = await lostIn(repo, one, here, known);
      for (const each of found.filter(({ id }) => !whole.has(id))) lost.push(each);
    } catch (error) {
      if (!(error instanceof BadObjectError)) throw error;
    }
  }
  return lost;
}

/** The layouts in backups, the newest in front. */
export async function keptViews(repo: Repository): Promise<KeptView[]> {
  const backups = new Map<string, Array<{ readonly backup: string; readonly ref: Ref }>>();
  for (const { name, id } of await repo.listRefs(BACKUP_PREFIX)) {
    const origin = originOfBackup(name);
    if (origin === undefined) continue;
    const group = backups.get(origin.time) ?? [];
    group.push({ backup: name, ref: { name: origin.ref, id } });
    backups.set(origin.time, group);
  }
  const newest = [...backups].sort(([a], [b]) => (a < b ? 1 : -1));
  return newest.flatMap(([, group]) => {
    const names = new Map(group.map(({ backup, ref }) => [ref.name, backup]));
    const refs = group.map(({ ref }) => ref);
    const views = openViews(repo, refs);
    // V2 comes last: the others have a checkpoint whole, with its history.
    const ordered = views.sort((a, b) => Number(a.layout === 'v2') - Number(b.layout === 'v2'));
    return ordered.map((view) => ({ view, names }));
  });
}

async function lostIn(
  repo: Repository,
  { view, names }: KeptView,
  here: readonly View[],
  known: SessionsHere,
): Promise<LostCheckpoint[]> {
  const differing = await foldersNotIn(view, here);
  const lost: LostCheckpoint[] = [];
  for (const batch of batches(differing)) {
    for await (const [checkpoint, sessions] of sessionsOf(repo, view, batch)) {
      const { id, at, tree } = checkpoint;
      const isWhole = !(await known.has(id, differing));
      const gone = [...sessions].filter(([, session]) => isWhole || known.isNew(id, session)).map(([name]) => name);
      if (!isWhole && gone.length === 0) continue;
      known.add(id, sessions.values());
      const last = { name: names.get(at.name) ?? at.name, id: at.id };
      lost.push({ id, deletedBy: undefined, last, tree, isWhole, sessions: gone, held: view });
    }
  }
  return lost;
}

/** The checkpoints that no layout here keeps in the very same folder. */
async function foldersNotIn(view: View, here: readonly View[]): Promise<ReadonlySet<CheckpointId>> {
  const folders = await view.folders();
  const same = new Set<CheckpointId>();
  for (const one of here) {
    const there = await one.folders({ ids: new Set(folders.keys()) });
    for (const [id, folder] of there) if (folders.get(id) === folder) same.add(id);
  }
  return new Set([...folders.keys()].filter((id) => !same.has(id)));
}

/** Some checkpoints of a view with the IDs of their sessions, by the names of the folders; `undefined` where the metadata says none. */
async function* sessionsOf(
  repo: Repository,
  view: View,
  ids: Iterable<CheckpointId>,
): AsyncGenerator<readonly [CheckpointView, ReadonlyMap<string, string | undefined>]> {
  const found: CheckpointView[] = [];
  for await (const one of view.checkpoints({ ids: new Set(ids), roles: ['metadata'] })) found.push(one);
  for (const one of await describeCheckpoints(repo, found)) yield [one.checkpoint, sessionIdsOf(one)];
}

/** The sessions of checkpoints that layouts here have, by their IDs. */
export class SessionsHere {
  readonly #repo: Repository;
  readonly #views: readonly View[];
  readonly #sessions = new Map<CheckpointId, Set<string>>();
  readonly #looked = new Set<CheckpointId>();

  constructor(repo: Repository, views: readonly View[]) {
    this.#repo = repo;
    this.#views = views;
  }

  /** Whether a layout has a checkpoint. Reads the sessions of all `likely` ones with it. */
  async has(id: CheckpointId, likely: Iterable<CheckpointId> = [id]): Promise<boolean> {
    if (!this.#looked.has(id)) {
      const wanted = [...new Set([id, ...likely])].filter((one) => !this.#looked.has(one));
      for (const one of wanted) this.#looked.add(one);
      for (const view of this.#views) {
        for (const batch of batches(wanted)) {
          for await (const [{ id: found }, sessions] of sessionsOf(this.#repo, view, batch)) {
            this.add(found, sessions.values());
          }
        }
      }
    }
    return this.#sessions.has(id);
  }

  /** True for a session that is known by an ID which no layout has for the checkpoint. One without an ID is not told from others. */
  isNew(id: CheckpointId, session: string | undefined): boolean {
    return session !== undefined && this.#sessions.get(id)?.has(session) !== true;
  }

  /** The IDs of the sessions that a view has of a checkpoint, by the names of the folders. */
  async idsIn(view: View, id: CheckpointId): Promise<ReadonlyMap<string, string | undefined>> {
    for await (const [, sessions] of sessionsOf(this.#repo, view, [id])) return sessions;
    return new Map();
  }

  /** Takes note of sessions of a checkpoint. */
  add(id: CheckpointId, sessions: Iterable<string | undefined>): void {
    const known = this.#sessions.get(id) ?? new Set();
    for (const session of sessions) if (session !== undefined) known.add(session);
    this.#sessions.set(id, known);
  }
}
