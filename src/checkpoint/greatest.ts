/** The greatest of some numbers, and at least `least`. However many they are: the arguments of `Math.max` have to fit on the stack. */
export function greatest(numbers: Iterable<number>, least: number): number {
  let most = least;
  for (const number of numbers) if (number > most) most = number;
  return most;
}
