/** A check that does not hold, in one line. */
export class CheckFailed extends Error {}

let passed = 0;
let failed = 0;

/** Prints a check's line; `run` returns a few words about what held, or throws. */
export function report(what: string, run: () => string): boolean {
  try {
    return holds(what, run());
  } catch (error) {
    return fails(what, error);
  }
}

/** The same for what has to be waited for. */
export async function reportLater(what: string, run: () => Promise<string>): Promise<boolean> {
  return run().then(
    (words) => holds(what, words),
    (error) => fails(what, error),
  );
}

/** How many checks hold, and how many do not. */
export function outcome(): string {
  return `${passed} checks hold, ${failed} fail`;
}

export function hasFailed(): boolean {
  return failed > 0;
}

export function same(actual: string, expected: string, what: string): void {
  if (actual === expected) return;
  const short = (text: string) => (text.length > 300 ? `${text.slice(0, 300)}…` : text);
  throw new CheckFailed(`${what} differ\nexpected ${short(expected)}\nfound    ${short(actual)}`);
}

function holds(what: string, words: string): true {
  console.log(`ok    ${what}: ${words}`);
  passed++;
  return true;
}

function fails(what: string, error: unknown): false {
  const text = error instanceof CheckFailed ? error.message : String((error as Error).stack);
  console.log(`FAIL  ${what}: ${text.replace(/\n/g, '\n        ')}`);
  failed++;
  return false;
}
