import { commitHeader, type ParsedCommit, tryCommit } from '../commit.ts';
import type { ObjectId } from '../object-id.ts';
import { peel } from '../refs/peel.ts';
import type { ObjectStore } from './object-store.ts';

/** What is looked for, and where. */
interface Wanted {
  readonly tips: readonly ObjectId[];
  readonly exclude: readonly ObjectId[];
  readonly text: string;
}

/** As `Repository.commitsWithText` says. `cutOff` are the commits where a shallow clone ends. */
export async function commitsWithText(
  objects: ObjectStore,
  cutOff: ReadonlySet<string>,
  { tips, exclude, text }: Wanted,
): Promise<ObjectId[]> {
  const lowered = text.toLowerCase();
  const left = new Set<ObjectId>();
  await follow(objects, cutOff, exclude, left, () => undefined);
  const found: Array<{ id: ObjectId; seconds: number }> = [];
  await follow(objects, cutOff, tips, left, (id, commit) => {
    if (commit.message.toLowerCase().includes(lowered)) found.push({ id, seconds: secondsOf(commit) });
  });
  return found.sort((a, b) => b.seconds - a.seconds).map(({ id }) => id);
}

/** Visits the commits that can be reached and were not seen before, a generation of parents at a time. */
async function follow(
  objects: ObjectStore,
  cutOff: ReadonlySet<string>,
  tips: readonly ObjectId[],
  seen: Set<ObjectId>,
  visit: (id: ObjectId, commit: ParsedCommit) => void,
): Promise<void> {
  const peeled: ObjectId[] = [];
  for (const tip of tips) peeled.push((await peel(objects, tip)) ?? tip);
  const infos = await objects.infoMany(peeled);
  let next = peeled.filter((_, i) => infos[i]?.type === 'commit');
  while (next.length > 0) {
    const fresh = [...new Set(next)].filter((id) => !seen.has(id));
    next = [];
    for (const [i, object] of (await objects.readMany(fresh)).entries()) {
      const id = fresh[i] as ObjectId;
      seen.add(id);
      const commit = tryCommit(object);
      if (commit === undefined) continue;
      visit(id, commit);
      if (!cutOff.has(id)) for (const each of commit.parents) next.push(each);
    }
  }
}

function secondsOf(commit: ParsedCommit): number {
  return Number(/ (\d+) [-+]\d+$/.exec(commitHeader(commit, 'committer') ?? '')?.[1] ?? 0);
}
