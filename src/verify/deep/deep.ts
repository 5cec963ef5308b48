import type { ProgressListener } from '../../checkpoint/progress.ts';
import { idsOf, type ObjectId } from '../../git/object-id.ts';
import { type ReachedObjects, reachedObjects } from '../../git/reached-objects.ts';
import type { ObjectInfo, Repository } from '../../git/repository.ts';
import type { LayoutRefs } from '../../layout/layout-refs.ts';
import type { Finding } from '../finding.ts';
import type { DeepCounts } from '../report.ts';
import { asInRef } from './as-in-ref.ts';
import type { Document, DocumentFacts } from './deep-document.ts';
import { documentsOf, fileDocument, type HashTexts, infosOf, readHashes } from './documents.ts';
import { judgeObjects } from './judge-objects.ts';
import { judgeSecrets } from './judge-secrets.ts';
import { judgeTranscripts } from './judge-transcripts.ts';
import { type BothContents, contentsOf, type ObjectsLook, placesOf } from './layout-contents.ts';
import type { PlacedObject } from './layout-files.ts';
import { neededObjects, unusableObjects } from './needed-objects.ts';
import { danglingPaths } from './summary-paths.ts';
import { checkInParallel } from './worker-pool.ts';

/** What is looked at, of some checkpoints without the history. */
export interface DeepOptions extends ObjectsLook {
  readonly findsSecrets: boolean;
  readonly onEvent: ProgressListener;
}

/** What was found, and how much was read. */
export interface DeepResult {
  readonly findings: readonly Finding[];
  readonly counts: DeepCounts;
}

/** What there is to read. */
interface Material {
  readonly contents: BothContents;
  /** Absent where only some checkpoints are looked at. */
  readonly reached: ReachedObjects | undefined;
  readonly infos: Map<ObjectId, ObjectInfo>;
  readonly hashes: HashTexts;
  readonly documents: ReadonlyMap<string, Document>;
}

/**
 * Reads what the comparison of the layouts takes on trust: that all objects of V2, or of git-refs, are there and are what their ids say,
 * that transcripts have the hashes that stand beside them and lines of JSON, and that paths in summaries name something.
 * Never fetches a transcript that a partial clone lacks.
 */
export async function verifyDeep(repo: Repository, refs: LayoutRefs, options: DeepOptions): Promise<DeepResult> {
  options.onEvent({ kind: 'phase', phase: 'list objects' });
  const material = await gather(repo, refs, options);
  const documents = [...material.documents.values()];
  options.onEvent({ kind: 'phase', phase: 'check transcripts', total: documents.length });
  const facts = await checkInParallel(repo, documents, {
    findsSecrets: options.findsSecrets,
    onProgress: (done) =>
      options.onEvent({ kind: 'progress', phase: 'check transcripts', done, total: documents.length }),
  });
  const findings = (await judge(repo, options, material, facts)).map(asInRef);
  const isHere = (id: ObjectId) => material.infos.has(id);
  const read = new Set<ObjectId>();
  for (const { pieces } of documents) for (const id of pieces) if (isHere(id)) read.add(id);
  return {
    findings,
    counts: {
      transcriptCount: material.contents.v2.transcripts.filter(({ pieces }) => pieces.every(({ id }) => isHere(id)))
        .length,
      objectCount: read.size,
      bytes: documents.reduce((sum, { bytes }) => sum + bytes, 0),
    },
  };
}

async function gather(repo: Repository, refs: LayoutRefs, options: DeepOptions): Promise<Material> {
  const { gitRefs, checkpoints } = options;
  const tips = gitRefs === undefined ? [...refs.v2.values()] : idsOf(gitRefs);
  const [contents, reached] = await Promise.all([
    contentsOf(repo, refs, options),
    checkpoints === undefined ? reachedObjects(repo, tips) : undefined,
  ]);
  const { v1, v2 } = contents;
  const asked = new Set<ObjectId>();
  for (const { files, others } of [v1, v2]) {
    for (const { id } of files) asked.add(id);
    for (const id of others.files) asked.add(id);
  }
  // Trees at the tips were compared with their ids when they were read.
  const inHistory = [...(reached?.here ?? [])].filter((id) => !asked.has(id) && !v2.others.trees.has(id));
  for (const id of inHistory) asked.add(id);
  const infos = await infosOf(repo, asked);
  const hashes = await readHashes(repo, [...v1.transcripts, ...v2.transcripts], infos);
  const documents = documentsOf(contents, hashes, infos);
  for (const id of inHistory) documents.set(id, fileDocument(id, infos, true));
  return { contents, reached, infos, hashes, documents };
}

async function judge(
  repo: Repository,
  { v1: branchAt, gitRefs }: DeepOptions,
  { contents, reached, infos, hashes, documents }: Material,
  found: readonly DocumentFacts[],
): Promise<Finding[]> {
  const { v1, v2 } = contents;
  const facts = new Map<string, DocumentFacts>();
  for (const [i, key] of [...documents.keys()].entries()) facts.set(key, found[i] as DocumentFacts);
  const { absent, damaged } = unusableObjects(contents, found, reached);
  const needed = await neededObjects(repo, contents, branchAt, new Set([...absent, ...damaged.keys()]));
  const promisor = absent.size === 0 ? undefined : await repo.promisorRemote();
  for (const id of damaged.keys()) infos.delete(id);
  return [
    ...judgeTranscripts(v1.transcripts, v2.transcripts, { facts, hashes }),
    ...(await danglingPaths(repo, { v1, v2, infos, inRefs: gitRefs !== undefined })),
    ...judgeObjects(needed.v1, needed.v2, { absent, damaged, promisor }),
    ...judgeSecrets(await withSecrets(repo, contents, facts), facts),
  ];
}

/** The transcripts, and the other files that have secrets, V2's first. */
async function withSecrets(
  repo: Repository,
  { v1, v2 }: BothContents,
  facts: ReadonlyMap<string, DocumentFacts>,
): Promise<Array<readonly PlacedObject[]>> {
  const transcripts = [...v2.transcripts, ...v1.transcripts].map(({ pieces }) => pieces);
  if (![...facts.values()].some(({ secrets }) => secrets.length > 0)) return transcripts;
  const hasSecrets = ({ id }: Pick<PlacedObject, 'id'>) => (facts.get(id)?.secrets.length ?? 0) > 0;
  const files = [...(await placesOf(repo, v2, hasSecrets)), ...(await placesOf(repo, v1, hasSecrets))];
  return [...transcripts, ...files.map((file) => [file])];
}
