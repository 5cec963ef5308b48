// `npm run golden`: compares the ids of all stories with the recorded ones, native for all and isomorphic for a share.
// `npm run golden -- --write` records them, `-- --write 17` one alone; `-- 17` tells one story, and prints what every step left.

import { deviations, readRecord, recordOf, story, writeRecord } from './record.ts';
import { STORIES } from './story.ts';

const asked = process.argv.slice(2);
const numbers = Array.from({ length: STORIES }, (_, n) => n);
const one = asked.find((word) => /^\d+$/.test(word));

if (asked.includes('--write')) {
  const told = one === undefined ? numbers : [Number(one)];
  const entries = [];
  for (const n of told) entries.push([n, recordOf(n, await story(n, 'native'))] as const);
  writeRecord({ ...(one === undefined ? {} : readRecord()), ...Object.fromEntries(entries) });
  console.log(`recorded: ${told.length} ${told.length === 1 ? 'story' : 'stories'}`);
} else if (one !== undefined) {
  for (const engine of ['native', 'isomorphic'] as const) console.log(engine, await story(Number(one), engine));
} else {
  const recorded = readRecord();
  let wrong = 0;
  for (const n of numbers) {
    for (const engine of n % 4 === 0 ? (['native', 'isomorphic'] as const) : (['native'] as const)) {
      const found = deviations(recorded, n, await story(n, engine));
      for (const text of found) console.log(`${engine}: ${text}`);
      if (found.length > 0) wrong++;
    }
  }
  console.log(wrong === 0 ? `${STORIES} stories: all ids as recorded` : `${wrong} runs are not as recorded`);
  if (wrong > 0) process.exitCode = 1;
}
