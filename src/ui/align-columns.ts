import { padTo, widthOf } from './clip.ts';

/**
 * Lines of a table: each column as wide as its widest cell on a terminal, where some letters take two columns and some none; two spaces between
 * columns, none at the line's end.
 */
export function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, widthOf(cell));
    });
  }
  return rows.map((row) =>
    row
      .map((cell, column) => padTo(cell, widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
