const LINE_FEED = 0x0a;
/** Longer lines are given as empty ones, so that memory does not grow with them. */
const LONGEST_LINE = 4 * 1024 * 1024;

/**
 * The lines of a text without their line feeds, as they come; a last one that is empty is none. One of more than 4 MiB comes as an
 * empty line: it counts, and says nothing.
 */
export async function* splitLines(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  let held: Buffer[] = [];
  let size = 0;
  const line = () => (size > LONGEST_LINE ? Buffer.alloc(0) : Buffer.concat(held));
  for await (const chunk of stream) {
    let at = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, at)) {
      hold(chunk.subarray(at, end));
      yield line();
      [held, size, at] = [[], 0, end + 1];
    }
    hold(chunk.subarray(at));
  }
  if (size > 0) yield line();

  function hold(part: Buffer): void {
    size += part.length;
    if (size > LONGEST_LINE) held = [];
    // A copy: the bytes may be used again by who gave them.
    else if (part.length > 0) held.push(Buffer.from(part));
  }
}
