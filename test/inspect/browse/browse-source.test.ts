import { beforeAll, describe, expect, it } from 'vitest';
import type { CheckpointId } from '../../../src/checkpoint/checkpoint-id.ts';
import type { ObjectId } from '../../../src/git/object-id.ts';
import type { Repository } from '../../../src/git/repository.ts';
import type { BrowseSource, SearchStep } from '../../../src/inspect/browse/browse-source.ts';
import { openBrowseSource } from '../../../src/inspect/browse/open-browse-source.ts';
import type { LayoutName } from '../../../src/layout/layout.ts';
import { migrateBetween } from '../../../src/migrate/between/migrate-between.ts';
import { writeForeignV2 } from '../../fixtures/foreign-v2.ts';
import { git } from '../../fixtures/git.ts';
import { A, A2, B, realScenarios } from '../../fixtures/scenarios.ts';
import { tempDir } from '../../fixtures/temp.ts';
import { transcriptText, V1Builder } from '../../fixtures/v1-builder.ts';
import { ENGINES, migrateIn, withRepository } from '../../migrate/support.ts';

const id = (text: string) => text as CheckpointId;

/** What a search finds. */
async function search(source: BrowseSource, text: string, layout?: LayoutName) {
  const steps: SearchStep[] = [];
  await source.search(layout, text, new AbortController().signal, (step) => steps.push(step));
  return steps.flatMap(({ found }) => found);
}

/** A repository that says what its reading methods are asked for. */
function watched(repo: Repository, onCall: (name: keyof Repository, ids: readonly ObjectId[]) => void): Repository {
  return new Proxy(repo, {
    get(target, name: keyof Repository) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        if (name === 'visitObjects' || name === 'readObjects' || name === 'objectInfo') {
          onCall(name, args[0] as readonly ObjectId[]);
        }
        return value.apply(target, args);
      };
    },
  });
}

