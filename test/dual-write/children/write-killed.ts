/** `write-killed.ts <job as JSON>`: writes one checkpoint; is killed (SIGKILL) on the way, where the job says so. Prints the steps. */
import { writeDocument } from '../../../src/dual-write/write-document.ts';
import { openRepository } from '../../../src/git/open.ts';
import type { EngineName } from '../../../src/git/repository.ts';
import { countSteps, type Kill, Killer } from '../../migrate/children/kill.ts';

export interface KilledWriteJob {
  readonly dir: string;
  readonly engine: EngineName;
  readonly document: string;
  readonly maxCheckpoints: number;
  readonly kill?: Kill;
}

const { dir, engine, document, maxCheckpoints, kill } = JSON.parse(process.argv[2] ?? '') as KilledWriteJob;
const repo = await openRepository({ dir, engine });
const steps = await countSteps(new Killer(kill).watch(repo), (watched) =>
  writeDocument(
    watched,
    { content: document, folder: dir, finalize: false },
    { timeoutMs: 30_000, maxCheckpoints, env: process.env },
  ),
);
await repo.close();
process.stdout.write(JSON.stringify(steps));
