import { CkptError } from '../checkpoint/errors.ts';
import { inCaseOf } from '../git/in-case-of.ts';
import { hashObject, type ObjectId } from '../git/object-id.ts';
import { readUsable } from '../git/read-usable.ts';
import type { Repository } from '../git/repository.ts';
import { isRegularFileMode } from '../git/tree.ts';
import { tryObject } from '../json/read.ts';
import { prettyJson } from '../json/source.ts';
import { type LayoutRefs, readLayoutRefs } from '../layout/layout-refs.ts';
import { type Manifest, readManifest, readStoredEntries } from './manifest.ts';
import { assertMaxCheckpoints, DEFAULT_MAX_CHECKPOINTS } from './max-checkpoints.ts';

/** The file beside the manifest's entries that says how many checkpoints a generation holds, where it is not the default. */
export const SIZE_FILE = 'settings.json';

/** The size of generations as the manifest records it. */
export interface SizeRecord {
  /** Checkpoints in a full generation. */
  readonly maxCheckpoints: number;
  /** 1 more with each change on purpose: of two records the one with the greater number counts, then the smaller size. */
  readonly revision: number;
}

/** The size that a run uses, and what it records; without a record the manifest stays as it is. */
export interface GenerationSize {
  readonly maxCheckpoints: number;
  readonly sizeRecord?: SizeRecord | undefined;
}

/** What the size of a run follows from. */
export interface SizeChoice {
  /** The number that the user gave. */
  readonly asked?: number | undefined;
  /** True where all generations are made again: another number is then a change on purpose. */
  readonly isRebuild?: boolean;
  /** A manifest that a remote has, as it was fetched. */
  readonly theirs?: ObjectId | undefined;
  /** The refs here, where the caller has read them already. */
  readonly refs?: Pick<LayoutRefs, 'manifest'> | undefined;
}

/**
 * The size of generations for a run: what the manifest here records, or that of the remote; else the number that the user gave; else
 * the default. Throws a `CkptError` (`MAX_CHECKPOINTS_DIFFERS`) where the user gave another number than the one that holds.
 */
export async function chooseSize(repo: Repository, choice: SizeChoice = {}): Promise<GenerationSize> {
  const { asked, isRebuild = false, theirs, refs = await readLayoutRefs(repo) } = choice;
  if (asked !== undefined) assertMaxCheckpoints(asked);
  const manifest = await readable(repo, refs.manifest);
  const other = await readable(repo, theirs);
  const record = await newerRecord(repo, manifest, other);
  if (asked === undefined || asked === record?.maxCheckpoints) {
    return { maxCheckpoints: record?.maxCheckpoints ?? DEFAULT_MAX_CHECKPOINTS, sizeRecord: record };
  }
  const holds = record?.maxCheckpoints ?? (await impliedSize(repo, [manifest, other]));
  if (holds !== undefined && holds !== asked && !isRebuild) throw differs(asked, holds);
  if (record === undefined && asked === DEFAULT_MAX_CHECKPOINTS)
    return { maxCheckpoints: asked, sizeRecord: undefined };
  return { maxCheckpoints: asked, sizeRecord: { maxCheckpoints: asked, revision: (record?.revision ?? 0) + 1 } };
}

/** As `chooseSize`; where the caller has chosen a size already, it is that one. */
export async function generationSize(
  repo: Repository,
  chosen: Partial<GenerationSize>,
  refs?: SizeChoice['refs'],
): Promise<GenerationSize> {
  const { maxCheckpoints, sizeRecord } = chosen;
  if (maxCheckpoints === undefined) return chooseSize(repo, { refs });
  assertMaxCheckpoints(maxCheckpoints);
  return { maxCheckpoints, sizeRecord };
}

/** What a manifest records of the size; `undefined` where it says nothing that can be used. */
export async function recordedSize(repo: Repository, { others }: Manifest): Promise<SizeRecord | undefined> {
  const file = others.find(({ name, mode }) => name === SIZE_FILE && isRegularFileMode(mode));
  if (file === undefined) return undefined;
  const [blob] = await readUsable([file.id], (ids) => repo.readObjects(ids));
  if (blob === undefined) return recordWithId(repo, file.id);
  if (blob.type !== 'blob') return undefined;
  const { max_checkpoints: max, revision } = tryObject(blob.content) ?? {};
  if (!isCount(max)) return undefined;
  return { maxCheckpoints: max, revision: isCount(revision) ? revision : 1 };
}

/** How far the numbers of a record are searched for. */
const LIKELY = { maxCheckpoints: 2000, revision: 9 };

/** The record whose file is absent or damaged: it says two small numbers, and its id proves which. */
function recordWithId({ objectFormat }: Repository, id: ObjectId): SizeRecord | undefined {
  for (let revision = 1; revision <= LIKELY.revision; revision++) {
    for (let maxCheckpoints = 1; maxCheckpoints <= LIKELY.maxCheckpoints; maxCheckpoints++) {
      const record = { maxCheckpoints, revision };
      if (hashObject(objectFormat, 'blob', sizeFile(record)) === id) return record;
    }
  }
  return undefined;
}

/** The file of a record: two-space indent, final newline. */
export function sizeFile({ maxCheckpoints, revision }: SizeRecord): Buffer {
  return prettyJson({ max_checkpoints: maxCheckpoints, revision });
}

/** True where both say the same. */
export function isSameSize(a: SizeRecord | undefined, b: SizeRecord | undefined): boolean {
  return a?.maxCheckpoints === b?.maxCheckpoints && a?.revision === b?.revision;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1;
}

/** The manifest; `undefined` where there is none, or it can't be read, which the run itself reports. */
async function readable(repo: Repository, commit: ObjectId | undefined): Promise<Manifest | undefined> {
  return commit && readManifest(repo, commit).catch(inCaseOf(CkptError, () => undefined));
}

async function newerRecord(
  repo: Repository,
  ours: Manifest | undefined,
  theirs: Manifest | undefined,
): Promise<SizeRecord | undefined> {
  const [our, their] = [ours && (await recordedSize(repo, ours)), theirs && (await recordedSize(repo, theirs))];
  if (our === undefined || their === undefined) return our ?? their;
  if (our.revision !== their.revision) return our.revision > their.revision ? our : their;
  return our.maxCheckpoints <= their.maxCheckpoints ? our : their;
}

/**
 * The default, where nothing is recorded and a generation holds as many: it was in use. Smaller ones say nothing, since a rotation
 * that was forced makes them too.
 */
async function impliedSize(
  repo: Repository,
  manifests: ReadonlyArray<Manifest | undefined>,
): Promise<number | undefined> {
  for (const manifest of manifests) {
    if (manifest === undefined) continue;
    const entries = await readStoredEntries(repo, manifest, () => undefined);
    const isFull = [...entries.values()].some(({ entry }) => entry.checkpoints.length >= DEFAULT_MAX_CHECKPOINTS);
    if (isFull) return DEFAULT_MAX_CHECKPOINTS;
  }
  return undefined;
}

function differs(asked: number, holds: number): CkptError {
  const message = `generations hold ${holds} checkpoints here, and --max-checkpoints says ${asked}`;
  return new CkptError('MAX_CHECKPOINTS_DIFFERS', message, {
    hint: [
      'Leave the flag out. To change the size for everybody, make all generations again: ',
      ['ckpt', 'migrate', '--rebuild', '--max-checkpoints', String(asked)],
    ],
    exitCode: 2,
  });
}
