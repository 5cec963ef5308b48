import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { toObjectId } from '../../src/git/object-id.ts';
import { openRepository } from '../../src/git/open.ts';
import { visitPrompts } from '../../src/inspect/prompt-contents.ts';
import { cleanEnvironment, gitBytes, initRepository } from '../fixtures/git.ts';
import { BOTH_ENGINES } from '../fixtures/scale.ts';
import { A } from '../fixtures/scenarios.ts';
import { tempDir } from '../fixtures/temp.ts';
import { V1Builder } from '../fixtures/v1-builder.ts';
import { listIn } from '../inspect/support.ts';

const SIZE = 8 << 20;

describe.each(BOTH_ENGINES)('a prompt of many megabytes that takes some kilobytes in a repository (%s)', (engine) => {
  test('is never in memory as a whole, nor read further than asked', async () => {
    const dir = initRepository({ dir: join(tempDir(), 'repo') });
    const write = (content: Buffer) =>
      toObjectId(gitBytes(dir, ['hash-object', '-w', '--stdin'], { input: content }).toString().trim());
    const ids = [write(Buffer.alloc(SIZE, 'a')), write(Buffer.from('small')), write(Buffer.alloc(SIZE, 'b'))];
    const repo = await openRepository({ dir, engine, env: cleanEnvironment() });
    const sizes = [0, 0, 0];
    let largest = 0;
    await visitPrompts(repo, ids, (piece, at) => {
      sizes[at] = (sizes[at] ?? 0) + piece.length;
      largest = Math.max(largest, piece.length);
      return at === 0;
    });
    await repo.close();
    expect(largest).toBeLessThan(SIZE / 4);
    expect(sizes.slice(0, 2)).toEqual([SIZE, 5]);
    expect(sizes[2]).toBeLessThan(SIZE / 4);
  });

  test('is searched all the same, wherever its pieces begin', async () => {
    const v1 = new V1Builder();
    v1.checkpoint(A, { sessions: [{ prompts: [`Begin here.\n${'Ä needle? '.repeat(150_000)}\nand THE END`] }] });
    const dir = tempDir();
    v1.write(dir);
    const found = async (text: string) =>
      (await listIn(dir, { grep: text }, engine)).checkpoints.map(({ prompt }) => prompt);
    expect(await found('the end')).toEqual(['Begin here.']);
    expect(await found('ä needle? '.repeat(3_000))).toEqual(['Begin here.']);
    expect(await found('needle!')).toEqual([]);
  });
});
