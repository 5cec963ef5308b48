import type { CheckpointId } from '../checkpoint/checkpoint-id.ts';
import { tryGenerationJson } from '../checkpoint/created-at.ts';
import { CkptError } from '../checkpoint/errors.ts';
import { compareJson } from '../compare/value-differences.ts';
import { type Manifest, readManifest, readStoredEntries, type StoredEntry } from '../generations/manifest.ts';
import { type ManifestEntry, manifestEntryJson } from '../generations/manifest-entry.ts';
import { inCaseOf } from '../git/in-case-of.ts';
import type { Repository } from '../git/repository.ts';
import type { LayoutRefs } from '../layout/layout-refs.ts';
import { generationName, generationRef, MANIFEST_REF, manifestFile } from '../layout/ref-names.ts';
import { type Finding, finding } from './finding.ts';
import { numberNamedBy, type ReadGeneration } from './read-generations.ts';

/** What the manifest says, as far as it can be read. */
export interface ReadManifest {
  readonly manifest: Manifest | undefined;
  readonly entries: ReadonlyMap<number, StoredEntry>;
  /** The number of the generation that a checkpoint was pruned with: one that is marked as pruned, and not there. */
  readonly prunedWith: ReadonlyMap<CheckpointId, number>;
  /** What can't be read. */
  readonly findings: readonly Finding[];
}

/** Reads the manifest. What can't be read of it is a finding, never an error. */
export async function readManifestEntries(repo: Repository, refs: LayoutRefs): Promise<ReadManifest> {
  const findings: Finding[] = [];
  let entries: ReadonlyMap<number, StoredEntry> = new Map();
  const manifest = await readManifest(repo, refs.manifest).catch(
    inCaseOf(CkptError, ({ message }) => {
      findings.push(finding('MANIFEST_UNREADABLE', message, { ref: MANIFEST_REF }));
      return undefined;
    }),
  );
  if (manifest !== undefined) {
    entries = await readStoredEntries(repo, manifest, (number, reason) => {
      const path = manifestFile(number);
      const message = `the manifest's ${path} can't be read: ${reason}`;
      findings.push(finding('MANIFEST_UNREADABLE', message, { ref: MANIFEST_REF, path }));
    });
  }
  const archives = new Set(refs.archives.map(({ number }) => number));
  const prunedWith = new Map<CheckpointId, number>();
  for (const [number, { entry }] of entries) {
    if (!entry.isPruned || archives.has(number)) continue;
    for (const id of entry.checkpoints) prunedWith.set(id, number);
  }
  return { manifest, entries, prunedWith, findings };
}

/**
 * Compares the archives that are there with those that the manifest lists: a missing one was pruned, or is lost; one that
 * is there has the tree, the checkpoints and the times that it had. `known` are the findings about the archives themselves:
 * what is reported of an archive already is not reported again. `isForeign`: the archives that are there are another writer's matter.
 */
export async function checkManifest(
  repo: Repository,
  refs: LayoutRefs,
  generations: readonly ReadGeneration[],
  told: ReadManifest,
  known: readonly Finding[],
  { isForeign = false } = {},
): Promise<Finding[]> {
  const { manifest, entries } = told;
  const findings = [...told.findings];
  const named = new Set([...refs.archives.map(({ number }) => number), ...generations.map(numberNamedBy)]);
  for (const [number, { entry }] of entries)
    if (!named.has(number)) for (const one of explainMissing(number, entry)) findings.push(one);
  if (manifest === undefined || isForeign) return findings;
  if (manifest.commit === undefined && refs.archives.length > 0) {
    const message = 'there are archived generations, but no manifest that lists them';
    return [...findings, finding('MANIFEST_MISSING', message, { ref: MANIFEST_REF })];
  }
  const errors = known.filter(({ severity }) => severity === 'error');
  const damaged = new Set(errors.flatMap(({ ref, checkpoint }) => [ref, checkpoint]));
  const each = await Promise.all(
    generations.map(async (generation) => {
      const { number, ref } = generation;
      if (number === undefined || damaged.has(ref)) return [];
      const missing = manifest.files.has(number) ? [] : [entryMissing(number)];
      const entry = entries.get(number);
      if (entry === undefined || entry.entry.checkpoints.some((id) => damaged.has(id))) return missing;
      return [...missing, ...(await compareEntry(repo, number, entry, generation))];
    }),
  );
  return [...findings, ...each.flat()];
}

function explainMissing(number: number, { isPruned, checkpoints }: ManifestEntry): Finding[] {
  const ref = generationRef(number);
  const count = checkpoints.length === 1 ? 'one checkpoint' : `${checkpoints.length} checkpoints`;
  const what = `the archived generation ${generationName(number)} (${count})`;
  if (isPruned) return [finding('GENERATION_PRUNED', `${what} was pruned`, { ref })];
  if (checkpoints.length === 0) return []; // V1 has removed all that it held
  return [finding('GENERATION_LOST', `${what} is not here, and was not pruned`, { ref })];
}

function entryMissing(number: number): Finding {
  const path = manifestFile(number);
  const message = `the manifest does not tell of the archived generation ${generationName(number)}`;
  return finding('MANIFEST_INCOMPLETE', message, { ref: MANIFEST_REF, path });
}

/** One finding for an entry that differs from its archive, with the first field that does. */
async function compareEntry(
  repo: Repository,
  number: number,
  { entry, content }: StoredEntry,
  { tree, checkpoints, json }: ReadGeneration,
): Promise<Finding[]> {
  const [blob] = json === undefined ? [] : await repo.readObjects([json]);
  const span = tryGenerationJson(blob?.content) ?? entry.span;
  const expected = manifestEntryJson({ ...entry, span, tree, checkpoints: [...checkpoints.keys()] }, content);
  if (expected.equals(content)) return [];
  const [field] = compareJson(expected, content) ?? [];
  const message = `the manifest records another generation ${generationName(number)} than the one that is there`;
  const place = { ref: MANIFEST_REF, path: manifestFile(number) };
  return [finding('MANIFEST_WRONG', message, field === undefined ? place : { ...place, field: field.field })];
}
