import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { render } from 'ink-testing-library';
import { describe, expect, it } from 'vitest';
import { LiveView } from '../../src/ui/live/live-view.tsx';
import type { PhaseState, ProgressState } from '../../src/ui/live/progress-state.ts';
import { NOTHING_YET } from '../../src/ui/live/progress-state.ts';
import { renderFrame } from '../../src/ui/live/render-frame.tsx';
import { symbolsFor } from '../../src/ui/live/symbols.ts';

const PENDING: PhaseState = {
  name: 'move refs',
  status: 'pending',
  isBeside: false,
  done: 0,
  total: undefined,
  startedAt: 0,
  countedAt: 0,
  endedAt: 0,
};

/** 60 seconds into a migration: 834 of 1,400 commits in 10 seconds. */
const MIGRATING: ProgressState = {
  ...NOTHING_YET,
  phases: [
    { ...PENDING, name: 'walk history', status: 'done', done: 1400, startedAt: 0, endedAt: 50_000 },
    {
      ...PENDING,
      name: 'project commits',
      status: 'running',
      done: 834,
      total: 1400,
      startedAt: 50_000,
      countedAt: 60_000,
    },
    PENDING,
  ],
  current: 'project commits',
};

/** What the view shows, without colours. */
function view(state: ProgressState, columns: number, compact = false, title = 'ckpt migrate'): string[] {
  const props = { title, state, elapsedMs: 60_000, columns, compact, symbols: symbolsFor(true) };
  const { lastFrame, unmount } = render(<LiveView {...props} />);
  const lines = stripVTControlCharacters(lastFrame() ?? '').split('\n');
  unmount();
  return lines.map((line) => line.trimEnd());
}

describe('LiveView', () => {
  it('shows phases, a bar, counts, the time that is left, the rate and the time that has passed', () => {
    expect(view(MIGRATING, 60)).toEqual([
      'ckpt migrate                                            1:00',
      '  ✓ walk history             50.0 s  1,400',
      '  ▸ project commits',
      '    ━━━━━━━━━━━━━━━━━━━━━━━─────────────────  59%',
      '    834 of 1,400, 0:06 left, 83/s',
      '  · move refs',
      'Ctrl-C stops safely',
    ]);
  });

  it('fits into 40 columns', () => {
    expect(view(MIGRATING, 40)).toEqual([
      'ckpt migrate                        1:00',
      '  ✓ walk history',
      '  ▸ project commits',
      '    ━━━━━━━━━━━━━━━━━━─────────────  59%',
      '    834 of 1,400, 0:06 left, 83/s',
      '  · move refs',
      'Ctrl-C stops safely',
    ]);
  });

  it('leaves out what there is no room for', () => {
    for (const columns of [1, 5, 12, 20, 30]) {
      for (const line of view(MIGRATING, columns)) expect(line.length).toBeLessThanOrEqual(Math.max(columns, 9));
    }
    expect(view(MIGRATING, 30)).toContain('    834 of 1,400, 0:06 left');
    expect(view(MIGRATING, 20)).toContain('    834 of 1,400');
  });

  it('shows the generation that is being packed', () => {
    const phases = [{ ...PENDING, name: 'build generations', status: 'running', done: 3, total: 12 } as const];
    const state: ProgressState = { ...NOTHING_YET, phases, current: 'build generations', generation: '0000000000003' };
    expect(view(state, 80)).toContain('  ▸ build generations (generation 0000000000003)');
  });

  it('shows the last warnings and how many there were, without what a terminal would obey', () => {
    const state = { ...MIGRATING, lastWarnings: ['one', '\x1b[2Jtwo\r\n'], warningCount: 1234 };
    const lines = view(state, 60);
    expect(lines).toContain('! 1,234 warnings, the last 2:');
    expect(lines).toContain('  one');
    expect(lines).toContain('  \\x1b[2Jtwo\\r\\n');
    expect(view(state, 60, true)).toContain('! 1,234 warnings');
  });

  it('says what is left at the rate of the last report, and not at the beginning of a phase', () => {
    const shown = (phase: Partial<PhaseState>) => {
      const [walked, projecting, last] = MIGRATING.phases as [PhaseState, PhaseState, PhaseState];
      const lines = view({ ...MIGRATING, phases: [walked, { ...projecting, ...phase }, last] }, 60);
      return lines.find((line) => line.includes(' of 1,400'));
    };
    // The same report, seen later: nothing has got slower, and less is left.
    expect(shown({ startedAt: 44_000, countedAt: 54_000 })).toBe('    834 of 1,400, 0:00 left, 83/s');
    expect(shown({ startedAt: 48_000, countedAt: 58_000 })).toBe('    834 of 1,400, 0:04 left, 83/s');
    expect(shown({ startedAt: 30_000, countedAt: 40_000 })).toBe('    834 of 1,400, 0:00 left, 83/s');
    expect(shown({ startedAt: 59_000, countedAt: 60_000, done: 69 })).toBe('    69 of 1,400, 69/s');
    expect(shown({ startedAt: 59_000, countedAt: 60_000, done: 70 })).toBe('    70 of 1,400, 0:19 left, 70/s');
    expect(shown({ startedAt: 50_000, countedAt: 60_000, done: 10 })).toBe('    10 of 1,400, 23:10 left, 1.0/s');
  });

  it('says why there is another attempt', () => {
    const state = { ...MIGRATING, attempt: 2, retryReason: 'refs/x moved\x07' };
    expect(view(state, 90)).toContain('starts again (attempt 2), since another program was at work: refs/x moved\\x07');
  });
});

