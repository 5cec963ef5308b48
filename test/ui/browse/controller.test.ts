import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import type { BrowseSource } from '../../../src/inspect/browse/browse-source.ts';
import { cut } from '../../../src/transcripts/entry.ts';
import { type BrowseContent, BrowseController } from '../../../src/ui/browse/controller.ts';
import { windowOf } from '../../../src/ui/browse/reduce-document.ts';
import { initialState, type Key } from '../../../src/ui/browse/state.ts';
import { idOf, reportOf, rowOf } from './support.ts';

const TOTAL = 6000;

/** A source of 6,000 checkpoints with transcripts of 500 entries; counts what it is asked for. */
function countingSource(changes: Partial<BrowseSource> = {}) {
  const asked = { rows: 0, pages: [] as number[], closed: 0 };
  const source: BrowseSource = {
    layouts: ['v1', 'v2'],
    order: async (_layout, count) => ({
      total: TOTAL,
      ids: Array.from({ length: Math.min(count, TOTAL) }, (_, i) => idOf(i)),
    }),
    rows: async (_layout, ids) => {
      asked.rows += ids.length;
      return ids.map((id) => rowOf(id));
    },
    search: async (_layout, _text, signal, onStep) => {
      for (let looked = 100; looked <= TOTAL && !signal.aborted; looked += 100) {
        await delay(0);
        onStep({ found: looked === 100 ? [idOf(42)] : [], looked, unreadable: 0 });
      }
    },
    checkpoint: async (_layout, id) => reportOf(id, '0', '2'),
    close: async () => {},
    sessionTexts: async () => ({ prompts: 'What was typed', metadata: '{}' }),
    transcript: () => ({
      page: async (number) => {
        asked.pages.push(number);
        const entries = Array.from({ length: 50 }, (_, i) => ({
          kind: 'prompt' as const,
          text: cut(`${number * 50 + i}`),
        }));
        return { entries, isLast: number === 9 };
      },
      find: async (wanted, from, step) => (wanted.text === undefined ? from + step : 333),
      close: async () => {
        asked.closed += 1;
      },
    }),
    ...changes,
  };
  return { source, asked };
}

function start(source: BrowseSource, diff: BrowseContent['diff'] = () => Promise.reject(new Error('no V2 here'))) {
  const content = { source, diff, commits: async () => [], meaningOf: () => '' };
  const controller = new BrowseController(
    content,
    initialState({ columns: 80, rows: 24 }, source.layouts, undefined),
    () => {},
  );
  const press = (...keys: string[]) => {
    for (const key of keys) {
      const press = key.length === 1 ? { name: 'character', character: key } : { name: key };
      controller.dispatch({ kind: 'key', key: press as Key });
    }
  };
  const text = () => {
    const { document } = controller.state;
    return document === undefined
      ? ''
      : windowOf(document)
          .pieces.map((piece) => `${piece.heading ?? ''} ${piece.lines.map(({ text }) => text).join('\n')}`)
          .join('\n');
  };
  return { controller, press, text };
}

/** Waits for a state, however busy the machine is. */
function until(holds: () => void): Promise<void> {
  return vi.waitFor(holds, { timeout: 120_000, interval: 10 });
}

describe('BrowseController', () => {
  it('reads of 6,000 checkpoints what is on the screen and around it', async () => {
    const { source, asked } = countingSource();
    const { controller, press } = start(source);
    await until(() => expect(controller.state.list.rows.size).toBeGreaterThan(20));
    expect(asked.rows).toBeLessThanOrEqual(63); // three screens
    press('end');
    await until(() => expect(controller.state.list.rows.has(idOf(TOTAL - 1))).toBe(true));
    expect(asked.rows).toBeLessThanOrEqual(126);
    await controller.close();
  });

  it('searches in the background, and stops for another text', async () => {
    const { source } = countingSource();
    const search = vi.spyOn(source, 'search');
    const { controller, press } = start(source);
    await until(() => expect(controller.state.list.total).toBe(TOTAL));
    press('/', 'a');
    await until(() => expect(controller.state.list.search?.looked).toBeGreaterThan(0));
    press('b');
    expect(search.mock.calls.map(([, text, signal]) => [text, signal.aborted])).toEqual([
      ['a', true],
      ['ab', false],
    ]);
    await until(() => expect(controller.state.list.search).toMatchObject({ isRunning: false, looked: TOTAL }));
    expect(controller.state.list.search?.found).toEqual([idOf(42)]);
    await controller.close();
  });

  it('reads a transcript as far as it is looked at, and closes it', async () => {
    const { source, asked } = countingSource();
    const { controller, press, text } = start(source);
    await until(() => expect(controller.state.list.total).toBe(TOTAL));
    press('enter');
    await until(() => expect(text()).toContain('Session 2'));
    press('tab', 'enter');
    await until(() => expect(asked.pages).toEqual([0, 1]));
    press('end');
    await until(() => expect(controller.state.document?.isSeekingEnd).toBe(false));
    expect(asked.pages).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    press('escape');
    expect(asked.closed).toBe(1);
    await until(() => expect(text()).toContain('What was typed'));
    await controller.close();
  });

  it('shows in place what can not be read, with the hint, and goes on', async () => {
    const absent = Object.assign(new Error('the blob is absent'), { hint: 'Fetch it' });
    const { source } = countingSource({
      checkpoint: (_layout, id) => (id === idOf(0) ? Promise.reject(absent) : Promise.resolve(reportOf(id, '0'))),
    });
    const { controller, press, text } = start(source);
    await until(() => expect(controller.state.list.total).toBe(TOTAL));
    press('enter');
    await until(() => expect(text()).toContain('cannot be shown the blob is absent\nhint: Fetch it'));
    press('d');
    await until(() => expect(text()).toContain('no V2 here'));
    press('escape', 'escape', 'down', 'enter');
    await until(() => expect(text()).toContain('Session 0'));
    await controller.close();
  });
});
