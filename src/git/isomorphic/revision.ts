import { parseCommit } from '../commit.ts';
import { isObjectId, type ObjectId } from '../object-id.ts';
import { peel } from '../refs/peel.ts';
import { isRefName } from '../refs/ref-names.ts';
import type { RefReader } from '../refs/ref-reader.ts';
import type { ObjectStore } from './object-store.ts';

/** What may stand behind a name: parents, ancestors, and what only says that a commit is meant. */
const STEPS = /(?:\^\{(?:commit)?\}|\^\d*|~\d*)*$/;
const STEP = /\^\{(?:commit)?\}|([\^~])(\d*)/g;
/** Git takes no fewer digits for the start of an id (core.abbrev). */
const SHORT_ID = /^[0-9a-f]{4,39}$/i;

/** As `Repository.resolveRevision` says, by the order of gitrevisions: an id, then refs, then the start of an id. */
export async function resolveRevision(
  refs: RefReader,
  objects: ObjectStore,
  revision: string,
): Promise<ObjectId | undefined> {
  const steps = STEPS.exec(revision)?.[0] ?? '';
  const name = revision.slice(0, revision.length - steps.length);
  let commit = await commitOf(objects, await resolveName(refs, objects, name));
  for (const [, kind, digits] of steps.matchAll(STEP)) {
    if (kind === undefined || commit === undefined) continue;
    const number = digits === '' || digits === undefined ? 1 : Number(digits);
    if (kind === '^') commit = await parentOf(objects, commit, number);
    else for (let i = 0; i < number && commit !== undefined; i++) commit = await parentOf(objects, commit, 1);
  }
  return commit;
}

async function resolveName(refs: RefReader, objects: ObjectStore, name: string): Promise<ObjectId | undefined> {
  const id = name.toLowerCase();
  if (isObjectId(id)) return id;
  const names =
    name === '@'
      ? ['HEAD']
      : [name, ...['', 'tags/', 'heads/', 'remotes/'].map((at) => `refs/${at}${name}`), `refs/remotes/${name}/HEAD`];
  for (const ref of names.filter(isRefName)) {
    const found = (await refs.resolve(ref)).id;
    if (found !== undefined) return found;
  }
  if (!SHORT_ID.test(name)) return undefined;
  const commits = new Set<ObjectId>();
  for (const candidate of await objects.startingWith(id)) {
    if ((await commitOf(objects, candidate)) !== undefined) commits.add(candidate);
  }
  const [first, ...others] = commits;
  return others.length === 0 ? first : undefined;
}

/** The commit that an object is, or that a tag leads to. */
async function commitOf(objects: ObjectStore, id: ObjectId | undefined): Promise<ObjectId | undefined> {
  if (id === undefined) return undefined;
  const target = (await peel(objects, id)) ?? id;
  return (await objects.info(target))?.type === 'commit' ? target : undefined;
}

/** A commit's parent by its number from 1; the commit itself by 0. */
async function parentOf(objects: ObjectStore, commit: ObjectId, number: number): Promise<ObjectId | undefined> {
  if (number === 0) return commit;
  const object = await objects.read(commit);
  const parent = object === undefined ? undefined : parseCommit(object.content).parents[number - 1];
  return commitOf(objects, parent);
}
