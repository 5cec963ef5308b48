import { renderToString } from 'ink';
import stringWidth from 'string-width';
import { LiveView, type LiveViewProps } from './live-view.tsx';
import type { Frame } from './screen.ts';
import { symbolsFor } from './symbols.ts';

/** What a frame is drawn from: plain data, since it comes from another thread. */
export interface FrameRequest extends Pick<LiveViewProps, 'title' | 'state' | 'elapsedMs'> {
  readonly columns: number;
  readonly rows: number;
  /** Whether the terminal shows more than ASCII. */
  readonly hasSymbols: boolean;
}

/** Draws the view for a terminal of this size: all of it where there is room, else what is going on now. */
export function renderFrame({ columns, rows, hasSymbols, ...props }: FrameRequest): Frame {
  // The last column stays free: a character there makes some terminals begin a new line.
  const size = { columns: Math.max(1, columns - 1), symbols: symbolsFor(hasSymbols) };
  const render = (compact: boolean) =>
    renderToString(<LiveView {...props} {...size} compact={compact} />, { columns: size.columns })
      .split('\n')
      .map((line) => line.trimEnd());
  const full = render(false);
  const lines = full.length < rows ? full : render(true);
  return { lines, widths: lines.map((line) => stringWidth(line)), columns };
}
