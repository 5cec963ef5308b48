import type { LayoutName } from './layout.ts';

/** The layouts as users write them, in the order in which they are read where the settings say nothing: V1 before what is made of it. */
export const LAYOUT_WORDS = ['v1', 'v2', 'refs'] as const satisfies readonly LayoutName[];

/** The layout that is written first where the settings say nothing. */
export const DEFAULT_LAYOUT: LayoutName = 'v1';

/** What people call the layouts. */
export const LAYOUT_NAMES: Readonly<Record<LayoutName, string>> = { v1: 'V1', v2: 'V2', refs: 'git-refs' };

/** The form of a word that goes with a layout's name in a sentence: git-refs are many. */
export function agreeing(layout: LayoutName, one: string, many: string): string {
  return layout === 'refs' ? many : one;
}

/** The word for a layout in a code. */
export function codeWord<Name extends LayoutName>(layout: Name): Uppercase<Name> {
  return layout.toUpperCase() as Uppercase<Name>;
}
