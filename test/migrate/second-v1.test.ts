import { expect, test } from 'vitest';
import { tempDir } from '../fixtures/temp.ts';
import { V1Builder } from '../fixtures/v1-builder.ts';
import { ENGINES, migrateIn } from './support.ts';

const SECOND = 'refs/entire/checkpoints/v1';

test.each(ENGINES)(
  'what only the second V1 has is named, and nothing is said where it has no more (%s)',
  async (engine) => {
    const dir = tempDir();
    const v1 = new V1Builder();
    v1.checkpoint('a3b2c4d5e6f7');
    v1.write(dir);
    v1.write(dir, { ref: SECOND, init: false });
    expect((await migrateIn(dir, { engine })).warnings).toEqual([]);
    for (const [id, words] of [
      ['b10000000002', ['the checkpoint b10000000002', 'it']],
      ['c10000000003', ['2 checkpoints', 'them']],
    ] as const) {
      v1.checkpoint(id);
      v1.write(dir, { ref: SECOND, init: false });
      const [what, it] = words;
      for (const dryRun of [true, false]) {
        expect((await migrateIn(dir, { engine, dryRun })).warnings).toEqual([
          `${SECOND} has ${what} that V1's branch lacks; V2 does not get ${it}: ckpt migrate --from v1 --to refs takes ${it}`,
        ]);
      }
    }
  },
);
