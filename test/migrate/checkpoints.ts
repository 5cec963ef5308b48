import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { tempDir } from '../fixtures/temp.ts';
import { V1Builder } from '../fixtures/v1-builder.ts';

/** The ref of an archived generation. */
export function archive(number: number): string {
  return `refs/entire/checkpoints/v2/full/${String(number).padStart(13, '0')}`;
}

/** The n-th checkpoint of a test; their IDs are spread over the shards in no order. */
export function id(n: number): string {
  return createHash('sha1').update(`checkpoint ${n}`).digest('hex').slice(0, 12);
}

/** The checkpoints from one number to another. */
export function ids(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, i) => id(from + i));
}

/** Adds the checkpoints from one number to another to a V1 branch, each an hour after the one before. */
export function add(v1: V1Builder, from: number, to = from): V1Builder {
  for (let n = from; n <= to; n++) {
    v1.checkpoint(id(n), { sessions: [{ createdAt: new Date(1.76e12 + n * 3.6e6).toISOString() }] });
  }
  return v1;
}

/** A new repository whose V1 branch has the checkpoints 1 to `count`. */
export function prepare(count: number, until: 'test' | 'file' = 'test'): { dir: string; v1: V1Builder } {
  const dir = join(tempDir(until), 'repo');
  const v1 = new V1Builder();
  v1.init();
  add(v1, 1, count).write(dir);
  return { dir, v1 };
}

/** Stores what V1 has got since. */
export function update(dir: string, v1: V1Builder): void {
  v1.write(dir, { init: false });
}
