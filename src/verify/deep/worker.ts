import { parentPort, workerData } from 'node:worker_threads';
import { openRepository } from '../../git/open.ts';
import { checkDocuments } from './check-documents.ts';
import type { Answer, Request, WorkerSetup } from './worker-messages.ts';

/**
 * The start of a thread that checks documents. It has the repository open by itself, with git processes of its own. It ends when
 * it is told to, or with an error, which its parent gets.
 */
async function main(): Promise<void> {
  const port = parentPort;
  if (port === null) throw new Error('this module is the start of a thread');
  const { dir, engine, findsSecrets } = workerData as WorkerSetup;
  const repo = await openRepository({ dir, engine, fetches: false }); // what is absent is a finding
  const { loadSecretScan } = await import('../../redaction/secret-lines.ts');
  const scan = findsSecrets ? await loadSecretScan() : undefined;
  const answer = (message: Answer) => port.postMessage(message);
  port.on('message', async (request: Request) => {
    if (request === 'end') {
      port.close();
      await repo.close();
    } else answer(await checkDocuments(repo, request, scan));
  });
  answer([]); // ready
}

await main();
