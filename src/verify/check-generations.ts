import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import {
  type CreatedAtLookup,
  type GenerationSpan,
  generationIdentity,
  generationJson,
  tryGenerationJson,
} from '../checkpoint/created-at.ts';
import { GENERATION_FILE } from '../checkpoint/files.ts';
import { compareTrees } from '../compare/compare-trees.ts';
import { compareJson } from '../compare/value-differences.ts';
import { generationSpan, generationTree } from '../generations/generation.ts';
import { commitHeader } from '../git/commit.ts';
import type { ObjectOverlay } from '../git/object-overlay.ts';
import { displayName } from '../git/tree.ts';
import type { LayoutRefs } from '../layout/layout-refs.ts';
import { CURRENT_REF, generationName, generationRef, MAIN_REF, MANIFEST_REF } from '../layout/ref-names.ts';
import { hashingSink } from '../project/projection.ts';
import { malformedFolder } from './explain.ts';
import { type Finding, finding } from './finding.ts';
import { numberNamedBy, type ReadGeneration } from './read-generations.ts';

/** What generations are checked against. */
export interface GenerationRules {
  readonly maxCheckpoints: number;
  readonly createdAt: CreatedAtLookup;
  /** False for a checkpoint that V1 does not have, or whose metadata is absent here: then nothing can be said of the generation's times. */
  readonly isKnown: (id: CheckpointId) => boolean;
  /** True where something else wrote V2: its commits, and what else it keeps in a generation, are its own matter. */
  readonly isForeign: boolean;
  /** True for the number of a generation that the manifest lists: one that is missing is explained from there. */
  readonly isInManifest: (number: number) => boolean;
}

/** Looks at the generations as such: their numbers and sizes, what their commits and `generation.json` say, stray files and refs. */
export async function checkGenerations(
  objects: ObjectOverlay,
  refs: LayoutRefs,
  generations: readonly ReadGeneration[],
  rules: GenerationRules,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  if (refs.current === undefined) {
    findings.push(finding('CURRENT_MISSING', `there is no ${CURRENT_REF}`, { ref: CURRENT_REF }));
  }
  for (const each of [...checkNumbers(refs, generations, rules), ...checkRefs(refs)]) findings.push(each);
  // All at a time, so that git is asked once for what they read.
  const each = await Promise.all(generations.map((generation) => checkGeneration(objects, generation, rules)));
  return [...findings, ...each.flat()];
}

/** One finding for each gap in the numbers, which start at 1. An archive that was renumbered counts with its own number. */
function checkNumbers(
  { archives }: LayoutRefs,
  generations: readonly ReadGeneration[],
  { isInManifest }: GenerationRules,
): Finding[] {
  const named = new Map(generations.map((generation) => [generation.ref, numberNamedBy(generation)]));
  const numbers = archives.map(({ name, number }) => named.get(name) ?? number).sort((a, b) => a - b);
  return numbers.flatMap((number, i) => {
    let first = (numbers[i - 1] ?? 0) + 1;
    while (first < number && isInManifest(first)) first += 1;
    if (number <= first) return [];
    const last = number === first + 1 ? '' : ` to ${generationName(number - 1)}`;
    const message = `there is no archived generation ${generationName(first)}${last}, though there are newer ones`;
    return [finding('GENERATION_MISSING', message, { ref: generationRef(first) })];
  });
}

function checkRefs(refs: LayoutRefs): Finding[] {
  const known = new Set([...refs.archives.map(({ name }) => name), MAIN_REF, CURRENT_REF, MANIFEST_REF]);
  const unknown = [...refs.v2.keys()].filter((ref) => !known.has(ref));
  return unknown.map((ref) => finding('REF_UNKNOWN', `the layout knows no ref ${ref}`, { ref }));
}

async function checkGeneration(
  objects: ObjectOverlay,
  generation: ReadGeneration,
  rules: GenerationRules,
): Promise<Finding[]> {
  const { ref, number, checkpoints, json } = generation;
  const findings: Finding[] = [];
  if (checkpoints.size > rules.maxCheckpoints) {
    const message = `${ref} holds ${checkpoints.size} checkpoints, more than ${rules.maxCheckpoints}`;
    findings.push(finding('GENERATION_TOO_LARGE', message, { ref }));
  }
  if (!rules.isForeign) for (const one of await checkStrayFiles(objects, generation)) findings.push(one);
  if (number !== undefined) {
    for (const one of await checkArchive(objects, generation, number, rules)) findings.push(one);
  } else if (json !== undefined) {
    const place = { ref, path: GENERATION_FILE };
    findings.push(finding('GENERATION_JSON_MISPLACED', `${ref} has a ${GENERATION_FILE}`, place));
  }
  return findings;
}

