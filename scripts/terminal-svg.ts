import type { Terminal } from '../test/fixtures/terminal.ts';

/** The size of one character in the picture, in its own units; most fonts of one width are about 0.6 as wide as high. */
const CELL = { width: 8.4, height: 18, font: 14 };
/** Room around the text, and above it for a window's title. */
const PADDING = 14;
const TITLE = 30;
const INK = '#d8dee9';
const PAPER = '#1e222a';
/** The 16 colours of a terminal with a dark ground. */
const PALETTE = [
  ...['#1e222a', '#e06c75', '#98c379', '#e5c07b', '#61afef', '#c678dd', '#56b6c2', '#abb2bf'],
  ...['#5c6370', '#ff7a85', '#b5e890', '#ffd98a', '#7ec7ff', '#e39cff', '#6fd7e2', '#ffffff'],
];

type Cell = NonNullable<ReturnType<NonNullable<ReturnType<Terminal['buffer']['getLine']>>['getCell']>>;

/** Characters of one look, side by side. */
interface Run {
  readonly column: number;
  readonly style: string;
  /** The colour behind it, where it is not that of the paper. */
  readonly ground: string | undefined;
  text: string;
  columns: number;
}

/**
 * What a terminal shows, as an SVG: every character where the terminal has it, in its colour. The lines from `from` on, `count`
 * of them. `title` stands above, and is what a screen reader says.
 */
export function terminalSvg(
  buffer: Terminal['buffer'],
  title: string,
  columns: number,
  from: number,
  count: number,
): string {
  const width = Math.ceil(columns * CELL.width + 2 * PADDING);
  const height = Math.ceil(count * CELL.height + 2 * PADDING + TITLE);
  const rows = Array.from({ length: count }, (_, row) => rowSvg(runsOf(buffer, from + row, columns), row)).filter(
    Boolean,
  );
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeXml(title)}">`,
    `<rect width="${width}" height="${height}" rx="8" fill="${PAPER}"/>`,
    // Chromium does not hand xml:space down to the texts, and joins spaces without this.
    '<style>text { white-space: pre }</style>',
    `<g font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="${CELL.font}" fill="${INK}" xml:space="preserve">`,
    `<text x="${PADDING}" y="22" fill="#7f8794">${escapeXml(title)}</text>`,
    ...rows,
    '</g>',
    '</svg>',
  ].join('\n')}\n`;
}

function rowSvg(runs: readonly Run[], row: number): string {
  const y = TITLE + PADDING + row * CELL.height + CELL.font;
  return runs
    .map(({ column, columns, style, ground, text }) => {
      const x = (PADDING + column * CELL.width).toFixed(1);
      const width = (columns * CELL.width).toFixed(1);
      const top = y - CELL.font;
      const behind = ground && `<rect x="${x}" y="${top}" width="${width}" height="${CELL.height}" fill="${ground}"/>`;
      // The length keeps columns in line, whichever font there is.
      return `${behind ?? ''}<text x="${x}" y="${y}" textLength="${width}"${style}>${escapeXml(text)}</text>`;
    })
    .join('\n');
}

/** A line of the buffer in runs of one style, without the spaces at its end and between runs. */
function runsOf(buffer: Terminal['buffer'], row: number, columns: number): Run[] {
  const line = buffer.getLine(row);
  const runs: Run[] = [];
  for (let column = 0; column < columns; column++) {
    const cell = line?.getCell(column);
    if (cell === undefined || cell.getWidth() === 0) continue;
    const text = cell.getChars() || ' ';
    const { style, ground } = lookOf(cell);
    const last = runs.at(-1);
    const isSame = last?.style === style && last.ground === ground;
    if (last !== undefined && isSame && last.column + last.columns === column) {
      last.text += text;
      last.columns += cell.getWidth();
    } else if (text !== ' ' || ground !== undefined) {
      runs.push({ column, style, ground, text, columns: cell.getWidth() });
    }
  }
  for (const run of runs) {
    if (run.ground !== undefined) continue;
    const text = run.text.trimEnd();
    run.columns -= run.text.length - text.length;
    run.text = text;
  }
  return runs;
}

/** The look of a character: attributes of SVG for colour, bold and dim, and the colour behind it. */
function lookOf(cell: Cell): Pick<Run, 'style' | 'ground'> {
  const ink = colorOf(cell.getFgColor(), !!cell.isFgRGB(), !!cell.isFgPalette());
  const paper = colorOf(cell.getBgColor(), !!cell.isBgRGB(), !!cell.isBgPalette());
  const [fill, ground] = cell.isInverse() ? [paper ?? PAPER, ink ?? INK] : [ink, paper];
  const color = fill === undefined ? '' : ` fill="${fill}"`;
  const bold = cell.isBold() ? ' font-weight="bold"' : '';
  const dim = cell.isDim() ? ' opacity="0.6"' : '';
  return { style: `${color}${bold}${dim}`, ground };
}

function colorOf(value: number, isRgb: boolean, isPalette: boolean): string | undefined {
  if (isRgb) return `#${value.toString(16).padStart(6, '0')}`;
  return isPalette ? PALETTE[value] : undefined;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
