/** Paragraphs of lines as text: an empty line between two, none for a paragraph without lines. Ends with a line feed. */
export function page(parts: readonly (readonly string[])[]): string {
  const texts = parts.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
  return `${texts.join('\n\n')}\n`;
}
