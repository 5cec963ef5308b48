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

/**
 * Draws the view for a terminal of this size: all of it where there is room, else fewer repositories of a
 * fleet, else what is going on now alone.
 */
export function renderFrame({ columns, rows, hasSymbols, ...props }: FrameRequest): Frame {
  // The last column stays free: a character there makes some terminals begin a new line.
  const size = { columns: Math.max(1, columns - 1), symbols: symbolsFor(hasSymbols) };
  const render = (how: Pick<LiveViewProps, 'compact' | 'repositoryRows'>) =>
    renderToString(<LiveView {...props} {...size} {...how} />, { columns: size.columns })
      .split('\n')
      .map((line) => line.trimEnd());
  const { repositories } = props.state;
  // All but the repositories, and the line that counts those without a row.
  const least = render({ repositoryRows: 0 });
  const room = rows - 1 - least.length;
  const repositoryRows = repositories.length <= room + 1 ? repositories.length : room;
  const lines = room < 0 ? render({ compact: true }) : repositories.length === 0 ? least : render({ repositoryRows });
  return { lines, widths: lines.map((line) => stringWidth(line)), columns };
}
