import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectId } from './object-id.ts';

/** Whether an object has a file of its own, readable or not. */
export function hasLooseObject(objectsDir: string, id: ObjectId): Promise<boolean> {
  return access(join(objectsDir, id.slice(0, 2), id.slice(2))).then(
    () => true,
    () => false,
  );
}
