import { type FindingKinds, REPAIR } from './kind.ts';

/** What differs within a metadata file. */
export const FIELDS = {
  FIELD_LOST: { severity: 'error', meaning: 'A field of the metadata in V1 is not on `main`.', remedy: REPAIR },
  FIELD_CHANGED: {
    severity: 'error',
    meaning: 'A field of the metadata has another value on `main`.',
    remedy: REPAIR,
  },
  FIELD_ADDED: {
    severity: 'error',
    meaning: 'The metadata on `main` has a field that V1 lacks.',
    remedy: "Run `ckpt repair`: the file is V1's again.",
  },
} as const satisfies FindingKinds;
