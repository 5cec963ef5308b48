import { type Manifest, NO_MANIFEST } from '../generations/manifest.ts';
import type { ReadManifest } from '../verify/check-manifest.ts';

/** The manifest without what can't be read of it. */
export function readableManifest({ manifest, entries }: ReadManifest): Manifest {
  if (manifest === undefined) return NO_MANIFEST;
  return { ...manifest, files: new Map([...manifest.files].filter(([number]) => entries.has(number))) };
}
