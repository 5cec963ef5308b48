import { expect, test } from 'vitest';
import { fetchPack } from '../../src/git/isomorphic/smart-http/fetch-pack.ts';
import { FLUSH, pktLine } from '../../src/git/isomorphic/smart-http/pkt-line.ts';
import type { ObjectId } from '../../src/git/object-id.ts';

test('a pack that is larger than what is held in memory is refused before it is', async () => {
  async function* answer() {
    for (const line of ['NAK\n', `\x01${'x'.repeat(600)}`, `\x01${'x'.repeat(600)}`, null])
      yield line === null ? FLUSH : pktLine(line);
  }
  const server = { talk: <T>(work: () => Promise<T>) => work(), post: async () => answer() };
  const request = { wants: ['1'.repeat(40) as ObjectId], haves: [], shallow: [] };
  expect(await fetchPack(server, request, 1200)).toHaveLength(1200);
  await expect(fetchPack(server, request, 1199)).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
});
