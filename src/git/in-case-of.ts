/**
 * For `catch` of a promise: gives what takes the place of a failure of this kind, and throws any other on, so that no mistake of the
 * program is taken for something that was to be expected.
 */
export function inCaseOf<E extends Error, T>(
  kind: abstract new (...args: never[]) => E,
  instead: (error: E) => T,
): (error: unknown) => T {
  return (error) => {
    if (error instanceof kind) return instead(error);
    throw error;
  };
}
