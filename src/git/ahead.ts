/**
 * Hands on what another generator yields, and asks it for the next before: so the steps of a chain of generators wait for git at the
 * same time, while the last one works.
 */
export async function* ahead<T>(source: AsyncGenerator<T, void, undefined>): AsyncGenerator<T, void, undefined> {
  const ask = () => {
    const asking = source.next();
    asking.catch(() => undefined); // it is awaited in the next turn, or whoever reads has stopped
    return asking;
  };
  for (let asked = ask(); ; ) {
    const next = await asked;
    if (next.done) return;
    asked = ask();
    yield next.value;
  }
}