describe.each(ENGINES)('openBrowseSource (%s)', (engine) => {
  const using = <T>(dir: string, use: (source: BrowseSource) => Promise<T>) =>
    withRepository(dir, engine, async (repo) => use(await openBrowseSource(repo)));

  it('has the checkpoint that was written last in front, and at the end what no commit names', async () => {
    const dir = tempDir();
    const v1 = new V1Builder();
    v1.init();
    v1.checkpoint(A, {});
    v1.commit({ message: 'Import\n', files: v1.checkpointFiles('cccccccccccc', {}) });
    v1.branch('other', { orphan: true }).checkpoint(B, {});
    v1.checkout('v1').checkpoint(A2, {});
    v1.merge('other');
    v1.finalize(A, 0, transcriptText('complete'));
    v1.updateSummary(B, { has_review: true });
    v1.write(dir);
    await migrateIn(dir);
    await using(dir, async (source) => {
      expect(source.layouts).toEqual(['v1', 'v2']);
      const all = { total: 4, ids: [A, A2, B, 'cccccccccccc'] };
      for (const layout of [undefined, 'v1', 'v2'] as const) expect(await source.order(layout, 10)).toEqual(all);
      expect(await source.order(undefined, 2)).toEqual({ total: 4, ids: [A, A2] });
      expect((await source.rows(undefined, [id(A2), id(B)])).map((row) => row.checkpoint)).toEqual([A2, B]);
    });
  });

  it('has the git-ref that was written last in front, whatever its ID', async () => {
    const dir = tempDir();
    const v1 = new V1Builder();
    v1.init();
    for (const one of [B, A2, A]) v1.checkpoint(one, {});
    v1.finalize(A2, 0, transcriptText('complete'));
    v1.write(dir);
    await withRepository(dir, engine, (repo) => migrateBetween(repo, { from: 'v1', to: 'refs' }));
    git(dir, 'update-ref', '-d', 'refs/heads/entire/checkpoints/v1');
    await using(dir, async (source) => {
      expect(source.layouts).toEqual(['refs']);
      expect(await source.order(undefined, 2)).toEqual({ total: 3, ids: [A2, A] });
      expect(await source.order(undefined, 9)).toEqual({ total: 3, ids: [A2, A, B] });
    });
  });

  it('searches by ID, branch, agent, touched file and prompt, whatever the case', async () => {
    const dir = tempDir();
    const v1 = new V1Builder();
    v1.checkpoint(A, { sessions: [{ prompts: ['first', 'Please find the NEEDLE'] }, { agent: 'Zeta Agent' }] });
    v1.checkpoint(B, {
      sessions: [{ fields: { branch: 'feature/haystack', files_touched: ['src/deep/only-here.ts'] } }],
    });
    v1.checkpoint(A2, { sessions: [{ absent: ['prompt.txt'] }, { metadataText: 'no JSON' }], summaryText: '{' });
    v1.write(dir);
    await migrateIn(dir);
    await using(dir, async (source) => {
      for (const layout of [undefined, 'v1', 'v2'] as const) {
        expect(await search(source, 'needle', layout)).toEqual([A]);
        expect(await search(source, 'zeta', layout)).toEqual([A]);
        expect(await search(source, 'HAYSTACK', layout)).toEqual([B]);
        expect(await search(source, 'only-here', layout)).toEqual([B]);
        expect(await search(source, A2.slice(3), layout)).toEqual([A2]);
        expect(await search(source, 'nowhere at all', layout)).toEqual([]);
        expect(await search(source, 'the needle zeta', layout)).toEqual([A]);
        expect(await search(source, 'branch:feature file:deep/only', layout)).toEqual([B]);
        expect(await search(source, 'agent:feature', layout)).toEqual([]);
      }
    });
  });

  it('reads what a search looks at once, also where it is built and searched at the same time', async () => {
    const dir = tempDir();
    const v1 = new V1Builder();
    for (const id of [A, A2, B]) v1.checkpoint(id, { sessions: [{ prompts: [`needle of ${id}`] }] });
    v1.write(dir);
    await withRepository(dir, engine, async (repo) => {
      let visited = 0;
      const counting = watched(repo, (name, ids) => {
        if (name === 'visitObjects') visited += ids.length;
      });
      const source = await openBrowseSource(counting);
      await source.rows(undefined, []);
      expect(await Promise.all([search(source, 'needle'), search(source, A)])).toEqual([[B, A2, A], [A]]);
      const once = visited;
      expect(once).toBeGreaterThan(0);
      expect(await search(source, 'text:needle')).toEqual([B, A2, A]);
      await source.close();
      expect(visited).toBe(once);
    });
  });

  it('asks for many checkpoints at a time where a search is typed at once', async () => {
    const dir = tempDir();
    const v1 = new V1Builder();
    const ids = Array.from({ length: 350 }, (_, n) => id(n.toString(16).padStart(12, '0')));
    for (const each of ids) v1.checkpoint(each);
    v1.write(dir);
    await withRepository(dir, engine, async (repo) => {
      let calls = 0;
      const source = await openBrowseSource(watched(repo, () => (calls += 1)));
      await source.order(undefined, 10);
      const before = calls;
      expect(await search(source, 'text:""')).toEqual([...ids].reverse());
      // The first hundred commits one after the other, as the list would; then histories, trees and files by hundreds.
      expect(calls - before).toBeLessThan(120);
    });
  });

  it('passes over files that are very large, and fetches none that a partial clone lacks', async () => {
    const dir = tempDir();
    const v1 = new V1Builder();
    v1.checkpoint(A, { sessions: [{ prompts: [`needle ${'x'.repeat(8 * 1024 * 1024)}`] }] });
    v1.checkpoint(B, { sessions: [{ prompts: ['a needle'] }] });
    v1.write(dir);
    await using(dir, async (source) => expect(await search(source, 'needle')).toEqual([B]));
    git(dir, 'config', 'uploadpack.allowFilter', 'true');
    const clone = `${tempDir()}/clone.git`;
    git(dir, 'clone', '-q', '--mirror', '--filter=blob:none', `file://${dir}`, clone);
    const here = () => git(clone, 'count-objects', '-v');
    const before = here();
    await using(clone, async (source) => {
      expect(await search(source, 'needle')).toEqual([]);
      expect(await search(source, B.slice(0, 5))).toEqual([B]);
    });
    expect(here()).toBe(before);
  });

  it('opens sessions by their folders, gaps or not, from both layouts', async () => {
    const dir = tempDir();
    await realScenarios.gaps(dir);
    await migrateIn(dir);
    await using(dir, async (source) => {
      for (const layout of ['v1', 'v2'] as const) {
        const { sessions } = await source.checkpoint(layout, id(A));
        expect(sessions.map(({ session }) => session)).toEqual(['0', '2', '3']);
        const texts = await source.sessionTexts(layout, id(A), '2');
        expect(texts.prompts).not.toBe('');
        expect(JSON.parse(texts.metadata ?? '')).toMatchObject({ checkpoint_id: A });
        const transcript = source.transcript(layout, id(A), '3');
        const { entries, isLast } = await transcript.page(0);
        expect({ isLast, kinds: entries.map(({ kind }) => kind) }).toEqual({
          isLast: true,
          kinds: ['prompt', 'answer', 'prompt'],
        });
        await transcript.close();
      }
    });
  });

  it('reads the transcripts that other software wrote', async () => {
    const dir = tempDir();
    const v1 = new V1Builder();
    v1.checkpoint(A, {});
    v1.write(dir);
    writeForeignV2(dir, v1, {});
    await using(dir, async (source) => {
      expect((await source.transcript('v2', id(A), '0').page(0)).entries).toHaveLength(3);
      expect(await search(source, A, 'v2')).toEqual([A]);
    });
  });

  it('says of what is absent that it is, and goes on with the rest', async () => {
    const dir = tempDir();
    await realScenarios.absentTranscript(dir);
    await using(dir, async (source) => {
      await expect(source.transcript(undefined, id(A), '0').page(0)).rejects.toMatchObject({ code: 'BAD_OBJECT' });
      expect((await source.transcript(undefined, id(A), '1').page(0)).entries).toHaveLength(3);
    });
    const other = tempDir();
    const v1 = new V1Builder();
    v1.checkpoint(A, { sessions: [{ prompts: ['typed once'], absent: ['prompt.txt'] }] });
    v1.write(other);
    await using(other, async (source) => {
      const { prompts, metadata } = await source.sessionTexts(undefined, id(A), '0');
      expect(prompts).toMatch(/^\(.*is absent from this repository/);
      expect(metadata).toContain(A);
    });
  });

  it('shows a checkpoint whose folder is absent as a row that says so', async () => {
    const dir = tempDir();
    const v1 = new V1Builder();
    v1.checkpoint(A, {});
    const missing = '1'.repeat(40);
    v1.commit({ files: { 'bb/bbbbbbbbbb': { mode: '40000', id: missing } } });
    v1.write(dir);
    await using(dir, async (source) => {
      const { ids } = await source.order(undefined, 10);
      expect(await source.rows(undefined, ids)).toEqual([
        expect.objectContaining({ checkpoint: A, sessionCount: 1 }),
        { checkpoint: 'bbbbbbbbbbbb', error: expect.stringContaining(missing) },
      ]);
      const steps: SearchStep[] = [];
      await source.search(undefined, A, new AbortController().signal, (step) => steps.push(step));
      expect(steps).toEqual([{ found: [A], looked: 2, unreadable: 1 }]);
    });
  });
});

describe('1,500 checkpoints', () => {
  const dir = tempDir('file');
  const ids = Array.from({ length: 1500 }, (_, i) =>
    ((i * 7919 * 65_537) % 0xffffffffffff).toString(16).padStart(12, '0'),
  );

  beforeAll(() => {
    const v1 = new V1Builder();
    for (const checkpoint of ids) {
      v1.checkpoint(checkpoint, {
        sessions: [{ transcript: 'x\n', contentHash: 'none', prompts: [`about ${checkpoint}`] }],
      });
    }
    v1.write(dir);
  });

  /** Counts the objects that are read. */
  function counting(repo: Repository) {
    const asked = { objects: 0 };
    const counted = new Proxy(repo, {
      get(target, name) {
        const value = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => {
          if (name === 'readObjects' || name === 'visitObjects') asked.objects += (args[0] as unknown[]).length;
          return value.apply(target, args);
        };
      },
    });
    return { asked, counted };
  }

  it.each(ENGINES)('cost the first screen no more than its own, and the shards (%s)', async (engine) => {
    await withRepository(dir, engine, async (repo) => {
      const { asked, counted } = counting(repo);
      const source = await openBrowseSource(counted);
      const order = await source.order(undefined, 40);
      expect(order).toEqual({ total: 1500, ids: [...ids].reverse().slice(0, 40) });
      expect(asked.objects).toBeLessThan(256 + 50); // trees of shards, and commits
      const before = asked.objects;
      const rows = await source.rows(undefined, order.ids.slice(0, 30));
      expect(rows[0]).toMatchObject({ checkpoint: ids.at(-1), prompt: `about ${ids.at(-1)}` });
      expect(asked.objects - before).toBeLessThanOrEqual(30 * 4); // two trees, metadata and prompts each
    });
  });

  it('report a step every 0.4 s at most: each draws the screen', async () => {
    await withRepository(dir, 'native', async (repo) => {
      const source = await openBrowseSource(repo);
      const steps: Array<{ at: number; found: number; looked: number }> = [];
      await source.search(undefined, 'about', new AbortController().signal, ({ found, looked }) => {
        steps.push({ at: performance.now(), found: found.length, looked });
      });
      expect(steps[0]).toMatchObject({ found: 100, looked: 100 });
      expect(steps.at(-1)).toMatchObject({ looked: 1500 });
      expect(steps.reduce((sum, { found }) => sum + found, 0)).toBe(1500);
      const gaps = steps.slice(1, -1).map(({ at }, before) => at - (steps[before]?.at ?? 0));
      expect(gaps.filter((gap) => gap < 399)).toEqual([]);
    });
  });

  it('are searched in steps, until nobody waits', async () => {
    await withRepository(dir, 'native', async (repo) => {
      const source = await openBrowseSource(repo);
      expect(await search(source, `about ${ids[3]}`)).toEqual([ids[3]]);
      const abort = new AbortController();
      const looked: number[] = [];
      await source.search(undefined, 'about', abort.signal, (step) => {
        looked.push(step.looked);
        abort.abort();
      });
      expect(looked).toEqual([100]);
    });
  });
});
