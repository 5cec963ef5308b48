// `npm run docs:tour`: runs the commands of docs/tour.md, and puts what they print now in the place of output that is shown and no
// longer comes. What stays may be shortened by hand with `…`; a test compares it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { patternOf, Reader, type Step, stepsOf } from '../test/docs/guided-page.ts';

const PAGE = resolve(import.meta.dirname, '../docs/tour.md');

/** What differs from run to run, and what the page has in its place. */
const VARIES: ReadonlyArray<readonly [RegExp, string]> = [
  [/Took .* with native/g, 'Took … with native'],
  [/ckpt \d\S+,/g, 'ckpt …,'],
  [/engine: git .*/g, 'engine: git …'],
  [/ran at \S+Z: (\w+), .*?(\.?)$/gm, 'ran at …: $1, …$2'],
  [/\b(at|was) [0-9a-f]{10}\b/g, '$1 …'], // some commits are made while the tour runs
  [/backup\/\w+Z\//g, 'backup/…/'],
  [/\d+ days {2}/g, '… days  '],
  [/[\d,]+ objects, [\d.]+ k?B/g, '…'],
];

function main(): void {
  const home = mkdtempSync(join(tmpdir(), 'ckpt-tour-'));
  try {
    const reader = new Reader(home);
    let page = readFileSync(PAGE, 'utf8');
    for (const step of stepsOf(page)) page = withFresh(page, step, reader);
    writeFileSync(PAGE, page);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** The page with what a block prints now, where that is not what it shows. Throws where the block ends otherwise than it says. */
function withFresh(page: string, { script, exitCode, shown }: Step, reader: Reader): string {
  const { code, output, stderr } = reader.run(script);
  if (code !== exitCode) throw new Error(`${script}ended with ${code}, not ${exitCode}:\n${stderr}`);
  if (shown === undefined || patternOf(shown).test(output)) return page;
  console.error(`docs/tour.md: written again is what this prints:\n${script}`);
  const plain = output.replaceAll(reader.home, '…').replaceAll('…/work', '…');
  const fresh = VARIES.reduce((text, [pattern, words]) => text.replace(pattern, words), plain);
  return page.replace(`${script}\`\`\`\n\n\`\`\`text\n${shown}`, () => `${script}\`\`\`\n\n\`\`\`text\n${fresh}`);
}

main();
