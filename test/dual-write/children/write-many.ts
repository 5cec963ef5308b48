/**
 * `write-many.ts <job as JSON>`: writes checkpoints into a repository, one after the other, as so many runs of `ckpt dual-write
 * --from` would; prints what went otherwise than well as JSON.
 */

import { writeDocument } from '../../../src/dual-write/write-document.ts';
import { openRepository } from '../../../src/git/open.ts';
import type { EngineName } from '../../../src/git/repository.ts';

export interface WriteJob {
  readonly dir: string;
  readonly engine: EngineName;
  readonly documents: readonly string[];
  readonly maxCheckpoints: number;
}

export interface WriteReport {
  readonly warnings: readonly string[];
  /** Milliseconds that each write took. */
  readonly times: readonly number[];
}

const job = JSON.parse(process.argv[2] ?? '') as WriteJob;
const repo = await openRepository({ dir: job.dir, engine: job.engine });
const warnings: string[] = [];
const times: number[] = [];
for (const content of job.documents) {
  const start = performance.now();
  const result = await writeDocument(
    repo,
    { content, folder: job.dir, finalize: false },
    { timeoutMs: 60_000, maxCheckpoints: job.maxCheckpoints, env: process.env },
  );
  times.push(performance.now() - start);
  warnings.push(...result.warnings);
}
await repo.close();
process.stdout.write(JSON.stringify({ warnings, times } satisfies WriteReport));
