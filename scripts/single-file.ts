// `npm run build:executable [-- FILE]`: makes one executable file of the program and the Node that runs this script, by Node's single executable
// applications (https://nodejs.org/docs/latest-v20.x/api/single-executable-applications.html). For another platform it has to run there.
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { inject } from 'postject';
import { rolldown } from 'rolldown';
import config from '../rolldown.config.ts';
import { asScript } from './as-script.ts';

const ROOT = resolve(import.meta.dirname, '..');
/** What Node looks for in its own file, to know that it has a program inside. */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';
const SIGNED = process.platform === 'darwin';

/** Bundles one entry with all that it loads, also what it loads late, into the text of one CommonJS script. */
async function bundle(entry: string): Promise<string> {
  const { input: _entries, output: _output, plugins, ...options } = config;
  const build = await rolldown({ ...options, input: join(ROOT, entry), plugins: [entryOfOneFile(), plugins] });
  const { output } = await build.generate({ format: 'esm', codeSplitting: false });
  await build.close();
  const [chunk, ...others] = output.filter(({ type }) => type === 'chunk');
  if (chunk?.type !== 'chunk' || others.length > 0) throw new Error(`${entry} is not one file: ${output.length}`);
  return asScript(chunk.code);
}

/** `bin/ckpt.js` takes the program from `dist`, and its version from `package.json` beside it: here both are inside. */
function entryOfOneFile() {
  const version = "readFileSync(join(__dirname, '../package.json'), 'utf8')";
  return {
    name: 'entry-of-one-file',
    resolveId: (id: string) => (id === '../dist/main.js' ? join(ROOT, 'src/commands/main.ts') : null),
    transform: (code: string, id: string) => {
      if (!id.endsWith('bin/ckpt.js')) return null;
      if (!code.includes(version)) throw new Error(`${id} reads its version in another way now`);
      return code.replace(version, "require('node:sea').getAsset('package.json', 'utf8')");
    },
  };
}

const target = resolve(process.argv[2] ?? join(ROOT, 'build', process.platform === 'win32' ? 'ckpt.exe' : 'ckpt'));
const work = mkdtempSync(join(tmpdir(), 'ckpt-single-file-'));
const files = {
  'main.cjs': await bundle('bin/ckpt.js'),
  'live-worker.js': await bundle('src/ui/live/worker.tsx'),
  'deep-worker.js': await bundle('src/verify/deep/worker.ts'),
  'package.json': readFileSync(join(ROOT, 'package.json'), 'utf8'),
};
for (const [name, text] of Object.entries(files)) writeFileSync(join(work, name), text);
const assets = Object.keys(files).filter((name) => name !== 'main.cjs');
const sea = {
  main: join(work, 'main.cjs'),
  output: join(work, 'program.blob'),
  disableExperimentalSEAWarning: true,
  useCodeCache: true,
  assets: Object.fromEntries(assets.map((name) => [name, join(work, name)])),
};
writeFileSync(join(work, 'sea.json'), JSON.stringify(sea));
execFileSync(process.execPath, ['--experimental-sea-config', join(work, 'sea.json')], { stdio: 'pipe' });
mkdirSync(dirname(target), { recursive: true });
copyFileSync(process.execPath, target);
chmodSync(target, 0o755);
if (SIGNED) execFileSync('codesign', ['--remove-signature', target]);
await inject(target, 'NODE_SEA_BLOB', readFileSync(sea.output), {
  sentinelFuse: FUSE,
  ...(SIGNED ? { machoSegmentName: 'NODE_SEA' } : {}),
});
if (SIGNED) execFileSync('codesign', ['--sign', '-', target]);
rmSync(work, { recursive: true });
process.stdout.write(`${target}\n`);