/** A generation's tree has its checkpoints and its `generation.json`, and nothing beside them. */
async function checkStrayFiles(objects: ObjectOverlay, generation: ReadGeneration): Promise<Finding[]> {
  const { ref, tree, checkpoints, json } = generation;
  const entry = json === undefined ? [] : [{ mode: '100644', name: GENERATION_FILE, id: json }];
  // Staged only where it is another one: of 60,000 checkpoints these are 50,000 shards.
  if (generationTree(hashingSink(objects.format), checkpoints, entry) === tree) return [];
  const expected = generationTree(objects, checkpoints, entry);
  const differences = await compareTrees(objects, expected, tree);
  return differences.map(({ path: raw, expected: known, isMalformed }) => {
    const path = raw.split('/').map(displayName).join('/');
    const place = { ref, path };
    if (isMalformed) return malformedFolder(place);
    if (known === undefined)
      return finding('TRANSCRIPT_EXTRA', `${path} is on ${ref}, but belongs to no checkpoint`, place);
    return finding('MODE_CHANGED', `${path} of ${ref} has another mode than ${known.mode}`, place);
  });
}

async function checkArchive(
  objects: ObjectOverlay,
  generation: ReadGeneration,
  number: number,
  rules: GenerationRules,
): Promise<Finding[]> {
  const { ref, checkpoints } = generation;
  const empty = checkpoints.size === 0 ? [finding('GENERATION_EMPTY', `${ref} holds no checkpoint`, { ref })] : [];
  const known = checkpoints.size > 0 && [...checkpoints.keys()].every(rules.isKnown);
  const span = known ? generationSpan(checkpoints.keys(), rules.createdAt) : undefined;
  const json = await checkJson(objects, generation, span, rules);
  return [...empty, ...json, ...(rules.isForeign ? [] : checkCommit(generation, number, span))];
}

async function checkJson(
  objects: ObjectOverlay,
  { ref, json }: ReadGeneration,
  span: GenerationSpan | undefined,
  { isForeign }: GenerationRules,
): Promise<Finding[]> {
  const place = { ref, path: GENERATION_FILE };
  if (json === undefined) return [finding('GENERATION_JSON_MISSING', `${ref} has no ${GENERATION_FILE}`, place)];
  const content = await objects.blob(json);
  if (span === undefined || content?.equals(generationJson(span))) return [];
  if (isForeign && content !== undefined && hasTimes(content, span)) return [];
  const [field] = (content && compareJson(generationJson(span), content)) ?? [];
  const message = `${GENERATION_FILE} of ${ref} does not tell the times of its checkpoints`;
  return [finding('GENERATION_JSON_WRONG', message, field === undefined ? place : { ...place, field: field.field })];
}

/** True where a `generation.json`, in whatever form, says the times of a span. */
function hasTimes(content: Buffer, { oldest, newest }: GenerationSpan): boolean {
  const told = tryGenerationJson(content);
  if (told === undefined) return false;
  return told.oldest?.instant === oldest?.instant && told.newest?.instant === newest?.instant;
}

function checkCommit(generation: ReadGeneration, number: number, span: GenerationSpan | undefined): Finding[] {
  const { ref, parsedCommit: commit } = generation;
  const named = numberNamedBy(generation);
  if (named !== undefined && named !== number) {
    const message = `${ref} is at the commit of generation ${generationName(named)}`;
    return [finding('GENERATION_NUMBER_WRONG', message, { ref })];
  }
  const identity = span === undefined ? undefined : generationIdentity(span.newest);
  const isWrong = (key: string) => identity !== undefined && commitHeader(commit, key) !== identity;
  const wrong = [
    ...(commit.parents.length > 0 ? ['it has a parent'] : []),
    ...(named === undefined ? ['its message is another one'] : []),
    ...(isWrong('author') || isWrong('committer') ? ['its author, committer or date is another one'] : []),
    ...(commit.headers.length > 2 ? ['it has headers besides its author and committer'] : []),
  ];
  if (wrong.length === 0) return [];
  // A rotation of another program gives the archive the commits of `full/current`, as they are.
  const by = named === undefined && generation.json === undefined ? ': another program rotated full/current' : '';
  const message = `the commit of ${ref} is not what follows from its content${by}: ${wrong.join(', ')}`;
  return [finding('GENERATION_COMMIT_WRONG', message, { ref })];
}
