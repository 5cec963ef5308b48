/** How many missing numbers are listed. A ref may be called 9999999999999, and nobody has archived so much. */
const MOST = 10_000;

/** The numbers from `first` on and below `end` that are not among these: the first 10,000 of them. */
export function missingNumbers(present: ReadonlySet<number>, first: number, end: number): number[] {
  const missing: number[] = [];
  for (let number = first; number < end && missing.length < MOST; number++)
    if (!present.has(number)) missing.push(number);
  return missing;
}
