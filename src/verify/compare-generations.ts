import { type CheckpointId, shardPath } from '../checkpoint/checkpoint-id.ts';
import { type GenerationSpan, generationIdentity, generationJson } from '../checkpoint/generation.ts';
import {
  GENERATION_FILE,
  generationName,
  generationNumber,
  generationRef,
  isFullSessionFile,
  TASKS_FOLDER,
  V2_CURRENT_REF,
  V2_MAIN_REF,
} from '../checkpoint/layout.ts';
import { commitHeader, parseCommit } from '../git/commit.ts';
import { GitError } from '../git/errors.ts';
import type { RefName } from '../git/object-id.ts';
import type { Repository } from '../git/repository.ts';
import type { CreatedAtLookup } from '../migrate/created-at.ts';
import { type GenerationContent, generationSpan, readGeneration } from '../migrate/generation-tree.ts';
import type { LayoutRefs } from '../migrate/layout-refs.ts';
import type { ProjectedCheckpoint } from '../migrate/projection.ts';
import { compareJson } from './compare-json.ts';
import { placeOf } from './compare-main.ts';
import { compareTrees, type TreeDifference } from './compare-trees.ts';
import { type Finding, type FindingPlace, finding } from './finding.ts';
import type { ExpectedObjects } from './overlay.ts';

/** A generation that could be read. */
export interface ReadGeneration extends GenerationContent {
  readonly ref: RefName;
  /** `undefined` for `full/current`. */
  readonly number: number | undefined;
}

/** Reads all generations: `full/current` first, then the archives from newest to oldest, as a reader looks for a transcript. */
export async function readGenerations(
  repo: Repository,
  refs: LayoutRefs,
): Promise<{ generations: ReadGeneration[]; findings: Finding[] }> {
  const generations: ReadGeneration[] = [];
  const findings: Finding[] = [];
  const current = refs.current === undefined ? [] : [{ name: V2_CURRENT_REF, id: refs.current }];
  for (const { name, id } of [...current, ...[...refs.archives].reverse()]) {
    try {
      generations.push({ ref: name, number: generationNumber(name), ...(await readGeneration(repo, id)) });
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      findings.push(finding('GENERATION_UNREADABLE', `${name} can't be read: ${error.message}`, { ref: name }));
    }
  }
  return { generations, findings };
}

/** Looks at the generations as such: their numbers and sizes, what their commits and `generation.json` say, stray refs. */
export async function checkGenerations(
  repo: Repository,
  refs: LayoutRefs,
  generations: readonly ReadGeneration[],
  options: KnownTimes & { maxCheckpoints: number },
): Promise<Finding[]> {
  const findings: Finding[] = [];
  if (refs.current === undefined) {
    findings.push(finding('CURRENT_MISSING', `there is no ${V2_CURRENT_REF}`, { ref: V2_CURRENT_REF }));
  }
  findings.push(...checkNumbers(refs), ...checkRefs(refs));
  for (const generation of generations) {
    const { ref, number, checkpoints } = generation;
    if (checkpoints.size > options.maxCheckpoints) {
      const message = `${ref} holds ${checkpoints.size} checkpoints, more than ${options.maxCheckpoints}`;
      findings.push(finding('GENERATION_TOO_LARGE', message, { ref }));
    }
    if (number !== undefined) {
      findings.push(...(await checkArchive(repo, generation, number, options)));
    } else if (generation.json !== undefined) {
      const place = { ref, path: GENERATION_FILE };
      findings.push(finding('GENERATION_JSON_MISPLACED', `${ref} has a ${GENERATION_FILE}`, place));
    }
  }
  return findings;
}

/** One finding for each gap in the numbers, which start at 1. */
function checkNumbers({ archives }: LayoutRefs): Finding[] {
  return archives.flatMap(({ number }, i) => {
    const first = (archives[i - 1]?.number ?? 0) + 1;
    if (number === first) return [];
    const last = number === first + 1 ? '' : ` to ${generationName(number - 1)}`;
    const message = `there is no archived generation ${generationName(first)}${last}, though there are newer ones`;
    return [finding('GENERATION_MISSING', message, { ref: generationRef(first) })];
  });
}

function checkRefs(refs: LayoutRefs): Finding[] {
  const known = new Set([...refs.archives.map(({ name }) => name), V2_MAIN_REF, V2_CURRENT_REF]);
  const unknown = [...refs.v2.keys()].filter((ref) => !known.has(ref));
  return unknown.map((ref) => finding('REF_UNKNOWN', `the layout knows no ref ${ref}`, { ref }));
}

/** What a generation's times are known from. */
interface KnownTimes {
  readonly createdAt: CreatedAtLookup;
  /** False for a checkpoint that V1 does not have: then nothing can be said of the generation's times. */
  readonly isKnown: (id: CheckpointId) => boolean;
}

async function checkArchive(
  repo: Repository,
  generation: ReadGeneration,
  number: number,
  times: KnownTimes,
): Promise<Finding[]> {
  const { ref, checkpoints } = generation;
  const empty = checkpoints.size === 0 ? [finding('GENERATION_EMPTY', `${ref} holds no checkpoint`, { ref })] : [];
  const known = checkpoints.size > 0 && [...checkpoints.keys()].every(times.isKnown);
  const span = known ? generationSpan(checkpoints.keys(), times.createdAt) : undefined;
  return [
    ...empty,
    ...(await checkJson(repo, generation, span)),
    ...(await checkArchiveCommit(repo, generation, number, span)),
  ];
}

