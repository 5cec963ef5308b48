// `npm run stress:kills [-- --each N] [--offset N] [--stories a,b] [--forms loose,packed,reftable]`: kills every writing command at its calls to the file system, everything at
// once and the leader alone, with both engines, on loose and packed refs, and where git has them (2.46) on reftables, which the native engine
// alone reads. Prints what it met; ends with 1 where anything was wrong.

import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { hasReftable, makeTempDir, removeDir } from '../../fixtures/git.ts';
import { BOTH_ENGINES } from '../../fixtures/scale.ts';
import buildChildren from '../../setup/children.ts';
import { serveApart } from '../serve-apart.ts';
import { expectationOf, faultsAfter, faultsOfNextRun } from './judge.ts';
import { copyStory, REMOTE_STORIES, type RefForm, STORIES, storeRefs } from './stories.ts';
import { compileShim, strikeAt, type Victim } from './strike.ts';

const { values } = parseArgs({
  options: {
    each: { type: 'string', default: '32' },
    stories: { type: 'string' },
    forms: { type: 'string', default: 'loose,packed,reftable' },
    offset: { type: 'string', default: '0' },
  },
});
/** Of so many kills of a row, one is followed by the same command again, by fsck and by verify. */
const RUN_AGAIN = 8;
const temp = makeTempDir();
const shim = compileShim(temp);
if (shim === undefined) throw new Error('this needs Linux and a C compiler (cc)');
await buildChildren();
// In a process of its own: what is killed is a client, and the server goes on.
const server = await serveApart(temp);
const stories = { ...STORIES, ...REMOTE_STORIES };
const knowsReftable = hasReftable(temp);
const forms = values.forms.split(',').filter((form) => knowsReftable || form !== 'reftable') as RefForm[];
if (!knowsReftable) console.log('git here has no reftables: they are left out');
const asked = values.stories?.split(',') ?? Object.keys(stories);
let kills = 0;
let faulty = 0;

for (const [name, story] of Object.entries(stories).filter(([one]) => asked.includes(one))) {
  for (const form of forms) {
    const dir = join(temp, `${name.replace(/ /g, '-')}-${form}`);
    story.prepare(dir, server.url);
    storeRefs(dir, form);
    const engines = BOTH_ENGINES.filter((engine) => form !== 'reftable' || engine === 'native');
    const expectation = expectationOf(dir, story);
    for (const engine of engines) {
      for (const victim of ['everything', 'leader'] as Victim[]) {
        const work = `${dir}-work`;
        const states: Record<string, number> = {};
        const options = { shim, dir: work, engine, blow: { victim } };
        copyStory(dir, work);
        const { calls } = strikeAt(0, story.args, options);
        removeDir(work);
        const step = Math.max(1, calls / Number(values.each));
        for (let n = 1 + Number(values.offset); n <= calls; n += step) {
          copyStory(dir, work);
          const at = Math.floor(n);
          const { isKilled } = strikeAt(at, story.args, options);
          const reader = engines[kills % engines.length] ?? 'native';
          const { state, faults } = await faultsAfter(work, expectation, reader, victim);
          if (isKilled) kills += 1;
          if (kills % RUN_AGAIN === 0) faults.push(...faultsOfNextRun(work, story, expectation, reader));
          states[isKilled ? state : `ended, ${state}`] = (states[isKilled ? state : `ended, ${state}`] ?? 0) + 1;
          if (faults.length > 0) faulty += 1;
          for (const fault of faults)
            console.log(`  FAULT ${name}, ${form}, ${engine}, ${victim}, call ${at}: ${fault}`);
          removeDir(work);
        }
        console.log(`${name}, ${form}, ${engine}, ${victim}: ${calls} calls; ${JSON.stringify(states)}`);
      }
    }
  }
}
console.log(`${kills} kills, ${faulty} with faults`);
server.close();
removeDir(temp);
if (faulty > 0) process.exitCode = 1;
