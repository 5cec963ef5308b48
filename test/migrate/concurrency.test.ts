import { cpSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ProgressEvent } from '../../src/checkpoint/progress.ts';
import type { Repository } from '../../src/git/repository.ts';
import { migrate } from '../../src/migrate/migrate.ts';
import { git, gitBytes } from '../fixtures/git.ts';
import { reference, V2_CURRENT, V2_MAIN } from '../fixtures/reference.ts';
import { V1_REF } from '../fixtures/v1-builder.ts';
import { add, prepare, update } from './checkpoints.ts';
import { startChild } from './children/start.ts';
import { overlay } from './overlay.ts';
import { ENGINES, expectConsistent, migrateIn, v2Refs, v2State, withRepository } from './support.ts';

const options = { maxCheckpoints: 2 };

/** A repository in which something happens right before refs are moved, the first `times` times. */
function interrupted(repo: Repository, happen: (time: number) => Promise<void> | void, times = 1): Repository {
  let time = 0;
  return overlay(repo, {
    updateRefs: async (updates, message) => {
      if (++time <= times) await happen(time);
      await repo.updateRefs(updates, message);
    },
  });
}

/** Puts a commit on top of a ref, as another writer would, and returns its id. */
function commitOnTop(dir: string, ref: string, message: string): string {
  const id = gitBytes(dir, ['commit-tree', '-p', ref, '-m', message, `${ref}^{tree}`])
    .toString()
    .trim();
  git(dir, 'update-ref', ref, id);
  return id;
}

describe.each(ENGINES)('%s: somebody moves a ref between the plan and its execution', (engine) => {
  test('another first migration gets there before', async () => {
    const { dir } = prepare(5);
    const events: ProgressEvent[] = [];
    const result = await withRepository(dir, engine, (repo) =>
      migrate(
        interrupted(repo, () => migrateIn(dir, options).then(() => undefined)),
        { ...options, onEvent: (event) => events.push(event) },
      ),
    );
    expect(result).toMatchObject({ status: 'up-to-date', refs: [] });
    expect(events.filter(({ kind }) => kind === 'retry')).toMatchObject([{ attempt: 2 }]);
    expect(v2Refs(dir)).toEqual(reference(dir, options).refs);
    await expectConsistent(dir, options);
  });

  test('another migration gets half of the way before, and rotates', async () => {
    const { dir, v1 } = prepare(3);
    await migrateIn(dir, options);
    update(dir, add(v1, 4, 7));
    const tip = v1.tip as string;
    const result = await withRepository(dir, engine, (repo) =>
      migrate(
        interrupted(repo, async () => {
          git(dir, 'update-ref', V1_REF, v1.chain().at(-3) as string);
          await migrateIn(dir, options);
          git(dir, 'update-ref', V1_REF, tip);
        }),
        options,
      ),
    );
    expect(result).toMatchObject({ status: 'migrated', mode: 'incremental', counts: { commits: 2 } });
    const state = v2State(dir);
    const once = `${dir}-once`;
    cpSync(dir, once, { recursive: true });
    for (const ref of Object.keys(v2Refs(once))) git(once, 'update-ref', '-d', ref);
    await migrateIn(once, options);
    expect(state).toEqual(v2State(once));
    await expectConsistent(dir, options);
  });

  test('V1 goes on: what is new is projected with the second attempt', async () => {
    const { dir, v1 } = prepare(3);
    await withRepository(dir, engine, (repo) =>
      migrate(
        interrupted(repo, async () => {
          update(dir, add(v1, 4, 6));
          await migrateIn(dir, options);
        }),
        options,
      ),
    );
    expect(v2Refs(dir)).toEqual(reference(dir, options).refs);
  });

  test('a commit that somebody puts on full/current is kept', async () => {
    const { dir, v1 } = prepare(3);
    await migrateIn(dir, { maxCheckpoints: 100 });
    update(dir, add(v1, 4));
    let theirs = '';
    await withRepository(dir, engine, (repo) =>
      migrate(
        interrupted(repo, () => {
          theirs = commitOnTop(dir, V2_CURRENT, 'Theirs');
        }),
        { maxCheckpoints: 100 },
      ),
    );
    expect(git(dir, 'rev-parse', `${V2_CURRENT}^`)).toBe(theirs);
    await expectConsistent(dir);
  });

  test('main taken to the image of a V1 that is not here: V2 follows V1, and that main is kept', async () => {
    const { dir, v1 } = prepare(3);
    await migrateIn(dir, options);
    update(dir, add(v1, 4));
    const result = await withRepository(dir, engine, (repo) =>
      migrate(
        interrupted(repo, () => {
          const image = `Theirs\n\nCkpt-V1-Commit: ${'0123456789'.repeat(4)}`;
          commitOnTop(dir, V2_MAIN, image);
        }),
        options,
      ),
    );
    expect(result).toMatchObject({ status: 'migrated', mode: 'rewritten', backup: expect.stringContaining('backup') });
    expect(git(dir, 'log', '-1', '--format=%s', `${result.backup}main`)).toBe('Theirs');
    expect(v2Refs(dir)).toEqual(reference(dir, options).refs);
  });
});

describe('several processes at once', () => {
  test.each([
    ['native', 'native', 'native'],
    ['isomorphic', 'isomorphic', 'isomorphic'],
    ['native', 'isomorphic', 'native'],
  ] as const)('%s, %s and %s', async (...engines) => {
    const { dir, v1 } = prepare(5);
    const run = async () => {
      const ends = await Promise.all(engines.map((engine) => startChild({ dir, engine, ...options })));
      for (const { code, stderr } of ends) expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(v2Refs(dir)).toEqual(reference(dir, options).refs);
      await expectConsistent(dir, options);
    };
    await run();
    update(dir, add(v1, 6, 12));
    await run();
  });
});
