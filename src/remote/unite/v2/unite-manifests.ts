import type { Manifest } from '../../../generations/manifest.ts';
import type { ObjectId } from '../../../git/object-id.ts';
import type { V2Side } from './v2-side.ts';

/**
 * The manifest of two V2s: the entries of both. Of a number that both have an entry of, that of the one counts whose archive is in the
 * result, or that has pruned it; else of `preferred`.
 */
export async function uniteManifests(
  preferred: V2Side,
  other: V2Side,
  sideOf: (number: number) => V2Side | undefined,
): Promise<Manifest> {
  const [one, two] = [await preferred.state.manifest(), await other.state.manifest()];
  const files = new Map<number, ObjectId>();
  for (const number of new Set([...one.files.keys(), ...two.files.keys()])) {
    const own = await sideOf(number)?.state.manifest();
    const file = own?.files.get(number) ?? one.files.get(number) ?? two.files.get(number);
    if (file !== undefined) files.set(number, file);
  }
  const others = new Map([...two.others, ...one.others].map((entry) => [entry.name, entry]));
  return { commit: one.commit ?? two.commit, files, others: [...others.values()] };
}
