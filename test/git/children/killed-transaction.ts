/**
 * `killed-transaction.ts <engine> <n> <updates as JSON>`: moves refs with this engine and kills itself right before the n-th
 * call that takes a lock, or renames or removes a file. Ends normally where there are fewer such calls.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { openRepository } from '../../../src/git/open.ts';
import type { EngineName, RefUpdate } from '../../../src/git/repository.ts';

const [engine, n = '', updates = ''] = process.argv.slice(2);
const repo = await openRepository({ dir: '.', engine: engine as EngineName });

let calls = 0;
function count(): void {
  if (++calls === Number(n)) process.kill(process.pid, 'SIGKILL');
}
for (const name of ['link', 'rename', 'unlink', 'rm'] as const) killBefore(fs.promises, name);
for (const name of ['linkSync', 'unlinkSync'] as const) killBefore(fs, name);

function killBefore<K extends string>(object: { [key in K]: unknown }, name: K): void {
  const original = object[name] as (...args: unknown[]) => unknown;
  Object.assign(object, {
    [name]: (...args: unknown[]) => {
      count();
      return original(...args);
    },
  });
}
syncBuiltinESMExports();
await repo.updateRefs(JSON.parse(updates) as RefUpdate[], 'killed');
await repo.close();
