import type { Ref, Repository } from '../git/repository.ts';
import type { FreeLayout, Layout, LayoutName, LayoutPair, View } from './layout.ts';
import { BRANCH_REF, CHECKPOINTS_PREFIX, REMOTE_BRANCH_REF, REST_REF, SECOND_BRANCH_REF } from './ref-names.ts';
import { REFS } from './refs-layout.ts';
import { openBranch, V1 } from './v1-layout.ts';
import { V2 } from './v2-layout.ts';

/** The layouts, in the order in which they are read where the settings say nothing. */
export const LAYOUTS: readonly Layout[] = [V1, V2, REFS];

/** The layout of a name. */
export function layoutOf(name: LayoutName): Layout {
  return LAYOUTS.find((layout) => layout.name === name) as Layout;
}

/** Whether a layout takes from each of the others. */
export function isFreeLayout(layout: LayoutName): layout is FreeLayout {
  return layoutOf(layout).madeOf === undefined;
}

/** The pair of which git-refs are projected from a V1. */
export const BRANCH_TO_REFS = { from: 'v1', to: 'refs' } as const;
/** The pair of which V2 is projected from V1. */
export const BRANCH_TO_SPLIT = { from: 'v1', to: 'v2' } as const;

/** Whether the one layout is what the other is made of, and not only one of those that it takes from: V1, of which V2 is. */
export function isMadeOf({ from, to }: LayoutPair): boolean {
  return layoutOf(to).madeOf === from;
}

/** All refs that a layout may read, in one listing. */
export function listLayoutRefs(repo: Repository): Promise<Ref[]> {
  return repo.listRefs(BRANCH_REF, REMOTE_BRANCH_REF, CHECKPOINTS_PREFIX, REST_REF);
}

/** Opens a layout; `undefined` where it is not there. */
export function openLayout(repo: Repository, name: LayoutName, refs: readonly Ref[]): View | undefined {
  return layoutOf(name).open(repo, layoutOf(name).refs(refs));
}

/** What each layout holds, of those that are there, in the order of `LAYOUTS`. Reads the refs, and nothing else yet. */
export function openViews(repo: Repository, refs: readonly Ref[]): View[] {
  return LAYOUTS.flatMap(({ name }) => openLayout(repo, name, refs) ?? []);
}

/** Opens the branch in V1's shape that some repositories have beside the layouts; `undefined` where it is not there. */
export function openSecondBranch(repo: Repository, refs: readonly Ref[]): View | undefined {
  const second = refs.find(({ name }) => name === SECOND_BRANCH_REF);
  return second && openBranch(repo, second);
}

/** Whether a view has nothing but what V1 had outside of checkpoints: the layout itself is not there. */
export function isRestAlone({ refs }: View): boolean {
  return refs.every(({ name }) => name === REST_REF);
}
