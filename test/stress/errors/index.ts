// `npm run stress:errors [-- --each N] [--stories a,b]`: lets every writing command's calls to the file system fail, one alone and
// all from there on, with both engines. Prints what it met; ends with 1 where anything was wrong.

import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { git, makeTempDir, removeDir } from '../../fixtures/git.ts';
import { BOTH_ENGINES } from '../../fixtures/scale.ts';
import buildChildren from '../../setup/children.ts';
import { expectationOf, faultsOfNextRun } from '../kills/judge.ts';
import { copyStory, REMOTE_STORIES, STORIES } from '../kills/stories.ts';
import { compileShim, ERRORS, strikeAt } from '../kills/strike.ts';
import { serveApart } from '../serve-apart.ts';
import { faultsAfterError } from './judge.ts';

const { values } = parseArgs({ options: { each: { type: 'string', default: '1000' }, stories: { type: 'string' } } });
/** Of so many errors, one is followed by the same command again, and by its check. */
const RUN_AGAIN = 4;
const temp = makeTempDir();
const shim = compileShim(temp);
if (shim === undefined) throw new Error('this needs Linux and a C compiler (cc)');
await buildChildren();
const server = await serveApart(temp);
const stories = { ...STORIES, ...REMOTE_STORIES };
const asked = values.stories?.split(',') ?? Object.keys(stories);
let errors = 0;
let faulty = 0;

for (const [row, [name, story]] of Object.entries(stories).entries()) {
  if (!asked.includes(name)) continue;
  const dir = join(temp, name.replace(/ /g, '-'));
  story.prepare(dir, server.url);
  if (row % 2 === 1) git(dir, 'pack-refs', '--all');
  const expectation = expectationOf(dir, story);
  for (const engine of BOTH_ENGINES) {
    for (const error of ERRORS) {
      for (const lasts of ['once', 'for good'] as const) {
        const work = `${dir}-work`;
        const states: Record<string, number> = {};
        const options = { shim, dir: work, engine, blow: { error, lasts } };
        copyStory(dir, work);
        const { calls } = strikeAt(0, story.args, options);
        removeDir(work);
        const step = Math.max(1, calls / Number(values.each));
        for (let n = 1; n <= calls; n += step) {
          copyStory(dir, work);
          const at = Math.floor(n);
          const ended = strikeAt(at, story.args, options);
          const reader = BOTH_ENGINES[errors % BOTH_ENGINES.length] ?? 'native';
          const { state, faults } = await faultsAfterError(work, ended, expectation, reader);
          errors += 1;
          if (errors % RUN_AGAIN === 0) faults.push(...faultsOfNextRun(work, story, expectation, reader));
          states[state] = (states[state] ?? 0) + 1;
          if (faults.length > 0) faulty += 1;
          for (const fault of faults)
            console.log(`  FAULT ${name}, ${engine}, ${error} ${lasts}, call ${at}: ${fault}`);
          removeDir(work);
        }
        console.log(`${name}, ${engine}, ${error} ${lasts}: ${calls} calls; ${JSON.stringify(states)}`);
      }
    }
  }
}
console.log(`${errors} errors, ${faulty} with faults`);
server.close();
removeDir(temp);
if (faulty > 0) process.exitCode = 1;
