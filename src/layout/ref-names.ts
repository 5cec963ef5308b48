import { type CheckpointId, isCheckpointId } from '../checkpoint/checkpoint-id.ts';
import type { ObjectId, RefName } from '../git/object-id.ts';
import type { Ref } from '../git/repository.ts';
import type { LayoutName } from './layout.ts';

/** Branches of Entire's: orphans beside the code. */
export const BRANCHES_PREFIX = 'refs/heads/entire/checkpoints/';
/** The V1 branch. */
export const BRANCH_REF = `${BRANCHES_PREFIX}v1`;
/** What is read where a clone has no local V1 branch. */
export const REMOTE_BRANCH_REF = 'refs/remotes/origin/entire/checkpoints/v1';
/** What lies below this prefix is told apart by shape alone: V2's refs, a V1 branch (`SECOND_BRANCH_REF`), and git-refs. */
export const CHECKPOINTS_PREFIX = 'refs/entire/checkpoints/';
/** A branch in V1's shape that some repositories have, with checkpoints that may be nowhere else. */
export const SECOND_BRANCH_REF = `${CHECKPOINTS_PREFIX}v1`;
/** Everything of the V2 layout lies below this prefix. */
export const SPLIT_PREFIX = `${CHECKPOINTS_PREFIX}v2/`;
/** Checkpoint summaries, session metadata and prompts. */
export const MAIN_REF = `${SPLIT_PREFIX}main`;
/** Generations: raw transcripts. */
export const FULL_PREFIX = `${SPLIT_PREFIX}full/`;
/** The generation that still grows. */
export const CURRENT_REF = `${FULL_PREFIX}current`;
/** The manifest of the generations: what each one held that ever was archived. Not below `full/`, where archives are looked for. */
export const MANIFEST_REF = `${SPLIT_PREFIX}generations`;
/** What a projection of V1 onto git-refs keeps of what lies outside of checkpoints; its trailer says how far V1 was projected. */
export const REST_REF = 'refs/ckpt/v1-rest';
/** Where refs are kept that were replaced or deleted, below a folder named after the time. */
export const BACKUP_PREFIX = 'refs/ckpt/backup/';

const ARCHIVE_NAME = /^\d{13}$/;
const MANIFEST_FILE = /^(\d{13})\.json$/;

/** The prefix of the backups that are made at a moment. In the order of the names, they are in the order of the times. */
export function backupPrefix(now: Date): string {
  return `${BACKUP_PREFIX}${now.toISOString().replace(/[-:.]/g, '')}/`;
}

/** The time of a backup, and the ref that it keeps: of V1's branch, of V2, or of git-refs. `undefined` for any other ref. */
export function originOfBackup(name: string): { readonly time: string; readonly ref: RefName } | undefined {
  const [, time = '', kept = ''] = /^([^/]+)\/(.+)$/.exec(name.slice(BACKUP_PREFIX.length)) ?? [];
  if (!name.startsWith(BACKUP_PREFIX) || time === '') return undefined;
  if (kept === 'v1') return { time, ref: BRANCH_REF };
  const isOfRefs = checkpointOfRef(CHECKPOINTS_PREFIX + kept) !== undefined;
  return { time, ref: (isOfRefs ? CHECKPOINTS_PREFIX : SPLIT_PREFIX) + kept };
}

/** The ref that git-refs keeps a checkpoint in: its shard is the last two characters of the ID. */
export function checkpointRef(id: CheckpointId): string {
  return `${CHECKPOINTS_PREFIX}${id.slice(-2)}/${id}`;
}

/** The checkpoint that a ref of git-refs holds, by the shape of its name alone; `undefined` for any other ref. */
export function checkpointOfRef(ref: string): CheckpointId | undefined {
  if (!ref.startsWith(CHECKPOINTS_PREFIX)) return undefined;
  const id = ref.slice(CHECKPOINTS_PREFIX.length + 3);
  return isCheckpointId(id) && checkpointRef(id) === ref ? id : undefined;
}

/** The commits that checkpoints' refs are at, of those among some refs. */
export function checkpointTips(refs: readonly Ref[]): Map<CheckpointId, ObjectId> {
  const tips = new Map<CheckpointId, ObjectId>();
  for (const { name, id } of refs) {
    const checkpoint = checkpointOfRef(name);
    if (checkpoint !== undefined) tips.set(checkpoint, id);
  }
  return tips;
}

/** The layout that a ref is of, by the shape of its name alone; `undefined` for any other ref, and for copies of V1's branch. */
export function layoutOfRef(ref: string): LayoutName | undefined {
  if (ref === BRANCH_REF) return 'v1';
  if (ref.startsWith(SPLIT_PREFIX)) return 'v2';
  return checkpointOfRef(ref) === undefined ? undefined : 'refs';
}

/** The number of the archived generation with this ref, or `undefined` for any other ref. */
export function generationNumber(ref: string): number | undefined {
  const name = ref.startsWith(FULL_PREFIX) ? ref.slice(FULL_PREFIX.length) : '';
  return ARCHIVE_NAME.test(name) ? Number(name) : undefined;
}

/** A generation's number as its ref spells it: 13 digits. */
export function generationName(number: number): string {
  return String(number).padStart(13, '0');
}

/** The ref of an archived generation. Numbers start at 1. */
export function generationRef(number: number): string {
  return FULL_PREFIX + generationName(number);
}

/** The file that describes a generation in the manifest's tree. */
export function manifestFile(number: number): string {
  return `${generationName(number)}.json`;
}

/** The number of the generation that a file of the manifest's tree describes, or `undefined` for any other file. */
export function numberOfManifestFile(name: string): number | undefined {
  const digits = MANIFEST_FILE.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
