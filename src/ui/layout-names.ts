import type { LayoutName } from '../layout/layout.ts';

/** What people call the layouts. */
export const LAYOUT_NAMES: Readonly<Record<LayoutName, string>> = { v1: 'V1', v2: 'V2', refs: 'git-refs' };
