/** The size of what a delta makes, from its first bytes: the second of two sizes, seven bits a byte, the lowest first. */
export function deltaResultSize(delta: Buffer): number {
  return readSize(delta, readSize(delta, 0).end).size;
}

/** Makes an object out of its base and a git delta (gitformat-pack). Throws a `RangeError` where the delta is damaged. */
export function applyDelta(base: Buffer, delta: Buffer): Buffer {
  const { size: baseSize, end: first } = readSize(delta, 0);
  const { size, end: second } = readSize(delta, first);
  if (baseSize !== base.length) throw new RangeError(`a delta for a base of ${baseSize} bytes, not ${base.length}`);
  const result = Buffer.allocUnsafe(size);
  let made = 0;
  for (let at = second; at < delta.length; ) {
    const command = delta[at++] ?? 0;
    if (command & 0x80) {
      let from = 0;
      let length = 0;
      for (let byte = 0; byte < 4; byte++) if (command & (1 << byte)) from += (delta[at++] ?? 0) * 2 ** (8 * byte);
      for (let byte = 0; byte < 3; byte++) if (command & (0x10 << byte)) length += (delta[at++] ?? 0) * 2 ** (8 * byte);
      if (length === 0) length = 0x10000;
      if (from + length > base.length || made + length > size) throw new RangeError('a delta that copies too much');
      made += base.copy(result, made, from, from + length);
    } else {
      if (command === 0 || at + command > delta.length || made + command > size)
        throw new RangeError('a damaged delta');
      made += delta.copy(result, made, at, at + command);
      at += command;
    }
  }
  if (made !== size) throw new RangeError(`a delta that makes ${made} of ${size} bytes`);
  return result;
}

function readSize(delta: Buffer, at: number): { size: number; end: number } {
  let size = 0;
  let end = at;
  for (let unit = 1; ; unit *= 0x80) {
    const byte = delta[end++];
    if (byte === undefined) throw new RangeError('a delta that is cut off');
    size += (byte & 0x7f) * unit;
    if (byte < 0x80) return { size, end };
  }
}