async function checkJson(
  repo: Repository,
  { ref, json }: ReadGeneration,
  span: GenerationSpan | undefined,
): Promise<Finding[]> {
  const place = { ref, path: GENERATION_FILE };
  if (json === undefined) return [finding('GENERATION_JSON_MISSING', `${ref} has no ${GENERATION_FILE}`, place)];
  const [blob] = await repo.readObjects([json]);
  if (span === undefined || blob?.content.equals(generationJson(span))) return [];
  const fields = blob === undefined ? undefined : compareJson(generationJson(span), blob.content);
  const message = `${GENERATION_FILE} of ${ref} does not tell the times of its checkpoints`;
  const [field] = fields ?? [];
  return [finding('GENERATION_JSON_WRONG', message, field === undefined ? place : { ...place, field: field.field })];
}

async function checkArchiveCommit(
  repo: Repository,
  { ref, commit: id }: ReadGeneration,
  number: number,
  span: GenerationSpan | undefined,
): Promise<Finding[]> {
  const [object] = await repo.readObjects([id]);
  if (object === undefined) return [];
  const commit = parseCommit(object.content);
  const named = /^Archive generation (\d{13})\n$/.exec(commit.message)?.[1];
  if (named !== undefined && named !== generationName(number)) {
    return [finding('GENERATION_NUMBER_WRONG', `${ref} is at the commit of generation ${named}`, { ref })];
  }
  const identity = span === undefined ? undefined : generationIdentity(span.newest);
  const isWrong = (key: string) => identity !== undefined && commitHeader(commit, key) !== identity;
  const wrong = [
    ...(commit.parents.length > 0 ? ['it has a parent'] : []),
    ...(named === undefined ? ['its message is another one'] : []),
    ...(isWrong('author') || isWrong('committer') ? ['its author, committer or date is another one'] : []),
  ];
  if (wrong.length === 0) return [];
  return [
    finding(
      'GENERATION_COMMIT_WRONG',
      `the commit of ${ref} is not what follows from its content: ${wrong.join(', ')}`,
      { ref },
    ),
  ];
}

/**
 * Compares what the generations should hold with what they do: each V1 checkpoint's transcripts and task files, whole, in
 * exactly one generation.
 */
export async function compareTranscripts(
  objects: ExpectedObjects,
  checkpoints: ReadonlyMap<CheckpointId, ProjectedCheckpoint>,
  generations: readonly ReadGeneration[],
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [checkpoint, { full }] of checkpoints) {
    const holders = generations.filter((generation) => generation.checkpoints.has(checkpoint));
    const [holder, ...others] = holders;
    for (const { ref } of others) {
      const message = `the transcripts of ${checkpoint} are in ${holder?.ref} and again in ${ref}`;
      findings.push(finding('CHECKPOINT_DUPLICATED', message, { checkpoint, ref, path: shardPath(checkpoint) }));
    }
    const expected = full?.id ?? null;
    const actual = holder?.checkpoints.get(checkpoint) ?? null;
    if (expected === actual) continue;
    for (const tree of full?.trees ?? []) objects.add('tree', tree);
    if (actual === null) {
      const message = `the transcripts of ${checkpoint} are in no generation`;
      findings.push(finding('TRANSCRIPT_MISSING', message, { checkpoint, path: shardPath(checkpoint) }));
      continue;
    }
    const prefix = `${shardPath(checkpoint)}/`;
    const differences = await compareTrees(objects, expected, actual, { prefix });
    findings.push(...differences.map((difference) => explain(difference, checkpoint, holder?.ref ?? '')));
  }
  return findings;
}

function explain(difference: TreeDifference, checkpoint: CheckpointId, ref: RefName): Finding {
  const { path, expected, actual } = difference;
  const { session, rest } = placeOf(path);
  const where: FindingPlace = { ref, checkpoint, path, ...(session === undefined ? {} : { session }) };
  if (actual === undefined) return finding('TRANSCRIPT_MISSING', `${path} is in no generation`, where);
  if (expected === undefined) {
    const [first = ''] = rest;
    const belongsHere =
      rest.includes(TASKS_FOLDER) || (session !== undefined && rest.length === 1 && isFullSessionFile(first));
    return belongsHere
      ? finding('TRANSCRIPT_EXTRA', `${path} is on ${ref}, but not in V1`, where)
      : finding('FILE_MISPLACED', `${path} belongs on main, but is on ${ref}`, where);
  }
  if (expected.id !== actual.id) return finding('TRANSCRIPT_CHANGED', `${path} has other content than in V1`, where);
  return finding('MODE_CHANGED', `${path} has the mode ${actual.mode}, in V1 ${expected.mode}`, where);
}

/** Checkpoints in generations that V1's tip does not have: listed, not failed. */
export function onlyInGenerations(
  checkpoints: ReadonlyMap<CheckpointId, ProjectedCheckpoint>,
  generations: readonly ReadGeneration[],
): Finding[] {
  return generations.flatMap(({ ref, checkpoints: held }) => {
    const unknown = [...held.keys()].filter((id) => !checkpoints.has(id));
    return unknown.map((checkpoint) =>
      finding('CHECKPOINT_ONLY_IN_V2', `${ref} has transcripts of ${checkpoint}, which is not at V1's tip`, {
        ref,
        checkpoint,
        path: shardPath(checkpoint),
      }),
    );
  });
}
