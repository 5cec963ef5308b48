/** The two ways in which checkpoints are stored. */
export type Layout = 'v1' | 'v2';

/** The V1 branch: an orphan branch beside the code. */
export const V1_REF = 'refs/heads/entire/checkpoints/v1';
/** What is read where a clone has no local V1 branch. */
export const V1_REMOTE_REF = 'refs/remotes/origin/entire/checkpoints/v1';
/** Everything of the V2 layout lies below this prefix. */
export const V2_PREFIX = 'refs/entire/checkpoints/v2/';
/** Checkpoint summaries, session metadata and prompts. */
export const V2_MAIN_REF = `${V2_PREFIX}main`;
/** Generations: raw transcripts. */
export const V2_FULL_PREFIX = `${V2_PREFIX}full/`;
/** The generation that still grows. */
export const V2_CURRENT_REF = `${V2_FULL_PREFIX}current`;
/** The manifest of the generations: what each one held that ever was archived. Not below `full/`, where archives are looked for. */
export const V2_MANIFEST_REF = `${V2_PREFIX}generations`;
/** Where a rebuild keeps the refs that it replaced, below a folder named after the time. */
export const BACKUP_PREFIX = 'refs/ckpt/backup/';

const ARCHIVE_NAME = /^\d{13}$/;
const MANIFEST_FILE = /^(\d{13})\.json$/;

/** The number of the archived generation with this ref, or `undefined` for any other ref. */
export function generationNumber(ref: string): number | undefined {
  const name = ref.startsWith(V2_FULL_PREFIX) ? ref.slice(V2_FULL_PREFIX.length) : '';
  return ARCHIVE_NAME.test(name) ? Number(name) : undefined;
}

/** A generation's number as its ref spells it: 13 digits. */
export function generationName(number: number): string {
  return String(number).padStart(13, '0');
}

/** The ref of an archived generation. Numbers start at 1. */
export function generationRef(number: number): string {
  return V2_FULL_PREFIX + generationName(number);
}

/** The file that tells of a generation in the manifest's tree. */
export function manifestFile(number: number): string {
  return `${generationName(number)}.json`;
}

/** The number of the generation that a file of the manifest's tree tells of, or `undefined` for any other file. */
export function numberOfManifestFile(name: string): number | undefined {
  const digits = MANIFEST_FILE.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
