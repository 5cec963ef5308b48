import type { ObjectId, RefName } from '../git/object-id.ts';
import type { Ref, Repository } from '../git/repository.ts';
import type { LayoutName } from '../layout/layout.ts';
import { layoutOf } from '../layout/layouts.ts';
import { layoutOfRef, MAIN_REF } from '../layout/ref-names.ts';
import { type RefRelation, relationOf } from './relation-of.ts';

/**
 * How a ref here relates to the one that a remote has. `ahead`: it goes on from the remote's; `behind`: the remote's goes on from it;
 * `unknown`: the remote's is at a commit that is not here, or the history that is here does not tell.
 */
export type Standing = 'in-step' | 'only-here' | 'only-there' | 'ahead' | 'behind' | 'diverged' | 'unknown';

/** A ref of one of the layouts, here and at a remote. */
export interface RefStanding {
  readonly ref: RefName;
  readonly layout: LayoutName;
  readonly here: ObjectId | null;
  readonly there: ObjectId | null;
  readonly standing: Standing;
}

const STANDINGS: Readonly<Record<RefRelation, Standing>> = {
  same: 'in-step',
  ahead: 'ahead',
  behind: 'behind',
  diverged: 'diverged',
};

/**
 * Compares the refs of the layouts, in the order of their names. `absent` are the commits of the remote that are not here. The refs of
 * V2's generations have no common history: they stand as `main` does, which is what a push goes by.
 */
export async function refStandings(
  repo: Repository,
  ours: readonly Ref[],
  theirs: readonly Ref[],
  absent: ReadonlySet<ObjectId>,
): Promise<RefStanding[]> {
  const [here, there] = [ours, theirs].map((refs) => new Map(refs.map(({ name, id }) => [name, id])));
  const names = [...new Set([...ours, ...theirs].map(({ name }) => name))].sort();
  const isShallow = await repo.isShallow();
  const judge = async (name: RefName): Promise<Standing> => {
    const [own, other] = [here?.get(name), there?.get(name)];
    if (own === undefined) return 'only-there';
    if (other === undefined) return 'only-here';
    if (own !== other && absent.has(other)) return 'unknown';
    const relation = await relationOf(repo, own, other);
    // Where the history was cut off, what they have in common may lie below.
    return relation === 'diverged' && isShallow ? 'unknown' : STANDINGS[relation];
  };
  const main = names.includes(MAIN_REF) ? await judge(MAIN_REF) : undefined;
  const standings: RefStanding[] = [];
  for (const ref of names) {
    const layout = layoutOfRef(ref);
    if (layout === undefined) continue;
    const [own = null, other = null] = [here?.get(ref), there?.get(ref)];
    const isGeneration = layoutOf(layout).hasGenerations && ref !== MAIN_REF && own !== null && other !== null;
    const standing = isGeneration ? ofGeneration(own === other, main) : await judge(ref);
    standings.push({ ref, layout, here: own, there: other, standing });
  }
  return standings;
}

/** A generation that both have. A push sends it where the remote's `main` is ours, or is contained in it. */
function ofGeneration(isSame: boolean, main: Standing | undefined): Standing {
  if (isSame) return 'in-step';
  if (main === 'behind' || main === 'diverged' || main === 'unknown') return main;
  return main === undefined || main === 'only-there' ? 'unknown' : 'ahead';
}
