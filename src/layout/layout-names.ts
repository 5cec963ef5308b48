import type { LayoutName } from './layout.ts';

/** What people call the layouts. The renderers have their own: they import types only. */
export const LAYOUT_NAMES: Readonly<Record<LayoutName, string>> = { v1: 'V1', v2: 'V2', refs: 'git-refs' };
