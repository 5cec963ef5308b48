/** A text in lines of one length; the last may be shorter. */
export function inLines(text: string, length: number): string[] {
  return Array.from({ length: Math.ceil(text.length / length) }, (_, line) =>
    text.slice(line * length, (line + 1) * length),
  );
}
