import type { ObjectId, RefName } from './object-id.ts';

/** A ref and the object that it points at; symbolic refs are followed. */
export interface Ref {
  readonly name: RefName;
  readonly id: ObjectId;
}
