import { expect, it } from 'vitest';
import { loadSecretScan } from '../../src/redaction/secret-lines.ts';
import { IS_LONG } from '../fixtures/scale.ts';
import { oneOf } from './secrets.ts';

const CHUNK = 1 << 16;
const MEGABYTE = 1 << 20;
/** Longer than what may be held, where there is time. */
const LENGTH = (IS_LONG ? 520 : 100) * MEGABYTE;
/** Around where the parts of 32 MB end and begin, which have one in common. */
const PLACES = [31, 31.5, 32, 32.001, 33, 62, 62.98, 63, 64, 99].map((at) => Math.floor(at * MEGABYTE));

it('secrets are found in a line that is too long to be held, each once', async () => {
  const words = Buffer.alloc(CHUNK, 'words and more ');
  const content = async function* () {
    yield Buffer.from('first\n');
    for (let at = 0; at < LENGTH; at += CHUNK) {
      const inside = PLACES.filter((place) => place >= at && place < at + CHUNK);
      const chunk = inside.length === 0 ? words : Buffer.from(words);
      for (const place of inside) chunk.write(` ${oneOf('GitHub token').text} `, place - at, 'latin1');
      yield chunk;
    }
    yield Buffer.from(`\n${oneOf('GitHub token').text}\n`);
  };
  const scan = await loadSecretScan();
  expect(await scan(content())).toEqual([
    { line: 2, count: PLACES.length, rules: ['github'] },
    { line: 3, count: 1, rules: ['github'] },
  ]);
});
