import { type FindingKinds, REBUILD, RESTORE } from './kind.ts';

/** What differs within a metadata file. */
export const FIELDS = {
  FIELD_LOST: { severity: 'error', meaning: 'A field of the metadata in V1 is not on `main`.', remedy: RESTORE },
  FIELD_CHANGED: {
    severity: 'error',
    meaning: 'A field of the metadata has another value on `main`.',
    remedy: RESTORE,
  },
  FIELD_ADDED: { severity: 'error', meaning: 'The metadata on `main` has a field that V1 lacks.', remedy: REBUILD },
} as const satisfies FindingKinds;
