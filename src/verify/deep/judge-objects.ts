import { idsOf, type ObjectId } from '../../git/object-id.ts';
import { TOO_MANY_PATHS } from '../../git/path-budget.ts';
import { type Finding, finding } from '../finding.ts';
import { findingPlaceOf } from './judge-transcripts.ts';
import type { PlacedObject } from './layout-files.ts';

/** What is known of the objects that could not be used. */
export interface ObjectEvidence {
  readonly absent: ReadonlySet<ObjectId>;
  /** With the reason. */
  readonly damaged: ReadonlyMap<ObjectId, string>;
  /** The remote that a partial clone would get its objects from. */
  readonly promisor: string | undefined;
}

/**
 * Objects that are absent or damaged, one finding each, at the first path that needs it; the others are in `otherPaths`. Gone, or still to
 * be had from the promisor remote of a partial clone; and where V1 needs the same object, that V2 has not lost it.
 */
export function judgeObjects(
  v1: readonly PlacedObject[],
  v2: readonly PlacedObject[],
  evidence: ObjectEvidence,
): Finding[] {
  const onBranch = new Set(idsOf(v1));
  const findings = new Map<string, Finding>();
  const others = new Map<ObjectId, Set<string>>();
  const { absent, promisor } = evidence;
  const promised = new Set(v2.filter(({ id, path }) => path === '' && absent.has(id)).map(({ id }) => id));
  for (const object of [...v1, ...v2]) {
    if (promisor !== undefined && promised.has(object.id)) continue;
    const found = judge(object, onBranch.has(object.id), evidence);
    if (found === undefined) continue;
    const first = findings.get(object.id);
    if (first === undefined) findings.set(object.id, { ...found, object: object.id });
    else if (object.path !== '' && object.path !== first.path) {
      others.set(object.id, (others.get(object.id) ?? new Set()).add(object.path));
    }
  }
  for (const [id, paths] of others) {
    const first = findings.get(id);
    if (first !== undefined) findings.set(id, { ...first, otherPaths: [...paths] });
  }
  if (promisor !== undefined && promised.size > 0) {
    const objects = promised.size === 1 ? 'one object' : `${promised.size} objects`;
    const message = `${objects} that only the history needs ${promised.size === 1 ? 'is' : 'are'} not in this partial clone`;
    findings.set('', finding('OBJECT_PROMISED', message));
  }
  return [...findings.values()];
}

function judge(
  object: PlacedObject,
  isInV1: boolean,
  { absent, damaged, promisor }: ObjectEvidence,
): Finding | undefined {
  const { id, path, ref } = object;
  const what = path === '' ? `an object that ${ref} needs` : path;
  const reason = damaged.get(id);
  if (reason === TOO_MANY_PATHS)
    return finding('TOO_MANY_PATHS', `${what} (${id}) is not looked at: ${reason}`, findingPlaceOf(object));
  if (reason !== undefined)
    return finding('OBJECT_DAMAGED', `${what} (${id}) can't be used: ${reason}`, findingPlaceOf(object));
  if (!absent.has(id)) return undefined;
  if (promisor !== undefined) {
    const message = `${what} is not in this partial clone; to get it: git fetch ${promisor} ${id}`;
    return finding('OBJECT_PROMISED', message, findingPlaceOf(object));
  }
  const message = `${what} (${id}) is absent from the store`;
  return isInV1
    ? finding('V1_OBJECT_GONE', `${message}, in V1 as well`, findingPlaceOf(object))
    : finding('OBJECT_GONE', message, findingPlaceOf(object));
}
