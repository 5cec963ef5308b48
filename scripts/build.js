// `npm run build`: bundles src into dist by rolldown.config.ts. Says nothing but warnings and errors; rolldown's list of
// chunks goes to stdout, which is left out.
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');
const ROLLDOWN = resolve(ROOT, 'node_modules/rolldown/bin/cli.mjs');
const args = ['--config', 'rolldown.config.ts', ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, [ROLLDOWN, ...args], {
  cwd: ROOT,
  stdio: ['ignore', 'ignore', 'inherit'],
});
process.exitCode = status ?? 1;
