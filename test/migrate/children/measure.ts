// Migrates and verifies the repository `dir` with one engine, and prints what it took as JSON: `measure.ts <dir> <engine>`.
import { openRepository } from '../../../src/git/open.ts';
import type { EngineName } from '../../../src/git/repository.ts';
import { migrate } from '../../../src/migrate/migrate.ts';
import { verify } from '../../../src/verify/verify.ts';
import { peakMemory } from '../../fixtures/peak-memory.ts';

const [dir = '', engine] = process.argv.slice(2);
const repo = await openRepository({ dir, engine: engine as EngineName });
const started = performance.now();
const { status } = await migrate(repo);
const durationMs = performance.now() - started;
const { consistent, findings } = await verify(repo);
await repo.close();
/** The most memory that this process had at any moment, in MiB. */
const peakMiB = peakMemory() / 1024;
console.log(JSON.stringify({ status, consistent, findings: findings.length, durationMs, peakMiB }));
