#!/usr/bin/env node
'use strict';
// The version is answered here, before anything is loaded: scripts ask for it often. A script of CommonJS, as `package.json` beside it says, since
// Node loads no more for one than for `node -e 0`; a module takes 5 ms more.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

const argv = process.argv.slice(2);
// Which repository is meant (`ckpt -C DIR --version`) changes nothing of it.
const isPlace = (word) => /^(?:-C|--repo|--engine)$/.test(word ?? '');
const words = argv.filter((word, at) => !isPlace(word) && !isPlace(argv[at - 1]) && !/^--(?:repo|engine)=/.test(word));
if (words.length === 1 && ['--version', '-v', '-V', 'version'].includes(words[0])) {
  const version = readVersion();
  process.stdout.on('error', ({ code, message }) => {
    if (code === 'EPIPE') return;
    process.exitCode = 1;
    process.stderr.write(`ckpt: the version cannot be written to stdout: ${message}\n`);
  });
  process.stdout.write(`ckpt/${version} ${process.platform}-${process.arch} node-${process.version}\n`);
} else {
  require('node:module').enableCompileCache?.(); // Node 22 and newer
  import('../dist/main.js')
    .then(({ main }) => main(argv), tellBrokenInstall)
    .then(() => process.off('beforeExit', tellUnfinished));
  process.on('beforeExit', tellUnfinished);
}

/** Where nothing is left that work could wait for, Node ends a module with 13 and a script with 0. */
function tellUnfinished() {
  if (process.exitCode !== undefined) return;
  process.exitCode = 1;
  process.stderr.write('ckpt: stopped before its work was done\n');
}

/** Where the program itself cannot be loaded, what tells errors cannot be either. */
function tellBrokenInstall(error) {
  const message = `the program cannot be loaded: ${String(error.message).split('\n', 1)[0]}`;
  const hint = 'Install ckpt again; in a clone of its repository: npm ci && npm run build';
  process.exitCode = 1;
  if (argv.includes('--json')) {
    const run = {
      schemaVersion: 2,
      command: '',
      ckptVersion: readVersion(),
      engine: null,
      repository: null,
      durationMs: 0,
    };
    const failure = { code: 'UNEXPECTED', message, hint, doing: null };
    const document = { ...run, ok: false, exitCode: 1, warnings: [], error: failure };
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  } else {
    process.stderr.write(`ckpt: ${message}\nhint: ${hint}\n${argv.includes('--verbose') ? `\n${error.stack}\n` : ''}`);
  }
}

function readVersion() {
  return JSON.parse(readFileSync(join(__dirname, '../package.json'), 'utf8')).version;
}
