import type { ProgressListener } from '../../checkpoint/progress.ts';
import { idsOf, type ObjectId } from '../../git/object-id.ts';
import { type ReachedObjects, reachedObjects } from '../../git/reached-objects.ts';
import type { ObjectInfo, Repository } from '../../git/repository.ts';
import type { LayoutRefs } from '../../layout/layout-refs.ts';
import type { Finding } from '../finding.ts';
import type { DeepCounts } from '../report.ts';
import { asInRef } from './as-in-ref.ts';
import type { Document, DocumentFacts } from './deep-document.ts';
import { documentsOf, type HashTexts, infosOf, readHashes } from './documents.ts';
import { judgeObjects } from './judge-objects.ts';
import { judgeSecrets } from './judge-secrets.ts';
import { judgeTranscripts } from './judge-transcripts.ts';
import { type BothContents, contentsOf, type ObjectsLook } from './layout-contents.ts';
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
  return {
    findings,
    counts: {
      transcriptCount: material.contents.v2.transcripts.filter(({ pieces }) => pieces.every(({ id }) => isHere(id)))
        .length,
      objectCount: new Set(documents.flatMap(({ pieces }) => pieces.filter(isHere))).size,
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
  const files = [...contents.v1.files, ...contents.v2.files];
  const transcripts = [...contents.v1.transcripts, ...contents.v2.transcripts];
  // Trees at the tips were compared with their ids when they were read.
  const known = new Set([...files, ...contents.v2.trees].map(({ id }) => id));
  const others = [...(reached?.here ?? [])].filter((id) => !known.has(id));
  const infos = await infosOf(repo, [...files.map(({ id }) => id), ...others]);
  const hashes = await readHashes(repo, transcripts, infos);
  const documents = documentsOf(files, transcripts, hashes, infos);
  for (const id of others) {
    documents.set(id, { pieces: [id], bytes: infos.get(id)?.size ?? 0, expected: [], isJson: false, isHistory: true });
  }
  return { contents, reached, infos, hashes, documents };
}

async function judge(
  repo: Repository,
  { v1: v1Ref, gitRefs }: DeepOptions,
  { contents, reached, infos, hashes, documents }: Material,
  found: readonly DocumentFacts[],
): Promise<Finding[]> {
  const { v1, v2 } = contents;
  const facts = new Map([...documents.keys()].map((key, i) => [key, found[i] as DocumentFacts]));
  const { absent, damaged } = unusableObjects(contents, found, reached);
  const needed = await neededObjects(repo, contents, v1Ref, new Set([...absent, ...damaged.keys()]));
  const promisor = absent.size === 0 ? undefined : await repo.promisorRemote();
  for (const id of damaged.keys()) infos.delete(id);
  const scanned = [...v2.transcripts, ...v1.transcripts].map(({ pieces }) => pieces);
  const others = [...v2.files, ...v1.files].map((file) => [file]);
  return [
    ...judgeTranscripts(v1.transcripts, v2.transcripts, { facts, hashes }),
    ...(await danglingPaths(repo, {
      v1: [...v1.files, ...v1.trees],
      v2: [...v2.files, ...v2.trees],
      infos,
      inRefs: gitRefs !== undefined,
    })),
    ...judgeObjects(needed.v1, needed.v2, { absent, damaged, promisor }),
    ...judgeSecrets([...scanned, ...others], facts),
  ];
}
