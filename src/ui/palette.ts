/** A colour, or bold, by the name that it has in a terminal. */
export type Paint = (text: string) => string;

const paint =
  (start: number, end: number): Paint =>
  (text) =>
    `\u001b[${start}m${text}\u001b[${end}m`;

const plain: Paint = (text) => text;

/** What text can be painted with. */
export interface Palette {
  readonly bold: Paint;
  readonly red: Paint;
  readonly green: Paint;
  readonly cyan: Paint;
}

/** The palette for a stream: without colours each leaves the text as it is. */
export function palette(isColoured: boolean): Palette {
  if (!isColoured) return { bold: plain, red: plain, green: plain, cyan: plain };
  return { bold: paint(1, 22), red: paint(31, 39), green: paint(32, 39), cyan: paint(36, 39) };
}
