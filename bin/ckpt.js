#!/usr/bin/env node
// The version is answered here, before anything is loaded: scripts ask for it often.
import { readFileSync } from 'node:fs';
import * as module from 'node:module';

const argv = process.argv.slice(2);
if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-v')) {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  process.stdout.write(`ckpt/${version} ${process.platform}-${process.arch} node-${process.version}\n`);
} else {
  module.enableCompileCache?.(); // Node 22 and newer
  const { main } = await import('../dist/main.js');
  await main(argv);
}
