import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Repository } from '../../git/repository.ts';
import { type ThreadFile, threadFile } from '../../shell/program-files.ts';
import { checkDocuments } from './check-documents.ts';
import type { Document, DocumentFacts } from './deep-document.ts';
import type { Answer, Request, WorkerSetup } from './worker-messages.ts';

/** To start a thread takes as long as to check so many bytes. */
const WORTH_A_THREAD = 16 * 1024 * 1024;
const MOST_THREADS = 8;
/** What a thread gets at a time: enough that it seldom waits, little enough that all end together. */
const BATCH_BYTES = 8 * 1024 * 1024;
const BATCH_DOCUMENTS = 100;

/** How documents are to be checked. */
export interface PoolOptions {
  readonly findsSecrets: boolean;
  /** Told the number of documents that are done. */
  readonly onProgress: (done: number) => void;
}

/** Checks documents, on several threads where there is enough to do, and returns what was found out about each, in their order. */
export async function checkInParallel(
  repo: Repository,
  documents: readonly Document[],
  options: PoolOptions,
): Promise<DocumentFacts[]> {
  const batches = inBatches(documents);
  const bytes = documents.reduce((sum, document) => sum + document.bytes, 0);
  // Where secrets are looked for, that takes most of the time: a hundred times that of the rest.
  const weight = options.findsSecrets ? bytes * 100 : bytes;
  const threads = Math.min(availableParallelism(), MOST_THREADS, batches.length);
  const facts: DocumentFacts[] = new Array(documents.length);
  let done = 0;
  const take = (batch: Batch, found: readonly DocumentFacts[]) => {
    for (const [i, one] of found.entries()) facts[batch.start + i] = saysNothing(one) ? NOTHING_FOUND : one;
    done += found.length;
    options.onProgress(done);
  };
  const thread = weight < WORTH_A_THREAD ? undefined : threadFile('deep-worker');
  if (thread === undefined) await checkHere(repo, batches, options, take);
  else await checkOnThreads(repo, batches, { ...options, thread, threads }, take);
  return facts;
}

/** What is said of nearly all documents: of a million it is kept once. */
const NOTHING_FOUND: DocumentFacts = {
  absent: [],
  damaged: [],
  wrong: [],
  isUnchecked: false,
  invalidLines: { count: 0, first: [] },
  secrets: [],
};

function saysNothing({ absent, damaged, wrong, isUnchecked, invalidLines, secrets }: DocumentFacts): boolean {
  const lists = [absent, damaged, wrong, secrets];
  return lists.every(({ length }) => length === 0) && !isUnchecked && invalidLines.count === 0;
}

interface Batch {
  /** The index of its first document. */
  readonly start: number;
  readonly documents: readonly Document[];
}

type Taker = (batch: Batch, facts: readonly DocumentFacts[]) => void;

function inBatches(documents: readonly Document[]): Batch[] {
  const batches: Batch[] = [];
  for (let start = 0; start < documents.length; ) {
    let end = start;
    for (let bytes = 0; end < documents.length && end - start < BATCH_DOCUMENTS && bytes < BATCH_BYTES; end++) {
      bytes += documents[end]?.bytes ?? 0;
    }
    batches.push({ start, documents: documents.slice(start, end) });
    start = end;
  }
  return batches;
}

async function checkHere(repo: Repository, batches: readonly Batch[], options: PoolOptions, take: Taker) {
  const { loadSecretScan } = await import('../../redaction/secret-lines.ts');
  const scan = options.findsSecrets ? await loadSecretScan() : undefined;
  for (const batch of batches) take(batch, await checkDocuments(repo, batch.documents, scan));
}

/** Each thread gets the next batch when it is done with one. The first failure of a thread ends all and is thrown. */
async function checkOnThreads(
  repo: Repository,
  batches: readonly Batch[],
  { findsSecrets, thread, threads }: PoolOptions & { readonly thread: ThreadFile; readonly threads: number },
  take: Taker,
): Promise<void> {
  const setup: WorkerSetup = { dir: repo.gitDir, engine: repo.engine, findsSecrets };
  const waiting = batches.values();
  const workers = Array.from(
    { length: threads },
    () => new Worker(thread.file, { eval: thread.eval, workerData: setup }),
  );
  try {
    await Promise.all(workers.map((worker) => feed(worker, waiting, take)));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

function feed(worker: Worker, waiting: Iterator<Batch>, take: Taker): Promise<void> {
  return new Promise((resolve, reject) => {
    let batch: Batch | undefined;
    worker.on('message', (answer: Answer) => {
      if (batch !== undefined) take(batch, answer);
      const next = waiting.next();
      batch = next.done === true ? undefined : next.value;
      worker.postMessage((batch?.documents ?? 'end') satisfies Request);
    });
    worker.once('error', reject);
    worker.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`a thread that checks transcripts ended with exit code ${code}`));
    });
  });
}
