/**
 * `npm run bench:fleet [-- --repositories 500 --jobs 2]`: what `ckpt fleet` takes in a fleet of generated repositories. A line of a table for each
 * command: time, time a repository, and memory at its peak, of the process of the fleet alone and of the whole tree. No assertions.
 */
import { spawn } from 'node:child_process';
import { loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { generateFleet } from '../test/fixtures/fleet.ts';
import { withTempDir } from '../test/fixtures/git.ts';
import { machine } from './machine.ts';
import { MemorySampler } from './memory-sampler.ts';

const PROGRAM = join(resolve(import.meta.dirname, '..'), 'bin', 'ckpt.js');

const { values } = parseArgs({
  options: { repositories: { type: 'string', default: '500' }, jobs: { type: 'string', default: '2' } },
});
const count = Number(values.repositories);

await withTempDir(async (dir) => {
  console.error(`making ${count} repositories ...`);
  generateFleet(dir, count);
  console.log(`${machine()}\n\n${count} repositories, ${values.jobs} at a time:\n`);
  console.log('| command | time | a repository | memory of the fleet | with its children | exit code | load |');
  console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: |');
  for (const command of ['status', 'migrate', 'verify']) console.log(await rowFor(command, dir));
});

async function rowFor(command: string, dir: string): Promise<string> {
  const began = performance.now();
  const child = spawn(process.execPath, [PROGRAM, 'fleet', command, '--dir', dir, '--jobs', values.jobs, '--json'], {
    stdio: 'ignore',
  });
  const sampler = new MemorySampler(child);
  const code = await new Promise((settle) => child.once('exit', settle));
  const seconds = (performance.now() - began) / 1000;
  const { own, resident } = sampler.stop();
  const cells = [`\`ckpt fleet ${command}\``, `${seconds.toFixed(0)} s`, `${(seconds / count).toFixed(2)} s`];
  return `| ${[...cells, megabytes(own), megabytes(resident), code, loadavg()[0]?.toFixed(0)].join(' | ')} |`;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
