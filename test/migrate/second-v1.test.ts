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
    v1.checkpoint('b10000000002');
    v1.write(dir, { ref: SECOND, init: false });
    for (const dryRun of [true, false]) {
      expect((await migrateIn(dir, { engine, dryRun })).warnings).toEqual([
        `${SECOND} has the checkpoint b10000000002 that V1's branch lacks; V2 does not get them: ckpt migrate --from v1 --to refs takes them`,
      ]);
    }
  },
);
