// `npm run prepare`, which npm runs for an install from git or from a folder: builds the package. What the build needs is there then, but for
// `npm install --global git+…` (npm hands `--global` on to its own install in the clone, which so leaves it out) and `--omit=dev`.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');

/** The environment without what the outer npm was told: what is run here is about this folder. */
const env = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(?:npm_config_(?:global|location|omit|prefix)|NODE_ENV)$/i.test(name),
  ),
);

function npm(...args) {
  const { status } = spawnSync('npm', args, {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(status ?? 1);
}

if (!existsSync(resolve(ROOT, 'node_modules/rolldown'))) npm('ci', '--ignore-scripts', '--no-audit', '--no-fund');
npm('run', '--silent', 'build');
npm('run', '--silent', 'build:types');
