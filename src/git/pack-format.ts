import type { ObjectType } from './object-id.ts';

// What gitformat-pack fixes for packs of version 2.

/** Bytes before the first entry. */
export const PACK_HEADER_SIZE = 12;

/** The numbers of entries that are stored whole. */
export const TYPE_NUMBERS: Readonly<Record<ObjectType, number>> = { commit: 1, tree: 2, blob: 3, tag: 4 };

/** A delta that says how far before it its base starts. */
export const OFFSET_DELTA = 6;

/** A delta that says which object its base is. */
export const NAMED_DELTA = 7;
