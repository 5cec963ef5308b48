import type { Ref } from '../../git/repository.ts';
import type { LayoutName, LayoutPair } from '../../layout/layout.ts';
import { DEFAULT_LAYOUT } from '../../layout/layout-names.ts';
import { LAYOUTS } from '../../layout/layouts.ts';
import { REST_REF, SECOND_BRANCH_REF } from '../../layout/ref-names.ts';
import { SameLayoutError } from '../../layout/same-layout-error.ts';

/** What was asked for, and what decides where nothing was. */
export interface PairChoice {
  readonly from?: LayoutName | undefined;
  readonly to?: LayoutName | undefined;
  /** The layout that the settings call primary. */
  readonly primary: LayoutName;
}

/** What is compared with what. */
export interface ChosenPairs {
  /** In the order of `LAYOUTS`; none where only `source` is here. */
  readonly pairs: readonly LayoutPair[];
  readonly source: LayoutName;
  /** Whether the settings name a layout that is not here. */
  readonly isPrimaryMissing: boolean;
}

/** The layouts that have refs here, in the order of `LAYOUTS`. */
export function layoutsAmong(refs: readonly Ref[]): LayoutName[] {
  return LAYOUTS.filter((layout) => layout.refs(refs).some(({ name }) => name !== REST_REF)).map(({ name }) => name);
}

/**
 * Which layouts are compared: those that were asked for; else each that is here with the primary one. Where that is not here, the first
 * that is takes its place. V1 alone is compared with V2, which it should have become. Throws a `SameLayoutError` where both sides are the same.
 */
export function choosePairs(refs: readonly Ref[], { from, to, primary }: PairChoice): ChosenPairs {
  if (from !== undefined && from === to) throw new SameLayoutError(from);
  const here = layoutsAmong(refs);
  const hasCustom = refs.some(({ name }) => name === SECOND_BRANCH_REF);
  const known: readonly LayoutName[] = here.length > 0 || !hasCustom ? here : ['v1'];
  const isThere = known.includes(primary);
  const others = known.filter((name) => name !== to);
  const source =
    from ?? (isThere && primary !== to ? primary : (others[0] ?? (primary === to ? DEFAULT_LAYOUT : primary)));
  const isPrimaryMissing = from === undefined && !isThere && known.length > 0 && primary !== DEFAULT_LAYOUT;
  if (to !== undefined) return { pairs: [{ from: source, to }], source, isPrimaryMissing };
  const targets = known.filter((name) => name !== source);
  if (targets.length === 0) targets.push(...LAYOUTS.flatMap(({ name, madeOf }) => (madeOf === source ? name : [])));
  return { pairs: targets.map((target) => ({ from: source, to: target })), source, isPrimaryMissing };
}
