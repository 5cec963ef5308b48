import { formatCount } from '../words.ts';
import type { ProgressState } from './progress-state.ts';
import type { Frame } from './screen.ts';
import type { Symbols } from './symbols.ts';

/**
 * The view as one line, for work that is over before ink is worth loading: the phase that began last, and how far it is. Has
 * nothing but characters that take one column.
 */
export function quickLine(state: ProgressState, symbols: Symbols, columns: number): Frame {
  const phase = state.phases.find(({ name }) => name === state.current);
  const total = phase?.total === undefined ? '' : ` of ${formatCount(phase.total)}`;
  const count = phase === undefined || phase.done === 0 ? '' : `: ${formatCount(phase.done)}${total}`;
  const line = `  ${symbols.running} ${phase?.name ?? 'begin'}${count}`.slice(0, Math.max(1, columns - 1));
  return { lines: [line], widths: [line.length], columns };
}
