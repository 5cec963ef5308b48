/** A picture of the view, made for a terminal of so many columns. */
export interface Frame {
  /** Lines with their colours, none wider than `columns`. */
  readonly lines: readonly string[];
  /** How many columns each line takes. */
  readonly widths: readonly number[];
  readonly columns: number;
}

/** Where frames are drawn: a terminal. */
export interface ScreenStream {
  readonly columns?: number;
  readonly rows?: number;
  /** Node's: asks the terminal for its size. By itself Node asks when it comes round to a signal, and a busy process has drawn by then. */
  _refreshSize?(): void;
  write(text: string): unknown;
}

const ESC = '\x1b[';
// Terminals that know synchronized output (DEC mode 2026) show a frame when it is complete; the others ignore this.
const BEGIN = `${ESC}?2026h${ESC}?25l`;
const END = `${ESC}?25h${ESC}?2026l`;
const CLEAR_LINE_END = `${ESC}K`;
const CLEAR_BELOW = `${ESC}J`;

/**
 * Draws frames over each other, below what the terminal shows already. Each frame is one write that rewrites the lines in
 * place, so nothing flickers. Between two writes the cursor is shown and at the start of a line of its own: a process that
 * is killed at any moment leaves a usable terminal.
 */
export class Screen {
  readonly #stream: ScreenStream;
  #widths: readonly number[] = [];

  constructor(stream: ScreenStream) {
    this.#stream = stream;
  }

  /** Puts a frame in the place of the one before. One that was made for another width is left out: a new one is coming. */
  draw(frame: Frame): void {
    this.#stream._refreshSize?.();
    if (frame.columns !== this.#columns()) return;
    const fits = Math.max(1, (this.#stream.rows || 24) - 1);
    const lines = frame.lines.slice(0, fits);
    const text = lines.map((line) => `${line}${CLEAR_LINE_END}\n`).join('');
    this.#stream.write(`${BEGIN}${this.#home()}${text}${CLEAR_BELOW}${END}`);
    this.#widths = frame.widths.slice(0, fits);
  }

  /** Takes the frame away. The cursor is where its first line was. */
  clear(): void {
    this.#stream._refreshSize?.();
    if (this.#widths.length > 0) this.#stream.write(`${BEGIN}${this.#home()}${CLEAR_BELOW}${END}`);
    this.#widths = [];
  }

  /** The way to the first line of the frame that is shown. A terminal that got narrower has broken its lines. */
  #home(): string {
    const columns = this.#columns();
    const rows = this.#widths.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0);
    return rows === 0 ? '\r' : `\r${ESC}${rows}A`;
  }

  #columns(): number {
    return this.#stream.columns || 80;
  }
}