/** A fleet 60 seconds in: so many repositories in work, 40 of 500 done, 3 of them failed. */
function fleetOf(inWork: number): ProgressState {
  const repositories = Array.from({ length: inWork }, (_, at) => ({
    name: `team/repository-${at + 1}.git`,
    step: at % 2 === 0 ? 'migrate' : 'fetch',
    startedAt: 50_000 + at * 1000,
  }));
  const phase: PhaseState = {
    ...PENDING,
    name: 'visit repositories',
    status: 'running',
    done: 40,
    total: 500,
    countedAt: 60_000,
  };
  return { ...NOTHING_YET, phases: [phase], current: 'visit repositories', repositories, failedCount: 3 };
}

describe('a fleet', () => {
  it('has a row for each repository in work, and says how many are done and how many have failed', () => {
    expect(view(fleetOf(2), 60)).toEqual([
      'ckpt migrate                                            1:00',
      '  ▸ visit repositories',
      '    ━━━─────────────────────────────────────   8%',
      '    40 of 500, 3 failed, 11:30 left, 0.7/s',
      '    team/repository-1.git                     migrate   0:10',
      '    team/repository-2.git                     fetch     0:09',
      'Ctrl-C stops safely',
    ]);
  });

  it('looks as docs/fleet.md shows it', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/fleet.md'), 'utf8');
    const shown = /^```\n(ckpt fleet migrate [\s\S]*?)\n```$/m.exec(page)?.[1]?.split('\n');
    const names = ['team/billing.git', 'team/search.git'];
    const repositories = fleetOf(2).repositories.map((one, at) => ({ ...one, name: names[at] ?? '' }));
    expect(view({ ...fleetOf(2), repositories }, 79, false, 'ckpt fleet migrate')).toEqual(shown);
  });

  it('shows the end of a name that is too long, and obeys nothing in it', () => {
    const state: ProgressState = {
      ...fleetOf(0),
      repositories: [{ name: '\x1b[2J/a/long/path/to/shop.git', step: 'status', startedAt: 0 }],
    };
    const row = view(state, 40)[4] ?? '';
    expect(row).toMatch(/^ {4}….*shop\.git status {4}1:00$/);
    expect(row).toHaveLength(40);
    expect(view(state, 80)[4]).toContain('\\x1b[2J/a/long');
  });

  it.each([
    [40, 24],
    [80, 24],
    [80, 10],
    [80, 6],
  ])('takes no more rows than the screen has at %d × %d, whatever is in work', (columns, rows) => {
    const request = { title: 'ckpt fleet migrate', elapsedMs: 60_000, hasSymbols: true };
    for (const inWork of [0, 1, 2, 3, 4, 5, 17, 18, 19, 20, 256]) {
      const { lines } = renderFrame({ ...request, state: fleetOf(inWork), columns, rows });
      const shown = lines.map(stripVTControlCharacters);
      expect(shown.length, `${inWork}`).toBeLessThan(rows);
      if (rows < 7) continue;
      const named = shown.filter((line) => line.includes('repository-')).length;
      const more = /and (\d+) more/.exec(shown.join('\n'))?.[1] ?? '0';
      expect(named + Number(more)).toBe(inWork);
      expect(more === '0' || shown.length === rows - 1).toBe(true);
    }
  });
});

describe('renderFrame', () => {
  const request = { title: 'ckpt migrate', state: MIGRATING, elapsedMs: 60_000, hasSymbols: true };

  it('leaves the last column free, and tells how wide each line is', () => {
    const { lines, widths, columns } = renderFrame({ ...request, columns: 60, rows: 24 });
    expect(columns).toBe(60);
    expect(Math.max(...widths)).toBe(59);
    expect(widths).toEqual(lines.map((line) => stripVTControlCharacters(line).length));
  });

  it('shows what is going on now alone where the terminal has few lines', () => {
    const { lines } = renderFrame({ ...request, columns: 60, rows: 7 });
    expect(lines.map(stripVTControlCharacters).slice(1)).toEqual([
      '  ▸ project commits',
      '    ━━━━━━━━━━━━━━━━━━━━━━━─────────────────  59%',
      '    834 of 1,400, 0:06 left, 83/s',
    ]);
  });

  it('uses ASCII alone where the terminal has no more', () => {
    const { lines } = renderFrame({ ...request, columns: 60, rows: 24, hasSymbols: false });
    expect(lines.join('\n')).not.toMatch(/[^\x00-\x7f]/);
    expect(lines.map(stripVTControlCharacters)).toContain('    #######################-----------------  59%');
  });
});
