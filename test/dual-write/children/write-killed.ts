/** `write-killed.ts <job as JSON>`: writes one checkpoint; is killed (SIGKILL) on the way, where the job says so. Prints the steps. */
import { writeDocument } from '../../../src/dual-write/dual-write.ts';
import { openRepository } from '../../../src/git/open.ts';
import type { EngineName, ObjectWriter, Repository } from '../../../src/git/repository.ts';
import { overlay } from '../../migrate/overlay.ts';

/** The calls of the seam that a kill can be tied to. */
export const STEPS = ['listRefs', 'readObjects', 'flush', 'updateRefs'] as const;
export type Step = (typeof STEPS)[number];

export interface KilledWriteJob {
  readonly dir: string;
  readonly engine: EngineName;
  readonly document: string;
  readonly maxCheckpoints: number;
  /** Before or after the n-th call, which is counted from 1. */
  readonly kill?: { readonly when: 'before' | 'after'; readonly step: Step; readonly n: number };
}

const job = JSON.parse(process.argv[2] ?? '') as KilledWriteJob;
const steps: Record<Step, number> = { listRefs: 0, readObjects: 0, flush: 0, updateRefs: 0 };

function deadly<A extends unknown[], R>(step: Step, method: (...args: A) => Promise<R>): (...args: A) => Promise<R> {
  return async (...args) => {
    const isHit = job.kill?.step === step && job.kill.n === ++steps[step];
    if (job.kill === undefined) steps[step]++;
    if (isHit && job.kill?.when === 'before') process.kill(process.pid, 'SIGKILL');
    const result = await method(...args);
    if (isHit) process.kill(process.pid, 'SIGKILL');
    return result;
  };
}

function deadlyWriter(writer: ObjectWriter): ObjectWriter {
  return {
    get pending() {
      return writer.pending;
    },
    add: (...args) => writer.add(...args),
    flush: deadly('flush', () => writer.flush()),
  };
}

const repo: Repository = await openRepository({ dir: job.dir, engine: job.engine });
const watched = overlay(repo, {
  listRefs: deadly('listRefs', repo.listRefs.bind(repo)),
  readObjects: deadly('readObjects', repo.readObjects.bind(repo)),
  updateRefs: deadly('updateRefs', repo.updateRefs.bind(repo)),
  objectWriter: () => deadlyWriter(repo.objectWriter()),
});
await writeDocument(
  watched,
  { content: job.document, folder: job.dir, finalize: false },
  { timeoutMs: 30_000, maxCheckpoints: job.maxCheckpoints, env: process.env },
);
await repo.close();
process.stdout.write(JSON.stringify(steps));
