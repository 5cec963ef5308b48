export const BACKSLASH = 0x5c;

/** How many backslashes stand right before `offset`, none of them before `from`. */
export function backslashesBefore(bytes: Buffer, offset: number, from: number): number {
  let at = offset;
  while (at > from && bytes[at - 1] === BACKSLASH) at--;
  return offset - at;
}
