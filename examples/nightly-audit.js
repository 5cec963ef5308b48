// @ts-check
// A nightly audit: verifies each repository that is named, prints a line for each, and ends with 1 where one has errors.
//
//   node examples/nightly-audit.js ../project-a ../project-b
import { openRepository, verify } from 'ckpt';

const folders = process.argv.slice(2);
let failed = 0;
for (const dir of folders) {
  try {
    const repo = await openRepository({ dir });
    try {
      // One repository that hangs must not keep the others waiting.
      const { counts, findings } = await verify(repo, { signal: AbortSignal.timeout(10 * 60_000) });
      const codes = [...new Set(findings.filter(({ severity }) => severity === 'error').map(({ code }) => code))];
      console.log(`${dir}: ${counts.checkpoints} checkpoints, ${counts.errors} errors ${codes.join(' ')}`.trim());
      if (counts.errors > 0) failed++;
    } finally {
      await repo.close();
    }
  } catch (error) {
    failed++;
    console.log(`${dir}: ${error instanceof Error ? error.message : error}`);
  }
}
process.exitCode = failed > 0 ? 1 : 0;
