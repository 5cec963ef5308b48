import { expect, it } from 'vitest';
import { afterEvent, NOTHING_YET } from '../../src/ui/live/progress-state.ts';
import { quickLine } from '../../src/ui/live/quick-line.ts';
import { symbolsFor } from '../../src/ui/live/symbols.ts';

it('is one line that fits', () => {
  const line = (columns: number, ...events: Parameters<typeof afterEvent>[1][]) =>
    quickLine(
      events.reduce((state, event) => afterEvent(state, event, 0), NOTHING_YET),
      symbolsFor(true),
      columns,
    );
  const phase = { kind: 'phase', phase: 'project commits', total: 1400 } as const;
  const steps = { kind: 'progress', phase: 'project commits', done: 1050 } as const;
  expect(line(80).lines).toEqual(['  ▸ begin']);
  expect(line(80, phase).lines).toEqual(['  ▸ project commits']);
  expect(line(80, phase, steps)).toEqual({ lines: ['  ▸ project commits: 1,050 of 1,400'], widths: [35], columns: 80 });
  expect(line(20, phase, steps)).toEqual({ lines: ['  ▸ project commits'], widths: [19], columns: 20 });
});
